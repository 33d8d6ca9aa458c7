"""What an agenda, its publications and the answers to its invitations look like over the API."""

from rest_framework import serializers

from forums.models import Meeting, Reply
from forums.models.arranging import LONGEST_ITEM, LONGEST_NAME
from metrics.api.fields import Form


class SubjectForm(Form):
    kind = serializers.CharField()
    reference = serializers.IntegerField(help_text="Number of the record that the item is about.")


class PlacedItemForm(Form):
    id = serializers.IntegerField(source="pk")
    section = serializers.CharField()
    title = serializers.CharField()
    why = serializers.CharField()
    minutes = serializers.IntegerField()
    presenter = serializers.IntegerField(source="presenter_id", allow_null=True, help_text="A person; null: the chair.")
    status = serializers.CharField()
    subject = SubjectForm()


class AgendaForm(Form):
    meeting = serializers.IntegerField(source="pk")
    forum = serializers.CharField(source="forum.code")
    starts_at = serializers.DateTimeField()
    lasts_minutes = serializers.IntegerField()
    place = serializers.CharField()
    status = serializers.ChoiceField(choices=Meeting.Status.choices)
    items = PlacedItemForm(many=True, source="in_order", help_text="In the order in which they are taken.")


class PlanForm(Form):
    id = serializers.IntegerField(min_value=1)
    section = serializers.CharField(max_length=LONGEST_NAME)
    minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_ITEM)
    presenter = serializers.IntegerField(min_value=1, allow_null=True, help_text="A person; null: the chair.")


class ArrangementForm(Form):
    items = PlanForm(many=True, allow_empty=False, help_text="All of them, in the order they are to be taken.")


class PublicationForm(Form):
    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    by = serializers.CharField(source="published_by.name")
    pack = serializers.CharField(source="digest", help_text="SHA-256 of all that the board pack says.")
    changes = serializers.ListField(child=serializers.CharField(), help_text="Since the publication before.")
    sent = serializers.IntegerField(default=0, help_text="To how many members its pack went out.")
    sent_last = serializers.DateTimeField(allow_null=True, default=None)


class ReplyForm(Form):
    person = serializers.CharField(source="person.name")
    answer = serializers.ChoiceField(choices=Reply.Answer.choices, source="reply.answer", allow_null=True, default=None)
    delegate = serializers.CharField(source="reply.delegate.name", allow_null=True, default=None)


class AnswerForm(Form):
    answer = serializers.ChoiceField(choices=Reply.Answer.choices)
    delegate = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="Who comes instead: a person."
    )
