"""What people write into meetings, minutes and actions; motions are in `forums.motions.forms`."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from forums.meetings.people import people_to_send
from forums.models import Decision, Escalation, Meeting
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.forms import DateInput
from truthgov.models import Person
from truthgov.texts import LONGEST_TEXT

AHEAD = ("due_on", "review_on")


def ahead(form: forms.Form) -> date:
    """Today, from which on the days of a form that lie ahead may be chosen: a browser offers no earlier one."""
    today = clock.today()
    for name, field in form.fields.items():
        if name.startswith(AHEAD):
            field.widget.attrs["min"] = today.isoformat()
    return today


class ReasonForm(forms.Form):
    """A reason in writing: for a carry-over, a recusal, a dissent, a proof sent back."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_TEXT)


class PersonForm(forms.Form):
    """Somebody whose coming or going is recorded for them."""

    person = forms.ModelChoiceField(Person.objects.none(), label="Member", empty_label="Choose somebody")

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class DelegateForm(PersonForm):
    """Who sits for the reader at one meeting."""

    person = forms.ModelChoiceField(Person.objects.none(), label="Who sits for you", empty_label="Choose somebody")


class EscalationForm(ReasonForm):
    """An item taken to the sponsor under the mandate."""

    due_on = forms.DateField(label="To be answered by", widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead(self)


class AnswerForm(forms.Form):
    """What the higher authority settles, and which decision on the matter that overturns, if any."""

    answer = forms.CharField(label="What you settle", widget=forms.Textarea(attrs={"rows": 3}))
    overturns = forms.ModelChoiceField(
        Decision.objects.none(), required=False, label="Decision that this overturns",
        empty_label="None: what was decided stands",
        help_text="Yours is the higher right: it stands no more from now on, and its matter is undecided again.",
    )  # fmt: skip

    def __init__(self, *args: Any, escalation: Escalation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = Decision.objects.standing().on_matter_escalated(escalation)
        if standing.exists():
            self.fields["overturns"].queryset = standing  # type: ignore[attr-defined]
        else:
            del self.fields["overturns"]


class ReadForm(forms.Form):
    """The hash of the text that the reader saw: nobody signs or overwrites what they have not read."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=64)


def members_away(meeting: Meeting) -> QuerySet[Person]:
    """Active people who could be recorded as arriving: holders of a seat who are not in the room."""
    return (
        Person.objects.active()
        .filter(pk__in=meeting.may_come(clock.today()))
        .exclude(attendances__meeting=meeting, attendances__left_at=None)
    )


def delegates(meeting: Meeting) -> QuerySet[Person]:
    """People whom a member may send, and whom no other has sent already."""
    return people_to_send(meeting).exclude(pk__in=meeting.may_come(clock.today()))


def input_of(form: forms.Form) -> dict[str, Any]:
    """What a small form says; InvalidInput, with a sentence a field, where it is not complete."""
    if form.is_valid():
        return form.cleaned_data
    errors = {str(form[name].label): str(found[0]) for name, found in form.errors.items()}
    raise InvalidInput("This cannot be taken as it stands: go back and complete it.", errors)
