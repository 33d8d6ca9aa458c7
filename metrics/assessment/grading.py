"""How severe a case is: from the latest findings that stand, in words that a reader can add up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any

from django.db import connection

from journeys.models import Journey
from metrics.assessment.calendar import reach, start_of
from metrics.assessment.findings import Finding, Place
from metrics.detection.batch import Verdict
from metrics.detection.severity import Severity, severity, times_the_least
from metrics.models import Contradiction, Judgement, Rule, Signal
from metrics.trust import Axis, Radar, radars
from truthgov.periods import Grain, ordinal

MONTHS_IN = {Grain.DAY: 12 / 365.25, Grain.WEEK: 7 * 12 / 365.25, Grain.MONTH: 1.0, Grain.QUARTER: 3.0}
MOST_TIMES = 1000.0
"""Beyond this many times the smallest effect that matters, more is not worse."""
LEAST = (Contradiction.Severity.LOW.value, 0.0)
"""Severity and rank of a case of which no signal stands."""
OF_NO_UNIT = (Rule.Kind.BROKEN_LINK, Rule.Kind.INTEGRITY)
"""Kinds whose effects are in no measure's unit: a correlation, a share of what was first reported."""
OF_THE_KPI = (
    Rule.Kind.GAMING,
    Rule.Kind.DEFINITION_BREAK,
    Rule.Kind.OVERCOMMITMENT,
    Rule.Kind.SOURCE_DISAGREEMENT,
)
"""Kinds whose findings count the cases behind the KPI, the promise, the measure or the source of record."""
OF_A_STRETCH = (Rule.Kind.BROKEN_LINK, Rule.Kind.INCONSISTENCY)
"""Kinds that look at a stretch as a whole: how long a finding has stood is told by the verdicts on those before it."""
ABOUT_TRUST = (
    Contradiction.Kind.SOURCE_DISAGREEMENT,
    Contradiction.Kind.INTEGRITY,
    Contradiction.Kind.DEFINITION_BREAK,
)
"""Kinds whose matter it is that figures cannot be relied on: what they find is not made light of for it."""
OF_THE_FIGURE = (Axis.COMPLETE, Axis.VALID, Axis.CONSISTENT, Axis.STABLE)
OF_THE_WHOLE = """
    SELECT wanted.number, coalesce(reading.denominator, reading.value)
    FROM unnest(%s::int[], %s::bigint[], %s::date[]) AS wanted(number, series, start)
    JOIN metrics_series part ON part.id = wanted.series
    JOIN metrics_segment everything ON everything.key = '{}'
    JOIN metrics_series whole ON whole.measure_id = part.measure_id AND whole.source_id = part.source_id
        AND whole.segment_id = everything.id
    JOIN metrics_reading reading ON reading.series_id = whole.id AND reading.period_start = wanted.start"""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a finding weighs, frozen with it: its effect in smallest that matter, its run, the share it touches.

    `customers` are the cases behind the judged figure in its period, `trust` how far that can be relied on; None where
    they are not known, or where a later finding came at once. Older findings were frozen without either.
    """

    times: float
    run: int
    share: float | None
    customers: float | None = None
    trust: float | None = None

    def evidence(self) -> dict[str, Any]:
        return {"times_the_smallest_that_matters": self.times, "periods_in_a_row": self.run, "share": self.share,
                "customers": self.customers, "trust": self.trust}  # fmt: skip

    @classmethod
    def frozen_in(cls, signal: Signal) -> "Weight":
        return cls.from_evidence(signal.evidence["weight"])

    @classmethod
    def from_evidence(cls, kept: dict[str, Any]) -> "Weight":
        return cls(kept["times_the_smallest_that_matters"], kept["periods_in_a_row"], kept["share"],
                   kept.get("customers"), kept.get("trust"))  # fmt: skip


def weigh(findings: Sequence[Finding]) -> list[Weight]:
    """The weights of findings, in their order; a fixed number of queries for the wholes, rows and trust of all."""
    wholes, runs, trust = _wholes(findings), _runs(findings), _trust(findings)
    return [
        _weight(finding, wholes.get(number), runs.get(number), trust.get(number))
        for number, finding in enumerate(findings)
    ]


@dataclass(frozen=True, slots=True)
class Worst:
    """The finding that grades a case."""

    severity: Severity
    weight: Weight

    @property
    def rank(self) -> float:
        # Within a word, the larger effect comes first: the fraction never reaches the next point.
        return self.severity.points + self.weight.times / (self.weight.times + 10)


def worst_of(weights: Iterable[Weight]) -> Worst | None:
    """The worst of the findings of one period; None without any."""
    graded = [Worst(severity(weight.times, weight.run, weight.share, weight.trust), weight) for weight in weights]
    return max(graded, key=lambda each: (each.severity.points, each.weight.times), default=None)


def worst_standing(standing: Iterable[tuple[date, Weight]]) -> Worst | None:
    """What grades a case: the worst of the latest period in which findings of these weights stand; None without any.

    What was once found on figures that could be relied on is not made light of by worse figures that come later: all
    are graded by the best trust of any.
    """
    weights = list(standing)
    latest = max((start for start, _ in weights), default=None)
    best = max((weight.trust for _, weight in weights if weight.trust is not None), default=None)
    return worst_of(
        weight if weight.trust is None else replace(weight, trust=best) for start, weight in weights if start == latest
    )


def weights_of(signals: Iterable[Signal]) -> list[tuple[date, Weight]]:
    """The weights frozen in signals, each with the first day of its period."""
    return [(signal.period_start, Weight.frozen_in(signal)) for signal in signals]


def grade(case: Contradiction, standing: Iterable[Signal], grain: Grain) -> None:
    """Set the severity of a case, unsaved, by the worst of the latest of its signals that stand."""
    found = worst_standing(weights_of(standing))
    if found is None:
        case.severity, case.severity_rank = LEAST
        case.severity_why = "Low: no signal stands any more; beside each is why it was withdrawn."
        return
    case.severity, case.severity_why = found.severity.word.value, found.severity.explanation
    case.severity_rank = found.rank
    _expose(case, case.journey, found.weight, grain)


def _weight(finding: Finding, whole: float | None, run: int | None, trust: float | None) -> Weight:
    cell = finding.cell
    times = times_the_least(cell, min_effect=_least(finding))
    customers = cell.size if isfinite(cell.size) else None
    share = min(1.0, cell.size / whole) if whole and customers is not None else None
    if run is None:
        run = int(cell.run) if isfinite(cell.run) else 1
    return Weight(min(times, MOST_TIMES) if times == times else 1.0, max(run, 1), share, customers, trust)


def _least(finding: Finding) -> float | None:
    """The smallest effect that matters, in the unit of the kind's effects; None where nothing states it."""
    span = finding.span
    if span.look.sources:
        return span.tolerance
    if span.is_share or span.look.kind in OF_NO_UNIT:
        return None
    judged = span.kpi if span.look.kind == Rule.Kind.DEFINITION_BREAK else span.outcome
    return judged.min_effect if isfinite(judged.min_effect) else None


