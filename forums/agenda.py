"""What stands on an agenda, and why: drafted from what is open, in the order in which it matters."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Max, Q

from forums.models.action import Action
from forums.models.agenda import AgendaItem, Subject
from forums.models.escalation import Escalation
from forums.models.right import DecisionType
from forums.restatements_owed import owed_to
from forums.standing import find_open, name_of
from metrics.models import Challenge, Contradiction, Definition
from truthgov import clock
from truthgov.errors import Refusal
from truthgov.lifecycle import only_once
from truthgov.models import Person

if TYPE_CHECKING:
    from forums.models.meeting import Meeting

Named = tuple[str, int]


@dataclass(frozen=True)
class Proposal:
    """A subject that belongs on an agenda; `carried_from` is its item at the meeting before."""

    kind: str
    reference: int
    title: str
    why: str
    carried_from: AgendaItem | None = None

    @property
    def named(self) -> Named:
        return self.kind, self.reference


def draft(meeting: "Meeting") -> bool:
    """Put on what is missing, and of a meeting that has not begun take off what has settled. Did anything change?"""
    on_it = {(item.subject.kind, item.subject.reference): item for item in meeting.items.select_related("subject")}
    wanted = proposals(meeting)
    dropped = _drop_settled(meeting, on_it, {proposal.named for proposal in wanted})
    missing = [proposal for proposal in wanted if proposal.named not in on_it]
    for position, proposal in enumerate(missing, start=_last_position(meeting) + 1):
        _put_on(meeting, position, proposal)
    return bool(missing or dropped)


def put_on(meeting: "Meeting", kind: str, reference: int, why: str, person: Person) -> AgendaItem:
    """Put a subject on by hand, at the end; a Refusal where it is settled, or stands there already."""
    record = find_open(kind, reference)
    if record is None:
        raise Refusal("This is settled: only what is still open is put on an agenda.")
    subject, _ = Subject.objects.get_or_create(kind=kind, reference=reference)
    with only_once(f"This stands on the agenda of {meeting} already."):
        return meeting.items.create(
            position=_last_position(meeting) + 1, subject=subject, title=name_of(record), why=why[:400],
            put_on_by=person,
        )  # fmt: skip


def _last_position(meeting: "Meeting") -> int:
    return meeting.items.aggregate(last=Max("position"))["last"] or 0


def proposals(meeting: "Meeting") -> list[Proposal]:
    """Everything that stands for a meeting, each subject once: carried over, then by kind and weight."""
    seen: dict[Named, Proposal] = {}
    carried = _carried(meeting)
    for proposal in [*_standing(meeting), *_put_on_before(carried)]:
        item = carried.get(proposal.named)
        if item is not None:
            why = f"Carried over {_times(item.times_carried + 1)}: {item.outcome_reason}"
            proposal = Proposal(proposal.kind, proposal.reference, proposal.title, why[:400], item)
        seen.setdefault(proposal.named, proposal)
    return sorted(seen.values(), key=lambda proposal: proposal.carried_from is None)


def _standing(meeting: "Meeting") -> Iterator[Proposal]:
    yield from _contradictions()
    yield from _escalations()
    yield from _challenges(meeting)
    yield from _actions(meeting)
    yield from _restatements(meeting)
    if meeting.charter.rights.filter(decision_type=DecisionType.APPROVE_DEFINITION).exists():
        yield from _definitions()


def _put_on_before(carried: dict[Named, AgendaItem]) -> Iterator[Proposal]:
    """What somebody put on by hand and the last meeting did not settle, as long as it is open."""
    for (kind, reference), item in carried.items():
        if item.put_on_by_id and find_open(kind, reference) is not None:
            yield Proposal(kind, reference, item.title, item.why)


def _carried(meeting: "Meeting") -> dict[Named, AgendaItem]:
    """What the forum's last meeting before this one carried over."""
    before = meeting.forum.meetings.held().filter(starts_at__lt=meeting.starts_at).first()
    if before is None:
        return {}
    items = before.items.filter(status=AgendaItem.Status.CARRIED_OVER).select_related("subject")
    return {(item.subject.kind, item.subject.reference): item for item in items}


