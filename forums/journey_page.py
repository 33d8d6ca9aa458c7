"""A journey as its owner and executives see it: the path drawn, what must hold, what contradicts, what was decided."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from django.db.models import Prefetch, Q

from forums.cases.sides import Standing, judge
from forums.measures.lineage import LineagePage, lineage_of
from forums.measures.reliance import clause
from forums.models import Decision, Subject
from forums.reconciliation.reconciled import reconciled_view
from forums.reconciliation.records import JourneyRow
from forums.reconciliation.verdicts import Verdict
from journeys.models import Handoff, Journey, Stage
from metrics.figures.courses import Course, breaks, courses
from metrics.models import Contradiction, Measure, RequiredOutcome, Segment, TargetCondition
from truthgov.figures import counted, word_figure
from truthgov.models import Appointment, Role
from truthgov.periods import MONTHS, Grain, Period
from truthgov.svg import JourneyMap, MapHandoff, MapStage, Svg, draw_sparkline

CASES_LISTED = 8
DECISIONS_LISTED = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """A journey in the list: who owns it, how it stands and why."""

    journey: Journey
    owner: str
    verdict: Verdict
    why: str
    stages: int
    open: int
    in_remedy: int

    @property
    def extent(self) -> str:
        """Its stages, and the contradictions that are not settled, in words."""
        remedied = f", {self.in_remedy} in remedy" if self.in_remedy else ""
        return f"{counted(self.stages, 'stage')}, {counted(self.open, 'open contradiction')}{remedied}"


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """An outcome that stands on the journey, with its latest figure."""

    measure: Measure
    required: bool
    standing: Standing
    course: Svg | str
    restated: bool
    """Since the month was reviewed."""


@dataclass(frozen=True, slots=True)
class JourneyPage:
    journey: Journey
    owner: Appointment | None
    period: Period
    verdict: Verdict
    why: str
    path: JourneyMap
    handoffs: list[tuple[Handoff, bool]]
    outcomes: list[OutcomeRow]
    condition: TargetCondition | None
    cases: list[Contradiction]
    decisions: list[Decision]
    lineage: LineagePage | None


def list_journeys(*, on: date) -> tuple[Period, list[Listed]]:
    """Every journey with its verdict for the last complete month, in a fixed number of queries."""
    period = Period.last_complete(on, Grain.MONTH)
    view = reconciled_view(period)
    rows = {row.code: row for row in view.journeys}
    standing = Counter(Contradiction.objects.live().order_by().values_list("journey", "status"))
    owners = _owners(on)
    told = []
    for journey in Journey.objects.prefetch_related("stages"):
        row = rows[journey.code]
        owner = owners.get(journey.scope_id)
        name = owner.person.name if owner else ""
        cases = [standing[journey.pk, status] for status in (Contradiction.Status.OPEN, Contradiction.Status.IN_REMEDY)]
        told.append(Listed(journey, name, row.verdict, why(row), len(journey.stages.all()), *cases))
    return period, told


def journey_page(journey: Journey, *, on: date) -> JourneyPage:
    """The page of a journey on a day, in a fixed number of queries."""
    period = Period.last_complete(on, Grain.MONTH)
    row = next(row for row in reconciled_view(period).journeys if row.code == journey.code)
    required = {outcome.measure for outcome in row.outcomes if outcome.required}
    restated = {outcome.measure for outcome in row.outcomes if outcome.restated}
    measures = list(Measure.objects.filter(code__in=[outcome.measure for outcome in row.outcomes]))
    told = _courses(measures)
    standings = _standings(row, measures, told)
    cases = _cases(journey)
    stages = list(journey.stages.select_related("function"))
    handoffs = [(handoff, _is_broken(handoff, _later(stages, handoff), cases)) for handoff in _handoffs(journey)]
    return JourneyPage(
        journey=journey,
        owner=_owners(on).get(journey.scope_id),
        period=period,
        verdict=row.verdict,
        why=why(row),
        path=_path(journey, stages, handoffs, measures, standings),
        handoffs=handoffs,
        outcomes=[
            OutcomeRow(
                measure,
                measure.code in required,
                standings[measure.pk],
                _course(measure, told.get(measure.pk)),
                measure.code in restated,
            )
            for measure in measures
        ],
        condition=_condition(journey, on),
        cases=cases[:CASES_LISTED],
        decisions=_decisions(cases, measures),
        lineage=lineage_of(measures, f"Lineage of {journey.name}") if measures else None,
    )


def why(row: JourneyRow) -> str:
    """The verdict in words: "failing since August: cancellations 44 %, target 30 %"."""
    if row.verdict is Verdict.FAILING:
        told = [
            f"{outcome.name} {word_figure(outcome.value, outcome.unit)}, target "
            f"{word_figure(outcome.target, outcome.unit)}{_since(outcome.since)}"
            for outcome in row.failing
        ]
        return "; ".join([*told, *_unknown(row)])
    if row.unknown:
        return "; ".join(_unknown(row))
    if not any(outcome.required for outcome in row.outcomes):
        return "no target condition says what must hold"
    return "every required outcome is on target"


def _unknown(row: JourneyRow) -> list[str]:
    return [f"{outcome.name} is unknown: {clause(outcome.doubt) or 'no figure'}" for outcome in row.unknown]


def _since(start: date | None) -> str:
    return f", since {MONTHS[start.month - 1]} {start.year}" if start else ""


def _owners(on: date) -> dict[int, Appointment]:
    held = Appointment.objects.in_force(on=on).filter(role=Role.JOURNEY_OWNER).select_related("person", "scope")
    return {appointment.scope_id: appointment for appointment in held}


def _courses(measures: list[Measure]) -> dict[int, Course]:
    whole = Segment.objects.filter(key="{}").first()
    if whole is None:
        return {}
    found = courses([(measure.pk, whole) for measure in measures])
    return {measure.pk: course for measure, course in zip(measures, found, strict=True) if course}


def _standings(row: JourneyRow, measures: list[Measure], told: dict[int, Course]) -> dict[int, Standing]:
    """How each outcome stands, by measure; one whose figure cannot be relied on is unknown, whatever it shows."""
    doubts = {outcome.measure: outcome.doubt for outcome in row.outcomes}
    standings = {}
    for measure in measures:
        latest = told[measure.pk].latest if measure.pk in told else None
        standing = judge(latest) if latest else Standing()
        if latest and doubts[measure.code]:
            standing = replace(standing, words=f"unknown: {clause(doubts[measure.code])}", tone="muted")
        standings[measure.pk] = standing
    return standings


def _course(measure: Measure, course: Course | None) -> Svg | str:
    if course is None or course.latest is None:
        return ""
    values = [point.value for point in course.points]
    return draw_sparkline(
        f"Recent course of {measure.name}", values, course.definition.target, broken=breaks(course.points)
    )


def _handoffs(journey: Journey) -> list[Handoff]:
    return list(
        journey.handoffs.select_related("from_stage__function", "to_stage__function").order_by("from_stage__position")
    )


def _is_broken(handoff: Handoff, later: set[int], cases: list[Contradiction]) -> bool:
    """Does an open contradiction say that what leaves this stage does not arrive, at the next or a `later` function?"""
    return any(
        case.measure.function_id == handoff.from_stage.function_id and case.other_measure.function_id in later
        for case in cases
        if case.kind == Contradiction.Kind.HANDOFF and case.other_measure
    )


def _later(stages: list[Stage], handoff: Handoff) -> set[int]:
    return {stage.function_id for stage in stages if stage.position >= handoff.to_stage.position}


def _path(
    journey: Journey,
    stages: list[Stage],
    handoffs: list[tuple[Handoff, bool]],
    measures: list[Measure],
    standings: dict[int, Standing],
) -> JourneyMap:
    promised = {(each.from_stage_id, each.to_stage_id): MapHandoff(each.promise, broken) for each, broken in handoffs}
    return JourneyMap(
        title=f"The journey {journey.name}",
        stages=tuple(_stage(stage, measures, standings) for stage in stages),
        handoffs=tuple(promised.get((one.pk, other.pk)) for one, other in pairwise(stages)),
    )


def _stage(stage: Stage, measures: list[Measure], standings: dict[int, Standing]) -> MapStage:
    """A stage with the worst of the outcomes that its function supplies."""
    here = [standings[measure.pk] for measure in measures if measure.function_id == stage.function_id]
    for tone, verdict in (("bad", Verdict.FAILING), ("good", Verdict.WORKING)):
        shown = next((standing for standing in here if standing.tone == tone), None)
        if shown:
            return MapStage(stage.name, stage.function.name, verdict, shown.figure.text)
    return MapStage(stage.name, stage.function.name)


def _condition(journey: Journey, on: date) -> TargetCondition | None:
    outcomes = Prefetch("required", RequiredOutcome.objects.select_related("measure"))
    in_force = TargetCondition.objects.in_force(on=on).filter(journey=journey)
    return in_force.select_related("proposed_by", "approved_by").prefetch_related(outcomes).first()


def _cases(journey: Journey) -> list[Contradiction]:
    live = Contradiction.objects.live().filter(journey=journey).by_severity()
    return list(live.select_related("measure", "other_measure", "source", "other_source", "segment"))


def _decisions(cases: list[Contradiction], measures: list[Measure]) -> list[Decision]:
    """Those about its contradictions, or expected to move its outcomes."""
    about = Q(item__subject__kind=Subject.Kind.CONTRADICTION, item__subject__reference__in=[case.pk for case in cases])
    made = Decision.objects.with_endings().filter(about | Q(expectations__measure__in=measures)).distinct()
    return list(made.select_related("meeting__forum", "decided_by")[:DECISIONS_LISTED])
