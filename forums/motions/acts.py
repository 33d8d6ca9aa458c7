"""What each type of decision does in the record. The types a charter grants, each with the act it carries."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from forums.models.agenda import Subject
from forums.models.decision import Decision
from forums.models.escalation import Escalation
from forums.models.right import DecisionType
from forums.motions.record import Acts
from metrics.dictionary.defining import approve_definition, have_assessed
from metrics.models import Contradiction, Definition, Measure, RootCause, Source, SourceOfRecord
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Person, Role
from truthgov.periods import Grain, Period

LONGEST_REMEDY = 12
"""Months ahead that a remedy may begin to show: a case does not leave the open list for good on a far date."""


@dataclass(frozen=True)
class Resolution:
    """A contradiction goes into remedy; periods from `remedy_from` on can prove it. `cause` is what it comes from."""

    remedy_from: date
    cause: RootCause | None = None
    decision_type: ClassVar[str] = DecisionType.RESOLVE_CONTRADICTION

    def carry_out(self, decision: Decision, *, by: Actor) -> None:
        case = _case_of(decision)
        _require_near(case, self.remedy_from, "remedy_from")
        _into_remedy(case, decision, self.remedy_from, by=by)
        if self.cause:
            case.name_cause(self.cause, decision.wording, by=by, authority=decision.reference)


@dataclass(frozen=True)
class Closure:
    """A contradiction in remedy that no rule looks at is closed on the evidence named."""

    evidence: str
    decision_type: ClassVar[str] = DecisionType.RESOLVE_CONTRADICTION

    def carry_out(self, decision: Decision, *, by: Actor) -> None:
        _case_of(decision).close_on_evidence(by=by, authority=decision.reference, evidence=self.evidence)


@dataclass(frozen=True)
class SourceNaming:
    """`source` is the one whose figures of `measure` are shown from `starts_on` on.

    Where the item is about two sources that disagree, naming one of them settles the pair: it is retired from
    judgement, the disagreement stays on display, and the case waits in remedy for the assessment that closes it.
    """

    measure: Measure
    source: Source
    proposed_by: Person
    starts_on: date | None = None
    settles: Source | None = None
    decision_type: ClassVar[str] = DecisionType.NAME_SOURCE_OF_RECORD

    def carry_out(self, decision: Decision, *, by: Actor) -> None:
        if by.person == self.proposed_by:
            raise Refusal("Whoever proposes a source of record cannot name it; let another member propose it.")
        named = SourceOfRecord.objects.create(
            measure=self.measure, source=self.source, settles=self.settles, starts_on=self.starts_on,
            proposed_by=self.proposed_by, approved_by=by.person, authority=decision.reference, named_at=clock.now(),
        )  # fmt: skip
        said = {"measure": self.measure.code, "source": self.source.code, "starts_on": self.starts_on}
        audit.record("source_of_record.named", named, by=by, **said)
        have_assessed(self.measure, since=self.starts_on)
        case = decision.item.subject.contradiction()
        if case and self._settles(case, decision):
            under_way = case.period_under_way().start
            settled_from = max(self.starts_on or under_way, under_way)
            _require_near(case, settled_from, "starts_on")
            _into_remedy(case, decision, settled_from, by=by)

    def _settles(self, case: Contradiction, decision: Decision) -> bool:
        undecided = case.LIVE if decision.supersedes else (Contradiction.Status.OPEN,)
        pair = {case.source_id, case.other_source_id}
        return (
            self.settles is not None
            and case.status in undecided
            and (case.measure_id, pair) == (self.measure.pk, {self.source.pk, self.settles.pk})
        )


@dataclass(frozen=True)
class DefinitionApproval:
    """A proposed definition holds from its start; a new target is a new version as well."""

    definition: Definition
    decision_type: str = DecisionType.APPROVE_DEFINITION

    def carry_out(self, decision: Decision, *, by: Actor) -> None:
        approve_definition(self.definition, by=by, authority=decision.reference)


@dataclass(frozen=True)
class EscalationUpwards:
    """The matter goes to a higher authority, the sponsor unless said, to be answered by a date."""

    due_on: date
    to_role: str = Role.SPONSOR
    decision_type: ClassVar[str] = DecisionType.ESCALATE

    def carry_out(self, decision: Decision, *, by: Actor) -> None:
        Escalation.objects.take(
            by, reason=decision.wording, due_on=self.due_on, to_role=self.to_role,
            item=decision.item, contradiction=decision.item.subject.contradiction(),
        )  # fmt: skip


@dataclass(frozen=True)
class Ruling:
    """A decision that binds by its wording alone: a policy, a priority, a service standard, a fund."""

    decision_type: str = DecisionType.POLICY

    def carry_out(self, decision: Decision, *, by: Actor) -> None:
        """Its wording is the act."""


ACTS = Acts(
    {kind.__name__: kind for kind in (Resolution, Closure, SourceNaming, DefinitionApproval, EscalationUpwards, Ruling)}
)


def remedy_bounds(case: Contradiction) -> tuple[date, date]:
    """The first and the last day from which on a remedy that is decided today may be proved."""
    last = Period.containing(clock.today(), Grain.MONTH).shift(LONGEST_REMEDY)
    return case.period_under_way().start, last.start


def _require_near(case: Contradiction, remedy_from: date, field: str) -> None:
    """Figures from before the decision prove nothing of it; those of a far year prove nothing in time."""
    first, last = remedy_bounds(case)
    if not first <= remedy_from <= last:
        raise InvalidInput(
            "A remedy is proved by the figures that follow its decision.",
            {field: f"Choose a day between {first:%-d %B %Y} and {last:%-d %B %Y}."},
        )


def _into_remedy(case: Contradiction, decision: Decision, remedy_from: date, *, by: Actor) -> None:
    """Out of the remedy that an earlier decision put it in, where this one supersedes that, and into the new one."""
    if case.status == Contradiction.Status.IN_REMEDY:
        if decision.supersedes is None:
            raise Refusal("This case is in remedy by a decision that stands: say that the new one supersedes it.")
        case.return_to_open(by=by, authority=decision.reference, reason=decision.wording)
    case.enter_remedy(by=by, authority=decision.reference, remedy_from=remedy_from)


def _case_of(decision: Decision) -> Contradiction:
    subject = decision.item.subject
    if subject.kind != Subject.Kind.CONTRADICTION:
        raise Refusal("Only a contradiction is resolved; choose a decision that fits this item.")
    return Contradiction.objects.get(pk=subject.reference)
