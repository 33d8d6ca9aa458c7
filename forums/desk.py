"""What a person owes, and by when: the desk of whoever signs in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Q, QuerySet
from django.urls import reverse

from forums.models import Charter, Forum, Meeting
from forums.registers.owed import Due, owed_to_forums
from forums.restatements.owed import owed_to
from forums.setting_up import Step, steps_of
from metrics.dictionary.deriving import unreadable
from metrics.handing_in import due
from metrics.models import (
    Challenge,
    Definition,
    DictionaryImport,
    Feed,
    FeedRun,
    Measure,
    Rebasing,
    RuleVersion,
)
from metrics.sources.late import feeds_late
from truthgov import appointing, authority, clock
from truthgov.models import Appointment, Person, Role, Scope

RESTATEMENTS_NAMED = 8
RULED = ("rule__measure", "rule__other_measure", "rule__link__from_measure", "rule__link__to_measure")
ASKED = ("scope", "contradiction__joining__into")


@dataclass(frozen=True)
class Desk:
    dues: list[Due]
    steps: list[Step]
    is_appointed: bool
    next_meeting: Meeting | None
    sitting: Meeting | None
    today: date

    @property
    def overdue(self) -> int:
        return sum(each.due_on is not None and each.due_on < self.today for each in self.dues)


def desk_of(person: Person) -> Desk:
    """Everything a person owes today, the most urgent first, and what is theirs to set up next.

    The number of queries follows their roles, not rows.
    """
    now = clock.now()
    today = clock.local_day(now)
    held = list(Appointment.objects.exercised_by(person, on=today).select_related("scope"))
    dues = [
        *_submissions(held),
        *_challenges(held),
        *_late_answers(held, today),
        *_feeds(person, today),
        *_formulas(held),
        *_invitations(person, now),
        *_approvals(person, held),
        *owed_to_forums(person, held),
        *_restatements(held),
    ]
    sitting = Meeting.objects.filter(status=Meeting.Status.IN_SESSION).select_related("forum").first() if held else None
    return Desk(
        dues=sorted(dues, key=lambda each: (each.due_on or date.max, each.kind, each.title)),
        steps=steps_of(person, held, on=today),
        is_appointed=bool(held),
        next_meeting=_next_meeting(held, today),
        sitting=sitting,
        today=today,
    )


def _submissions(held: list[Appointment]) -> Iterator[Due]:
    """Figures to hand in, and, for whoever answers for them, to stand behind once they are on record."""
    answered = {each.scope_id for each in held if each.role == authority.answering_role(each.scope)}
    supplied = {each.scope_id for each in held if each.role in due.SUPPLIERS}
    for sheet in due.owed_of(Scope.objects.filter(pk__in=supplied)) if supplied else ():
        whose = f"{sheet.scope} for {sheet.period}"
        if sheet.missing:
            address = reverse("metrics:sheet", args=[sheet.scope.pk, sheet.period.code])
            yield Due("Figures", f"{_counted(sheet.missing)} of {whose}", address, sheet.due_on, sheet.period.days)
        elif sheet.unattested and sheet.scope.pk in answered:
            address = reverse("metrics:attestation", args=[sheet.scope.pk, sheet.period.code])
            yield Due(
                "Attestation", f"{_counted(sheet.unattested)} of {whose}", address, sheet.due_on, sheet.period.days
            )


def _counted(figures: int) -> str:
    return f"{figures} figure{'s' if figures > 1 else ''}"


def _challenges(held: list[Appointment]) -> Iterator[Due]:
    scopes = [each.scope_id for each in held if each.role == authority.answering_role(each.scope)]
    for challenge in Challenge.objects.waiting().filter(scope__in=scopes).select_related(*ASKED):
        address = reverse("forums:contradiction", args=[challenge.contradiction.that_stays.pk])
        yield Due("Challenge", challenge.question, address, challenge.due_on, f"to {challenge.scope}")


def _late_answers(held: list[Appointment], today: date) -> Iterator[Due]:
    """Of others, for the truth owner who asked; they escalate by themselves on the charter's clock."""
    if any(each.role == Role.TRUTH_OWNER for each in held):
        for challenge in Challenge.objects.waiting().overdue(on=today).select_related(*ASKED):
            address = reverse("forums:contradiction", args=[challenge.contradiction.that_stays.pk])
            yield Due("Late answer", challenge.question, address, challenge.due_on, f"of {challenge.scope}")


def _feeds(person: Person, today: date) -> Iterator[Due]:
    """Feeds of theirs that are late, and runs that were given up and wait for somebody to look."""
    if not Feed.objects.filter(owner=person).exists():
        return
    late = feeds_late(today, owner=person)
    for each in late:
        yield Due("Late feed", f"{each.feed}: {each.period}", each.run.get_absolute_url(), clock.local_day(each.due_at),
                  each.run.message)  # fmt: skip
    parked = FeedRun.objects.parked().filter(feed__owner=person).exclude(feed__in=[each.feed.pk for each in late])
    for run in parked.select_related("feed"):
        yield Due("Parked run", str(run), run.get_absolute_url(), None, run.message)


