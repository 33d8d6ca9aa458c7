"""How chair and secretary put a matter on an agenda by hand, and arrange what stands on it."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from forums import access
from forums.agendas.standing import name_of, open_subjects
from forums.models import AgendaItem, DecisionType, Meeting, Subject
from forums.models.arranging import LONGEST_ITEM
from forums.models.meeting import MeetingQuerySet
from truthgov.actor import Actor
from truthgov.models import Person

Kind = Subject.Kind
Choice = tuple[str, str]


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why", max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What the meeting is to settle; the agenda says so.",
    )  # fmt: skip


class SubjectForm(WhyForm):
    """Anything still open that does not stand on a meeting's agenda."""

    subject = forms.ChoiceField(label="What is put on")
    field_order = ["subject", "why"]

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = _choices(meeting)  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        return not self.fields["subject"].choices  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, int]:
        """Kind and reference of what was chosen; only of a valid form."""
        kind, _, reference = self.cleaned_data["subject"].partition(":")
        return kind, int(reference)


class MeetingForm(WhyForm):
    """The meeting that takes a matter up."""

    meeting = forms.ModelChoiceField(Meeting.objects.none(), label="Meeting", empty_label=None)
    field_order = ["meeting", "why"]

    def __init__(self, *args: Any, meetings: MeetingQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]


def meeting_form(
    person: Person, subject: tuple[str, int], why: str = "", *, settles: str = DecisionType.RESOLVE_CONTRADICTION
) -> MeetingForm | None:
    """For who prepares a meeting on whose agenda the subject does not stand; None for others.

    Proposed is the next meeting whose charter grants the type that `settles` it.
    """
    meetings = access.without(access.meetings_to_prepare(person), subject)
    able = meetings.filter(charter__rights__decision_type=settles).first()
    return MeetingForm(meetings=meetings, initial={"why": why, "meeting": able}) if meetings.exists() else None


def _choices(meeting: Meeting) -> list[tuple[str, list[Choice]]]:
    """By kind, what is open and not on the agenda; a query a kind."""
    on_it = set(meeting.items.values_list("subject__kind", "subject__reference"))
    groups: dict[str, list[Choice]] = {}
    for kind, reference, record in open_subjects():
        if (kind, reference) not in on_it:
            groups.setdefault(kind.label.capitalize(), []).append((f"{kind}:{reference}", name_of(record)))
    return list(groups.items())


class PlanForm(forms.Form):
    """Where an item stands, how long it is given, and who presents it."""

    section = forms.CharField(max_length=80)
    minutes = forms.IntegerField(min_value=1, max_value=LONGEST_ITEM)
    presenter = forms.ModelChoiceField(Person.objects.none(), required=False, empty_label="The chair")

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["presenter"].queryset = people  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """One place up or down, or before another item; before none, last in a section."""

    move = forms.ChoiceField(required=False, choices=[("up", "Up"), ("down", "Down")])
    before = forms.ModelChoiceField(AgendaItem.objects.none(), required=False)
    section = forms.CharField(required=False, max_length=80)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["before"].queryset = meeting.items.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not any(given.get(name) for name in ("move", "before", "section")):
            self.add_error("section", "Say where the item goes.")
        return given

    def put(self, item: AgendaItem, *, by: Actor) -> None:
        """Have the item stand there; only of a valid form."""
        given = self.cleaned_data
        if given["move"]:
            item.meeting.move_item(item, down=given["move"] == "down", by=by)
        else:
            item.meeting.place_item(item, before=given["before"], section=given["section"], by=by)


class SectionForm(forms.Form):
    """A section that is moved, or given another name."""

    section = forms.CharField(max_length=80)
    move = forms.ChoiceField(required=False, choices=[("up", "Up"), ("down", "Down")])
    name = forms.CharField(required=False, max_length=80)

    def put(self, meeting: Meeting, *, by: Actor) -> None:
        given = self.cleaned_data
        if given["move"]:
            meeting.move_section(given["section"], down=given["move"] == "down", by=by)
        else:
            meeting.rename_section(given["section"], given["name"], by=by)
