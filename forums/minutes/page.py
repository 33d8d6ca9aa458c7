"""The page of minutes: parts with the prose beside them, where they stand, and what the reader may do about it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.forms import Form

from forums.minutes.forms import AmendmentForm, CorrectionForm, ProseForm, first_line
from forums.minutes.parts import Part
from forums.models import Amendment, Circulation, Confirmation, Correction, Minutes
from truthgov.access import may_read_data
from truthgov.models import Person


@dataclass(frozen=True)
class Stage:
    """One step from the draft to the seal, by its name and while it is to come: is it taken, or is it the next?"""

    name: str
    coming: str
    is_done: bool
    is_next: bool


@dataclass(frozen=True)
class MinutesPage:
    """Everything the page shows; forms are None where the reader may not, or not yet or no more."""

    minutes: Minutes
    reader: Person
    parts: list[tuple[Part, str]]
    stages: list[Stage]
    circulation: Circulation | None
    amendments: list[tuple[Amendment, str]]
    confirmation: Confirmation | None
    corrections: list[tuple[Correction, str]]
    """Each with what it waits for of the reader: to be countersigned or, being theirs, withdrawn."""
    may_circulate: bool
    may_answer: bool
    may_verify: bool
    prose_form: Form | None
    amendment_form: Form | None
    correction_form: Form | None


def minutes_page(minutes: Minutes, reader: Person, *, refused: Form | None = None) -> MinutesPage:
    """The minutes as a person sees them; `refused` is the form that came back with something wrong in it."""
    sealed, confirmed = minutes.is_sealed(), minutes.is_confirmed()
    records = minutes.meeting.is_recorded_by(reader)
    circulation = minutes.circulations.select_related("circulated_by").last()
    amends = circulation is not None and not confirmed and reader.pk in minutes.attended()
    return MinutesPage(
        minutes=minutes,
        reader=reader,
        parts=[(part, minutes.prose.get(part["key"], "")) for part in minutes.parts],
        stages=_stages(circulation is not None, confirmed, sealed),
        circulation=circulation,
        amendments=_amendments(minutes),
        confirmation=Confirmation.objects.filter(minutes=minutes).select_related("item__meeting__forum").first(),
        corrections=_corrections(minutes, reader) if sealed else [],
        may_circulate=records and not confirmed and _is_new(minutes, circulation),
        may_answer=records and not confirmed,
        may_verify=sealed and may_read_data(reader),
        prose_form=_form(ProseForm, refused, minutes=minutes) if records and not confirmed else None,
        amendment_form=_form(AmendmentForm, refused, minutes=minutes) if amends else None,
        correction_form=_form(CorrectionForm, refused) if records and sealed else None,
    )


def _form(kind: Callable[..., Form], refused: Form | None, **about: Minutes) -> Form:
    """The form as it came back, or an empty one."""
    return refused if refused is not None and type(refused) is kind else kind(**about)


def _stages(circulated: bool, confirmed: bool, sealed: bool) -> list[Stage]:
    steps = [("Drafted", "", True), ("Circulated", "To be circulated", circulated or confirmed),
             ("Confirmed", "To be confirmed", confirmed), ("Sealed", "To be signed", sealed)]  # fmt: skip
    following = next((name for name, _, done in steps if not done), "")
    return [Stage(name, coming, done, name == following) for name, coming, done in steps]


def _is_new(minutes: Minutes, circulation: Circulation | None) -> bool:
    """Has the text changed since it last went out?"""
    return circulation is None or circulation.text_hash != minutes.text_hash


def _amendments(minutes: Minutes) -> list[tuple[Amendment, str]]:
    """Each with the first line of its part."""
    named = {part["key"]: first_line(part) for part in minutes.parts}
    told = minutes.amendments.select_related("proposed_by", "answered_by")
    return [(each, named.get(each.part, "")) for each in told]


def _corrections(minutes: Minutes, reader: Person) -> list[tuple[Correction, str]]:
    told = minutes.sealing.corrections.select_related(
        "made_by", "appointment__scope", "countersignature__person", "withdrawal"
    )
    records = minutes.meeting.is_recorded_by(reader)
    return [(each, _waits_for(each, reader, records=records)) for each in told]


def _waits_for(correction: Correction, reader: Person, *, records: bool) -> str:
    if hasattr(correction, "countersignature") or hasattr(correction, "withdrawal"):
        return ""
    if correction.made_by == reader:
        return "withdrawal"
    return "countersignature" if records else ""