def _wholes(findings: Sequence[Finding]) -> dict[int, float]:
    """The size of the whole that each finding's cases are a part of, by its number."""
    rows = [(number, *_counted(each)) for number, each in enumerate(findings)]
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OF_THE_WHOLE, [list(column) for column in zip(*rows, strict=True)])
        return {number: float(size) for number, size in cursor.fetchall()}


def _counted(finding: Finding) -> tuple[int, date]:
    """The series, and the first day of the period, whose cases a finding counts as its size."""
    span = finding.span
    if span.is_share or span.look.kind in OF_THE_KPI:
        return finding.kpi_series, start_of(finding.place.ordinal - span.lag, span.grain)
    return finding.outcome_series, finding.period.start


def _runs(findings: Sequence[Finding]) -> dict[int, int]:
    """Findings in a row up to each, by its number, for the kinds that tell no row themselves; one query."""
    wanted = {number: each for number, each in enumerate(findings) if each.span.look.kind in OF_A_STRETCH}
    if not wanted:
        return {}
    found = _found_before(wanted.values())
    return {number: _run(each.place, found) for number, each in wanted.items()}


def _found_before(findings: Collection[Finding]) -> set[Place]:
    """Where the rules of some findings found something, from as far back as those look."""
    since = min(start_of(each.place.ordinal - reach(each.span.grain), each.span.grain) for each in findings)
    rules = {each.place.rule for each in findings}
    found: set[Place] = set()
    for judged in Judgement.objects.filter(rule__in=rules, period_start__gte=since):
        cells, at = judged.cells, ordinal(judged.period_start, Grain(judged.grain))
        flagged = cells["segment"][cells["verdict"] == Verdict.FLAG].tolist()
        found.update(Place(judged.rule_id, segment, at) for segment in flagged)
    return found


def _run(place: Place, found: Collection[Place]) -> int:
    run = 1
    while place._replace(ordinal=place.ordinal - run) in found:
        run += 1
    return run


def _trust(findings: Sequence[Finding]) -> dict[int, float]:
    """How far the judged figures can be relied on, as far as their whole tells, by the number of the finding.

    Of the latest finding of a pair alone: it is what grades, and a year of figures would cost what the year has.
    """
    latest = {each.place[:2]: each.place for each in sorted(findings, key=lambda each: each.place.ordinal)}
    judged = {
        number: (each.span.look.outcome, each.period)
        for number, each in enumerate(findings)
        if each.span.look.kind not in ABOUT_TRUST and latest[each.place[:2]] == each.place
    }  # fmt: skip
    if not judged:
        return {}
    found = radars({measure for measure, _ in judged.values()}, {period for _, period in judged.values()})
    told = ((number, found.get((measure, period.start))) for number, (measure, period) in judged.items())
    return {number: share for number, radar in told if radar and (share := _reliance(radar)) is not None}


def _reliance(radar: Radar) -> float | None:
    """The worst of the axes that say whether a figure is right.

    That it came late, or that nobody stands behind it, does not say so, and is in the hands of whoever is accused.
    """
    shares = [score.share for axis, score in zip(Axis, radar.scores, strict=True) if axis in OF_THE_FIGURE]
    known = [share for share in shares if share is not None]
    return float(min(known)) if known and not radar.awaited else None


def _expose(case: Contradiction, journey: Journey | None, weight: Weight, grain: Grain) -> None:
    """Customers a month whom the case touches, and what they are worth.

    The journey's declared customers, by the share it touches; where it declares none, the cases behind the figure.
    """
    case.exposure_customers = case.exposure_value = None
    declared = journey.customers_per_month if journey else None
    if declared is not None and weight.share is not None:
        case.exposure_customers = round(declared * weight.share)
    elif weight.customers is not None:
        case.exposure_customers = round(weight.customers / MONTHS_IN[grain])
    if journey and journey.value_per_customer is not None and case.exposure_customers is not None:
        case.exposure_value = (journey.value_per_customer * case.exposure_customers).quantize(Decimal("0.01"))
