"""Meetings and their minutes as resources, for people: whoever holds an appointment reads them."""

from typing import Any

from django.db.models import prefetch_related_objects
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from forums import access
from forums.models import AgendaItem, Correction, Forum, Meeting, Minutes, Subject
from metrics.api.callers import named, person_of
from metrics.api.fields import Form
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class MeetingQuery(PageQuery):
    forum = serializers.CharField(required=False, help_text="Code of a forum.")
    status = serializers.ChoiceField(Meeting.Status.choices, required=False)


class MeetingForm(Form):
    id = serializers.IntegerField(source="pk")
    forum = serializers.CharField(source="forum.code")
    charter = serializers.IntegerField(source="charter.version", help_text="The version of the charter it sits under.")
    starts_at = serializers.DateTimeField()
    month = serializers.DateField(source="period_start", help_text="The first day of the month under review.")
    status = serializers.ChoiceField(Meeting.Status.choices)
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    sealed_at = serializers.DateTimeField(allow_null=True)


class ItemForm(Form):
    """An item; how it ended is not shown to who is recused from it."""

    id = serializers.IntegerField(source="pk")
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(Subject.Kind.choices, source="subject.kind")
    about = serializers.IntegerField(source="subject.reference", help_text="The number of what it is about.")
    title = serializers.CharField()
    why = serializers.CharField()
    status = serializers.ChoiceField(AgendaItem.Status.choices)
    outcome = serializers.SerializerMethodField()
    decisions = serializers.SerializerMethodField()

    def get_outcome(self, item: AgendaItem) -> str:
        return "" if item.is_hidden_from(self.context["person"]) else item.outcome_reason

    def get_decisions(self, item: AgendaItem) -> list[int]:
        hidden = item.is_hidden_from(self.context["person"])
        return [] if hidden else [decision.pk for decision in item.decisions.all()]


class PresenceForm(Form):
    person = serializers.CharField(source="person.name")
    appointment = serializers.CharField(source="appointment.title")
    arrived_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)


class MeetingInFullForm(MeetingForm):
    items = ItemForm(many=True)
    attendance = PresenceForm(many=True, source="attendances")


class PartForm(Form):
    key = serializers.CharField()
    text = serializers.CharField(help_text="As drafted from the record.")
    beside = serializers.CharField(help_text="Prose that people wrote beside it; may be empty.")


class CorrectionForm(Form):
    id = serializers.IntegerField(source="pk")
    passage = serializers.CharField(help_text="What is corrected, as it was sealed.")
    wording = serializers.CharField(help_text="What holds instead.")
    reason = serializers.CharField()
    made_by = serializers.CharField(source="made_by.name")
    made_at = serializers.DateTimeField()
    countersigned_by = serializers.CharField(source="countersignature.person.name", allow_null=True, default=None)
    withdrawn_at = serializers.DateTimeField(
        source="withdrawal.withdrawn_at", allow_null=True, default=None,
        help_text="When whoever made it took it back: it never holds.",
    )  # fmt: skip
    withdrawn_because = serializers.CharField(source="withdrawal.reason", allow_null=True, default=None)
    hash = serializers.CharField()


class MinutesForm(Form):
    meeting = serializers.IntegerField(source="meeting_id")
    text = serializers.CharField()
    text_hash = serializers.CharField(help_text="SHA-256 of the text.")
    parts = serializers.SerializerMethodField()
    circulated_at = serializers.SerializerMethodField()
    confirmed_at = serializers.DateTimeField(source="confirmation.confirmed_at", allow_null=True, default=None)
    sealed_at = serializers.DateTimeField(source="sealing.sealed_at", allow_null=True, default=None)
    seal = serializers.CharField(source="sealing.hash", allow_null=True, default=None)
    corrections = serializers.SerializerMethodField()

    @extend_schema_field(PartForm(many=True))
    def get_parts(self, minutes: Minutes) -> list[dict[str, str]]:
        return [{**part, "beside": minutes.prose.get(part["key"], "")} for part in minutes.parts]

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def get_circulated_at(self, minutes: Minutes) -> str | None:
        """When the text last went out to who attended."""
        sent = list(minutes.circulations.all())
        return serializers.DateTimeField().to_representation(sent[-1].circulated_at) if sent else None

    @extend_schema_field(CorrectionForm(many=True))
    def get_corrections(self, minutes: Minutes) -> Any:
        made = Correction.objects.filter(sealing__minutes=minutes)
        return CorrectionForm(made.select_related("made_by", "countersignature__person", "withdrawal"), many=True).data


class Meetings(ApiView):
    """Sessions of forums."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Meetings", parameters=[MeetingQuery], responses=MeetingForm(many=True))
    def get(self, request: Request) -> Response:
        """The newest first."""
        query = read_query(request, MeetingQuery)
        found = access.meetings_to_read(person_of(request))
        forum = named(Forum.objects.all(), query.get("forum"))
        asked = {"forum": forum, "status": query.get("status")}
        given = {name: value for name, value in asked.items() if value is not None}
        return page_of(request, found.filter(**given), query, ("-id",), MeetingForm)


class MeetingOne(ApiView):
    """One session, with its agenda and who was there."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="A meeting", responses=MeetingInFullForm)
    def get(self, request: Request, pk: int) -> Response:
        person = person_of(request)
        meeting = _in_full(access.meeting_to_read(person, pk))
        return Response(MeetingInFullForm(meeting, context={"person": person}).data)


class MinutesOne(ApiView):
    """What was decided and why."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="The minutes of a meeting", responses=MinutesForm)
    def get(self, request: Request, pk: int) -> Response:
        """In parts as drafted, with the prose beside them; unknown until the meeting has closed."""
        return Response(MinutesForm(access.minutes_to_read(person_of(request), pk)).data)


def _in_full(meeting: Meeting) -> Meeting:
    prefetch_related_objects(
        [meeting], "items__subject", "items__recusals", "items__decisions", "attendances__person",
        "attendances__appointment__scope",
    )  # fmt: skip
    return meeting
