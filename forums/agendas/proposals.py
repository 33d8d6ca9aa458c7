"""What stands for an agenda, and why: whatever is open, in the order in which it matters."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from textwrap import shorten
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from forums.agendas.carrying import Named, carried_to
from forums.agendas.families import Family, family_of
from forums.agendas.remit import CASES, Remit
from forums.agendas.standing import find_open, name_of
from forums.agendas.subjects import reviewed
from forums.models.action import Action
from forums.models.agenda import AgendaItem, Subject
from forums.models.decision import Decision
from forums.models.escalation import Escalation
from forums.models.minutes import Minutes
from forums.restatements.owed import owed_to
from metrics.models import Challenge, Contradiction, Definition
from truthgov import clock
from truthgov.dates import day

if TYPE_CHECKING:
    from forums.models.meeting import Meeting

Kind = Subject.Kind
CARRIED = "Carried over"
SECTIONS = {
    Kind.CONTRADICTION: "Contradictions",
    Kind.ESCALATION: "Escalations and challenges",
    Kind.CHALLENGE: "Escalations and challenges",
    Kind.ACTION: "Actions overdue",
    Kind.DECISION: "Decisions up for review",
    Kind.RESTATEMENT: "Restatements",
    Kind.DEFINITION: "Definitions to approve",
    Kind.MINUTES: "Minutes to confirm",
}
"""Where each kind of subject stands until somebody arranges the agenda."""
IF_TIME = "If time allows"
"""What the meeting has no time for; it is not counted among its minutes."""
ORDER = (CARRIED, *dict.fromkeys(SECTIONS.values()), IF_TIME)
MINUTES = {kind: 15 if kind == Kind.CONTRADICTION else 5 for kind in Kind}
"""Allotted to each kind until somebody says otherwise."""
TOLD = 250
"""Signs of an answer that an agenda repeats; the whole stands with the escalation."""
OF_ITS_CASE = [f"contradiction__{part}" for part in CASES]
FURTHER = 3
"""Minutes of a case that differs from the one before it by its segment alone."""


@dataclass(frozen=True)
class Proposal:
    """A subject that belongs on an agenda; `carried_from` is its item at the meeting that put it off last.

    `family` is what a case shares with those that differ by their segment alone; it `follows` one of them.
    """

    kind: str
    reference: int
    title: str
    why: str
    carried_from: AgendaItem | None = None
    presenter: int | None = None
    family: Family = ()
    follows: bool = False

    @property
    def named(self) -> Named:
        return self.kind, self.reference

    @property
    def section(self) -> str:
        return CARRIED if self.carried_from else SECTIONS[Kind(self.kind)]

    @property
    def minutes(self) -> int:
        """What it was planned for when it was put off; else what its kind takes."""
        usual, before = MINUTES[Kind(self.kind)], self.carried_from
        if before and before.minutes not in (usual, FURTHER):
            return before.minutes
        return FURTHER if self.follows else usual


def proposals(meeting: "Meeting") -> list[Proposal]:
    """Everything that stands for a meeting, each subject once: carried over, then by kind and weight, with the cases of
    a family behind the weightiest of them."""
    seen: dict[Named, Proposal] = {}
    carried = carried_to(meeting)
    for proposal in [*_standing(meeting), *_put_on_before(carried)]:
        items = carried.get(proposal.named)
        if items:
            why = f"Carried over {_times(len(items))}: {items[-1].outcome_reason}"
            proposal = replace(proposal, why=why[:400], carried_from=items[-1])
        seen.setdefault(proposal.named, proposal)
    return _together(sorted(seen.values(), key=lambda proposal: proposal.carried_from is None))


def _together(ordered: list[Proposal]) -> list[Proposal]:
    """The proposals of one section and family directly behind the first of them."""
    first: dict[object, int] = {}
    places = [
        first.setdefault((each.section, each.family) if each.family else each.named, place)
        for place, each in enumerate(ordered)
    ]
    gathered = sorted(enumerate(ordered), key=lambda placed: places[placed[0]])
    return [replace(each, follows=places[place] != place) for place, each in gathered]


# Of most kinds nothing stands: what belongs to it is read by itself, once there is some, and not joined to nothing.
def _standing(meeting: "Meeting") -> Iterator[Proposal]:
    remit, today = Remit(meeting.charter), clock.today()
    yield from _contradictions(remit, today)
    yield from _escalations(meeting, remit)
    yield from _challenges(meeting, remit, today)
    yield from _actions(meeting, today)
    yield from _decisions(meeting)
    yield from _restatements(meeting)
    yield from _definitions(remit)
    yield from _minutes(meeting)


def _put_on_before(carried: dict[Named, list[AgendaItem]]) -> Iterator[Proposal]:
    """What somebody put on by hand and no meeting has settled, as long as it is open."""
    for (kind, reference), items in carried.items():
        if items[-1].put_on_by_id and find_open(kind, reference) is not None:
            yield Proposal(kind, reference, items[-1].title, items[-1].why)


def _contradictions(remit: Remit, today: date) -> Iterator[Proposal]:
    """What is open and not snoozed, and what no figures can prove: a case that no rule looks at closes by a second
    decision."""
    is_open, is_to_be_proved = Q(status=Contradiction.Status.OPEN), Q(status=Contradiction.Status.IN_REMEDY, rule=None)
    cases = Contradiction.objects.filter(is_open | is_to_be_proved).awake(on=today).by_severity()
    escalated = {each.contradiction_id: each for each in _escalated()}
    for case in filter(remit.has_case, cases.select_related("segment", *CASES)):
        why = _why(case, escalated.get(case.pk))
        yield Proposal(Kind.CONTRADICTION, case.pk, name_of(case), why, family=family_of(case))


def _why(case: Contradiction, escalation: Escalation | None) -> str:
    if case.status == Contradiction.Status.IN_REMEDY:
        return f"Raised by hand, in remedy since {day(case.changed_at)}: is there evidence to close it?"
    recurs = f", came back {_times(case.recurrences)}" if case.recurrences else ""
    since, asked = day(case.opened_at), f" {_answer(escalation)}" if escalation else ""
    return f"{case.get_severity_display().capitalize()}, open since {since}{recurs}.{asked}"


def _escalated() -> QuerySet[Escalation]:
    """Of cases, in their order: what is to be answered, and the answers that no decision on the case has followed."""
    about_cases = Decision.objects.filter(item__subject__kind=Kind.CONTRADICTION)
    followed = about_cases.filter(
        item__subject__reference=OuterRef("contradiction"), decided_at__gt=OuterRef("answered_at")
    )
    ours = Escalation.objects.exclude(contradiction=None).exclude(status=Escalation.Status.PASSED_ON)
    return ours.filter(~Exists(followed)).order_by("escalated_at", "pk")


def _answer(escalation: Escalation) -> str:
    asked = f"The {escalation.get_to_role_display()}"
    if escalation.answered_at is None:
        return f"{asked} is to answer by {day(escalation.due_on)}."
    return f"{asked} answered on {day(escalation.answered_at)}: {shorten(escalation.answer, TOLD, placeholder=' …')}"


def _escalations(meeting: "Meeting", remit: Remit) -> Iterator[Proposal]:
    """Those not about a case that stands on the agenda itself: of this forum's cases, and of its own items."""
    others = Escalation.objects.open().exclude(contradiction__status=Contradiction.Status.OPEN)
    for escalation in others.prefetch_related("item__meeting", "action__decision__meeting", *OF_ITS_CASE):
        case = escalation.contradiction
        if not (remit.has_case(case) if case else escalation.of_forum() == meeting.forum_id):
            continue
        yield Proposal(Kind.ESCALATION, escalation.pk, name_of(escalation), _answer(escalation))


