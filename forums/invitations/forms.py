"""What people answer to an invitation, and when and where chair and secretary have a meeting."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from forums.invitations.answering import BY_LINK
from forums.models import Meeting, Reply
from forums.models.convening import LONGEST
from truthgov.actor import Actor
from truthgov.models import Person

Answer = Reply.Answer


class LinkForm(forms.Form):
    """Accepted or declined, by the link in the invitation."""

    answer = forms.ChoiceField(choices=[(each, each.label) for each in BY_LINK])


class ReplyForm(forms.Form):
    """Accepted, declined, or delegated to somebody."""

    answer = forms.ChoiceField(choices=Answer)
    delegate = forms.ModelChoiceField(Person.objects.none(), required=False, empty_label="Choose somebody")

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delegate"].queryset = people  # type: ignore[attr-defined]

    def put(self, meeting: Meeting, *, by: Actor) -> Reply:
        """Record the answer; only of a valid form."""
        given = self.cleaned_data
        delegate = given["delegate"] if given["answer"] == Answer.DELEGATED else None
        return meeting.answer(given["answer"], delegate=delegate, by=by)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class WhenForm(forms.Form):
    """Another time, length or place of a meeting to come."""

    starts_at = forms.DateTimeField(label="Starts", widget=MomentInput)
    lasts_minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=LONGEST)
    place = forms.CharField(
        label="Place", required=False, max_length=200, help_text="A room, or the address of a call."
    )

    @classmethod
    def of(cls, meeting: Meeting) -> "WhenForm":
        """As it stands."""
        return cls(initial={name: getattr(meeting, name) for name in cls.base_fields})
