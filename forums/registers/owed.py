"""What a person owes to forums: actions and their proofs, escalations, minutes; for the desk and for the digest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from forums.models import Action, Amendment, Circulation, Correction, Escalation, Minutes, Signature
from truthgov import clock
from truthgov.models import Appointment, Person, Role, Scope


@dataclass(frozen=True)
class Due:
    """Something owed: what, by when (None: no date), where it is done."""

    kind: str
    title: str
    address: str
    due_on: date | None = None
    note: str = ""


def owed_to_forums(person: Person, held: list[Appointment]) -> Iterator[Due]:
    """In no order; `held` are the appointments that the person exercises today."""
    yield from _actions(person)
    yield from _verifications(person, held)
    if held:
        yield from _escalations(held)
        yield from _minutes(person, held)
        yield from _corrections(person, held)
    yield from _circulated(person)


def _actions(person: Person) -> Iterator[Due]:
    for action in Action.objects.filter(owner=person, status=Action.Status.OPEN):
        yield Due("Action", action.title, reverse("forums:action", args=[action.pk]), action.due_on)


def _verifications(person: Person, held: list[Appointment]) -> Iterator[Due]:
    """Proofs that wait, for the secretary of the forum: any other member may verify them too."""
    offices = [each.scope_id for each in held if each.role == Role.SECRETARY]
    shown = Action.objects.filter(status=Action.Status.DONE, decision__meeting__forum__scope__in=offices)
    for action in shown.exclude(owner=person).select_related("owner") if offices else ():
        address = reverse("forums:action", args=[action.pk])
        yield Due("Verification", action.title, address, note=f"{action.owner} has shown a proof.")


def _escalations(held: list[Appointment]) -> Iterator[Due]:
    for escalation in Escalation.objects.owed_under(held):
        address = reverse("forums:escalation", args=[escalation.pk])
        yield Due("Escalation", escalation.reason, address, escalation.due_on)


def _recorded(held: list[Appointment]) -> Q:
    """Minutes that somebody keeps, as chair or secretary."""
    chairs = {each.role for each in held if each.scope.kind == Scope.Kind.ORGANISATION}
    offices = {each.scope_id for each in held if each.role == Role.SECRETARY}
    return Q(meeting__charter__chair_role__in=chairs) | Q(meeting__forum__scope__in=offices)


def _minutes(person: Person, held: list[Appointment]) -> Iterator[Due]:
    """Of meetings that closed: for the secretary to circulate; for both to sign once they are confirmed.

    Amendments of those that are not confirmed wait to be answered.
    """
    own = Prefetch("signatures", Signature.objects.filter(person=person))
    unsealed: QuerySet[Minutes] = Minutes.objects.filter(_recorded(held), sealing=None)
    told = unsealed.select_related("meeting__forum", "meeting__charter", "confirmation")
    offices = {each.scope_id for each in held if each.role == Role.SECRETARY}
    waiting = list(told.prefetch_related(own, "circulations", "meeting__charter__steps"))
    for minutes in waiting:
        address = reverse("forums:minutes", args=[minutes.meeting_id])
        allowed = timedelta(days=minutes.meeting.charter.escalation_days)
        if hasattr(minutes, "confirmation"):
            if not minutes.signatures.all():
                by = clock.local_day(minutes.confirmation.confirmed_at) + allowed
                yield Due("Minutes", f"Sign the {minutes}", address, by)
        elif not minutes.circulations.all() and minutes.meeting.forum.scope_id in offices:
            yield Due("Minutes", f"Circulate the {minutes}", address, clock.local_day(minutes.drafted_at) + allowed)
    yield from _amendments(person, [each.pk for each in waiting if not hasattr(each, "confirmation")])


def _amendments(person: Person, unconfirmed: list[int]) -> Iterator[Due]:
    waiting = Amendment.objects.waiting().filter(minutes__in=unconfirmed).exclude(proposed_by=person)
    for amendment in waiting.select_related("minutes__meeting__forum", "proposed_by"):
        address = reverse("forums:minutes", args=[amendment.minutes.meeting_id])
        yield Due("Amendment", f"Answer {amendment.proposed_by} on the {amendment.minutes}", f"{address}#amendments")


def _corrections(person: Person, held: list[Appointment]) -> Iterator[Due]:
    waiting = Correction.objects.waiting().filter(sealing__minutes__in=Minutes.objects.filter(_recorded(held)))
    for correction in waiting.exclude(made_by=person).select_related("sealing__minutes__meeting__forum"):
        address = reverse("forums:minutes", args=[correction.sealing.minutes.meeting_id])
        yield Due("Correction", f"Countersign the {correction}", f"{address}#corrections")


def _circulated(person: Person) -> Iterator[Due]:
    """Minutes that went out to them and are not confirmed yet: to be read, and amended where they are wrong."""
    sent = Circulation.objects.filter(
        people__contains=[person.pk], minutes__confirmation=None, minutes__sealing=None
    ).exclude(circulated_by=person)
    for meeting, minutes in {
        each.minutes.meeting_id: each.minutes for each in sent.select_related("minutes__meeting__forum")
    }.items():
        yield Due("To read", f"The {minutes}, to be confirmed", reverse("forums:minutes", args=[meeting]))