def _challenges(meeting: "Meeting", remit: Remit, today: date) -> Iterator[Proposal]:
    overdue = Challenge.objects.waiting().overdue(on=meeting.slot).prefetch_related("scope", *OF_ITS_CASE)
    for challenge in (each for each in overdue if remit.has_case(each.contradiction)):
        late = challenge.due_on < today
        why = f"{'No answer, due' if late else 'To be answered'} by {day(challenge.due_on)}."
        yield Proposal(Kind.CHALLENGE, challenge.pk, name_of(challenge), why)


def _actions(meeting: "Meeting", today: date) -> Iterator[Proposal]:
    """Those that a decision of this forum gave out."""
    overdue = Action.objects.overdue(on=meeting.slot).filter(decision__meeting__forum=meeting.forum)
    for action in overdue.prefetch_related("owner"):
        late = action.due_on < today
        why = f"{action.owner} {'owed' if late else 'owes'} it by {day(action.due_on)}."
        yield Proposal(Kind.ACTION, action.pk, action.title, why, presenter=action.owner_id)


def _decisions(meeting: "Meeting") -> Iterator[Proposal]:
    """Those of this forum that were to be looked at again by then, until a meeting has."""
    waiting = Decision.objects.up_for_review(on=meeting.slot).exclude(pk__in=reviewed())
    due = waiting.filter(meeting__forum=meeting.forum)
    for decision in due.order_by("review_on", "pk"):
        why = f"Decided on {day(decision.decided_at)}, to be reviewed by {day(decision.review_on or meeting.slot)}."
        yield Proposal(Kind.DECISION, decision.pk, name_of(decision), why)


def _minutes(meeting: "Meeting") -> Iterator[Proposal]:
    """Of the forum's earlier meetings."""
    waiting = Minutes.objects.filter(meeting__forum=meeting.forum, confirmation=None, sealing=None)
    for minutes in waiting.exclude(meeting=meeting).prefetch_related("meeting__forum").order_by("meeting__starts_at"):
        yield Proposal(Kind.MINUTES, minutes.pk, name_of(minutes), "To be confirmed as a true record.")


def _definitions(remit: Remit) -> Iterator[Proposal]:
    waiting = Definition.objects.waiting().prefetch_related("measure__function", "measure__journey")
    for definition in filter(remit.has_definition, waiting):
        why = "Proposed, and waits for approval."
        yield Proposal(Kind.DEFINITION, definition.pk, name_of(definition), why, presenter=definition.proposed_by_id)


def _restatements(meeting: "Meeting") -> Iterator[Proposal]:
    """Once a submission and measure, however many figures it restates."""
    for owed in owed_to(meeting.forum):
        yield Proposal(Kind.RESTATEMENT, owed.first.number, owed.title[:400], owed.why[:400])


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