def _formulas(held: list[Appointment]) -> Iterator[Due]:
    """Formulas that cannot be read, for the truth owner and whoever answers for the measure: nothing is computed."""
    scopes = [each.scope_id for each in held if each.role == authority.answering_role(each.scope)]
    mine = Q(measure__function__scope__in=scopes) | Q(measure__journey__scope__in=scopes)
    everywhere = any(each.role == Role.TRUTH_OWNER for each in held)
    for definition, why in unreadable(None if everywhere else mine) if scopes or everywhere else ():
        address = reverse("forums:measure", args=[definition.measure.code])
        yield Due("Formula", f"{definition.measure} is not computed: its formula cannot be read", address, note=why)


def _invitations(person: Person, now: datetime) -> Iterator[Due]:
    """To the next meeting of each forum that a person has not answered; the later ones are counted."""
    unanswered = Meeting.objects.unanswered_by(person, at=now).select_related("forum").order_by("forum", "starts_at")
    for _, meetings in groupby(unanswered, attrgetter("forum_id")):
        meeting, *later = meetings
        note = f"and {len(later)} later one{'s' if len(later) > 1 else ''} of this forum" if later else ""
        address = reverse("forums:agenda", args=[meeting.pk])
        yield Due("Invitation", f"{meeting}: say whether you come", address, meeting.slot, note)


def _approvals(person: Person, held: list[Appointment]) -> Iterator[Due]:
    """What waits for somebody else than who proposed it."""
    if any(each.role in (Role.SPONSOR, Role.TRUTH_OWNER) for each in held):
        for charter in Charter.objects.awaiting_approval().exclude(proposed_by=person).select_related("forum"):
            yield Due("Approval", str(charter), reverse("forums:forum", args=[charter.forum.code]))
        for handed_in in DictionaryImport.objects.awaiting_approval().exclude(proposed_by=person):
            yield Due("Approval", f"Dictionary file {handed_in}", handed_in.get_absolute_url())
        yield from _appointments(person, {each.role for each in held})
    if any(each.role == Role.TRUTH_OWNER for each in held):
        yield from _judging(person)
    for definition in _definitions(held).exclude(proposed_by=person).select_related("measure"):
        address = reverse("forums:measure", args=[definition.measure.code])
        yield Due("Approval", f"Definition of {definition.measure}", address)


def _appointments(person: Person, roles: set[str]) -> Iterator[Due]:
    """Proposals of others, for other people, that a person's roles confirm."""
    waiting = Appointment.objects.proposed().exclude(proposed_by=person).exclude(person=person)
    for proposal in waiting.select_related("person", "scope"):
        if roles.intersection(appointing.confirmers(proposal.role)):
            yield Due("Approval", f"{proposal.person} as {proposal.title}", proposal.get_absolute_url())


def _judging(person: Person) -> Iterator[Due]:
    """What bears on how figures are judged, of which the truth owner is one of two to agree."""
    for version in RuleVersion.objects.waiting().exclude(proposed_by=person).select_related(*RULED):
        address = reverse("forums:rule_version", args=[version.rule_id, version.version])
        yield Due("Approval", f"Version {version.version} of a rule: {version.rule}", address)
    for rebasing in Rebasing.objects.waiting().exclude(proposed_by=person).select_related("measure"):
        address = reverse("forums:process", args=[rebasing.measure.code])
        yield Due("Approval", f"Limits of {rebasing.measure} set anew", address)


def _definitions(held: list[Appointment]) -> QuerySet[Definition]:
    """Versions that wait for people: all for the truth owner, those of their measures for whoever answers for some."""
    waiting = Definition.objects.waiting().left_to_people()
    if any(each.role == Role.TRUTH_OWNER for each in held):
        return waiting
    scopes = [each.scope_id for each in held if each.role == authority.answering_role(each.scope)]
    return waiting.filter(measure__in=Measure.objects.answered_for_by(scopes)) if scopes else waiting.none()


def _restatements(held: list[Appointment]) -> Iterator[Due]:
    """What the steering forum has not looked at yet, for the truth owner, the latest first."""
    if not any(each.role == Role.TRUTH_OWNER for each in held):
        return
    steering = Forum.objects.filter(kind=Forum.Kind.STEERING).first()
    waiting = owed_to(steering)[::-1] if steering else []
    for owed in waiting[:RESTATEMENTS_NAMED]:
        address = reverse("forums:restatement", args=[owed.first.number])
        yield Due("Restatement", owed.title, address, note="For the next agenda.")
    if left := len(waiting[RESTATEMENTS_NAMED:]):
        yield Due("Restatement", f"{left} more to look at", reverse("forums:restatements"), note="For the next agenda.")


def _next_meeting(held: list[Appointment], today: date) -> Meeting | None:
    roles, scopes = [each.role for each in held], [each.scope_id for each in held]
    mine = Q(charter__member_roles__overlap=roles) | Q(charter__chair_role__in=roles) | Q(forum__scope__in=scopes)
    upcoming = Meeting.objects.filter(status=Meeting.Status.SCHEDULED, slot__gte=today).filter(mine)
    return upcoming.select_related("forum").order_by("starts_at").first()