def _contradictions() -> Iterator[Proposal]:
    """What is open and not snoozed, and what no figures can prove: a case that no rule looks at closes by a second
    decision."""
    is_open, is_to_be_proved = Q(status=Contradiction.Status.OPEN), Q(status=Contradiction.Status.IN_REMEDY, rule=None)
    cases = Contradiction.objects.filter(is_open | is_to_be_proved).awake(on=clock.today()).by_severity()
    escalated = {each.contradiction_id: each for each in Escalation.objects.open()}
    for case in cases.select_related("measure", "other_measure", "segment"):
        yield Proposal(Subject.Kind.CONTRADICTION, case.pk, name_of(case), _why(case, escalated.get(case.pk)))


def _why(case: Contradiction, escalation: Escalation | None) -> str:
    if case.status == Contradiction.Status.IN_REMEDY:
        return (
            f"Raised by hand, in remedy since {_day(clock.local_day(case.changed_at))}: is there evidence to close it?"
        )
    recurs = f", came back {_times(case.recurrences)}" if case.recurrences else ""
    answer = f" The {escalation.get_to_role_display()} is to answer by {_day(escalation.due_on)}." if escalation else ""
    since = _day(clock.local_day(case.opened_at))
    return f"{case.get_severity_display().capitalize()}, open since {since}{recurs}.{answer}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _escalations() -> Iterator[Proposal]:
    """Those not about a case that stands on the agenda itself."""
    for escalation in Escalation.objects.open().exclude(contradiction__status=Contradiction.Status.OPEN):
        why = f"The {escalation.get_to_role_display()} is to answer by {_day(escalation.due_on)}."
        yield Proposal(Subject.Kind.ESCALATION, escalation.pk, name_of(escalation), why)


def _challenges(meeting: "Meeting") -> Iterator[Proposal]:
    for challenge in Challenge.objects.overdue(on=meeting.slot).select_related("scope"):
        late = challenge.due_on < clock.today()
        why = f"{'No answer, due' if late else 'To be answered'} by {_day(challenge.due_on)}."
        yield Proposal(Subject.Kind.CHALLENGE, challenge.pk, name_of(challenge), why)


def _actions(meeting: "Meeting") -> Iterator[Proposal]:
    for action in Action.objects.overdue(on=meeting.slot).select_related("owner"):
        why = f"{action.owner} owed it by {_day(action.due_on)}."
        yield Proposal(Subject.Kind.ACTION, action.pk, action.title, why)


def _definitions() -> Iterator[Proposal]:
    for definition in Definition.objects.waiting().select_related("measure"):
        why = "Proposed, and waits for approval."
        yield Proposal(Subject.Kind.DEFINITION, definition.pk, name_of(definition), why)


def _restatements(meeting: "Meeting") -> Iterator[Proposal]:
    """Once a submission and measure, however many figures it restates."""
    for owed in owed_to(meeting.forum):
        yield Proposal(Subject.Kind.RESTATEMENT, owed.first.number, owed.title[:400], owed.why[:400])


def _drop_settled(meeting: "Meeting", on_it: dict[Named, AgendaItem], wanted: set[Named]) -> bool:
    if meeting.status != meeting.Status.SCHEDULED:
        return False
    settled = [item.pk for named, item in on_it.items() if named not in wanted]
    droppable = meeting.items.filter(
        pk__in=settled, status=AgendaItem.Status.PENDING, recusals=None, escalations=None, put_on_by=None
    )
    return bool(droppable.delete()[0])


def _put_on(meeting: "Meeting", position: int, proposal: Proposal) -> None:
    subject, _ = Subject.objects.get_or_create(kind=proposal.kind, reference=proposal.reference)
    before = proposal.carried_from
    meeting.items.create(
        position=position, subject=subject, title=proposal.title, why=proposal.why, carried_from=before,
        times_carried=before.times_carried + 1 if before else 0, put_on_by=before.put_on_by if before else None,
    )  # fmt: skip


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
