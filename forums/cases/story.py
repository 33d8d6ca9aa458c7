"""What happened to a contradiction: its findings with their frozen evidence, its events, the proof of its remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import nan

from forums.cases.evidence import Reading, lay_out
from metrics.assessment.proof import proof_of
from metrics.detection.batch import Verdict
from metrics.detection.handoff import judged_as_share
from metrics.detection.told.sentences import SUPPRESSED
from metrics.figures.courses import Course
from metrics.figures.restatements import Restatement, given_anew
from metrics.models import Contradiction, ContradictionEvent, Judgement, Signal
from truthgov.periods import Grain, Period

TONES = {
    ContradictionEvent.Code.OPENED.value: "bad",
    ContradictionEvent.Code.SURFACED.value: "bad",
    ContradictionEvent.Code.FED.value: "bad",
    ContradictionEvent.Code.RECURRED.value: "bad",
    ContradictionEvent.Code.RETURNED.value: "bad",
    ContradictionEvent.Code.ENTERED_REMEDY.value: "warn",
    ContradictionEvent.Code.CHALLENGED.value: "warn",
    ContradictionEvent.Code.POSITION.value: "info",
    ContradictionEvent.Code.PROVED.value: "good",
    ContradictionEvent.Code.SETTLED.value: "good",
    ContradictionEvent.Code.CLOSED.value: "good",
    ContradictionEvent.Code.SPLIT_OFF.value: "bad",
    ContradictionEvent.Code.GATHERED.value: "bad",
    ContradictionEvent.Code.SNOOZED.value: "warn",
    ContradictionEvent.Code.WOKEN.value: "bad",
    ContradictionEvent.Code.CAUSE.value: "info",
}
HEARD = (ContradictionEvent.Code.CHALLENGED, ContradictionEvent.Code.POSITION)
PERIODS_TRIED = 12
WORDS = {Verdict.QUIET: "Quiet.", Verdict.FLAG: "It signalled.", Verdict.NOT_JUDGED: "Not judged.", **SUPPRESSED}


@dataclass(frozen=True, slots=True)
class Event:
    """One change of the case, as a timeline shows it."""

    at: datetime
    title: str
    by: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal with its evidence laid out; `withdrawn` says why it no longer holds, if so.

    `restated` are the restatements since of figures that it leaned on.
    """

    signal: Signal
    period: str
    evidence: list[tuple[str, str]]
    withdrawn: str
    restated: Sequence[Restatement] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """How far the figures have proved a remedy: quiet periods in a row of those needed, and what each period said.

    Where its rule is not `judging` any more, no period proves it: people close the case.
    """

    judging: bool
    needed: int
    quiet: int
    verdicts: list[tuple[str, str]]


def story_of(case: Contradiction) -> list[Event]:
    """The events of the case, and what was asked and said on those joined to it, latest first; a query."""
    asked = ContradictionEvent.objects.filter(contradiction__joining__into=case, code__in=HEARD)
    events = [*case.events.all(), *asked.select_related("person")]
    return [
        Event(event.at, _title(event, case), _by(event), event.reason, TONES.get(event.code, "muted"))
        for event in sorted(events, key=lambda event: (event.at, event.pk), reverse=True)
    ]


def _title(event: ContradictionEvent, case: Contradiction) -> str:
    told = str(event).capitalize()
    return told if event.contradiction_id == case.pk else f"{told} on case {event.contradiction_id}"


def findings_of(case: Contradiction, signals: Sequence[Signal], courses: dict[int, Course]) -> list[Finding]:
    """Signals that bear on a case, in their order, each with what it leaned on and what became of that.

    `courses` are by measure; three queries.
    """
    cited = {number for signal in signals for number in signal.observations}
    grain, reading, anew = grain_of(courses), _reading(case, courses), given_anew(cited)
    return [
        Finding(signal, str(Period.containing(signal.period_start, grain)), lay_out(signal.evidence, reading),
                _withdrawal(signal), _restated_since(signal, anew))
        for signal in signals
    ]  # fmt: skip


def _restated_since(signal: Signal, anew: dict[int, Restatement]) -> list[Restatement]:
    """What it leaned on and was given anew; a signal that cites both figures is about the restatement."""
    later = {anew[each].number: anew[each] for each in sorted(signal.observations) if each in anew}
    return [each for number, each in later.items() if number not in signal.observations]


def grain_of(courses: dict[int, Course]) -> Grain:
    """The grain a case is told in: that of its first measure."""
    return next((Grain(course.definition.grain) for course in courses.values()), Grain.MONTH)


def _reading(case: Contradiction, courses: dict[int, Course]) -> Reading:
    """How to read the evidence of a case: its sides by name, each in its unit."""
    if case.source and case.other_source:
        unit = _unit(courses, case.measure_id)
        return Reading(case.kind, "The source of record", "The other source", unit, unit)
    other = case.other_measure or case.measure
    claimed = other if case.kind == Contradiction.Kind.INCONSISTENCY else case.measure  # that is read in its whole
    unit = "fraction" if _is_share(case, courses) else _unit(courses, other.pk)
    return Reading(case.kind, claimed.name, other.name, _unit(courses, claimed.pk), unit)


def _unit(courses: dict[int, Course], measure: int) -> str:
    course = courses.get(measure)
    return course.definition.worded_unit if course else "count"


def _is_share(case: Contradiction, courses: dict[int, Course]) -> bool:
    """Is this a handoff that is judged by the share that arrives?"""
    sides = [courses.get(measure.pk) for measure in (case.measure, case.other_measure) if measure]
    if case.kind != Contradiction.Kind.HANDOFF or len(sides) != 2 or not all(sides):
        return False
    passed, received = (side.definition for side in sides if side)
    same = (passed.unit, passed.currency) == (received.unit, received.currency)
    expected = case.rule.link.pass_through if case.rule and case.rule.link else None
    return bool(judged_as_share(same, _given(expected), _given(received.red_threshold)))


def _given(figure: Decimal | None) -> float:
    return nan if figure is None else float(figure)


def trial_of(case: Contradiction, courses: dict[int, Course]) -> Trial | None:
    """What its rule said, period by period, and how far a remedy is proved; None where no rule looks at the case."""
    if case.rule is None:
        return None
    judged = Judgement.objects.filter(rule=case.rule).order_by("-period_start")[:PERIODS_TRIED]
    grain = grain_of(courses)
    verdicts = [
        (str(Period.containing(judgement.period_start, grain)), WORDS[judgement.verdict_on(case.segment_id)])
        for judgement in judged
    ]
    proof = proof_of(case)
    return Trial(case.is_looked_at(), proof.needed, len(proof.quiet), verdicts)


def _by(event: ContradictionEvent) -> str:
    return event.person.name if event.person else ""


def _withdrawal(signal: Signal) -> str:
    withdrawal = getattr(signal, "withdrawal", None)
    return withdrawal.why if withdrawal else ""
