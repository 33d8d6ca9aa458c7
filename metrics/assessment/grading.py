"""How severe a case is: from the latest findings that stand, in words that a reader can add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

from django.db import connection

from journeys.models import Journey
from metrics.assessment.findings import Finding
from metrics.detection.severity import Severity, severity, times_the_least
from metrics.models import Contradiction, Signal
from truthgov.periods import Grain

MONTHS_IN = {Grain.DAY: 12 / 365.25, Grain.WEEK: 7 * 12 / 365.25, Grain.MONTH: 1.0, Grain.QUARTER: 3.0}
MOST_TIMES = 1000.0
"""Beyond this many times the smallest effect that matters, more is not worse."""
LEAST = (Contradiction.Severity.LOW.value, 0.0)
"""Severity and rank of a case of which no signal stands."""
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
    """What a finding weighs, frozen with it: its effect in smallest that matter, its run, the share it touches."""

    times: float
    run: int
    share: float | None

    def evidence(self) -> dict[str, Any]:
        return {"times_the_smallest_that_matters": self.times, "periods_in_a_row": self.run, "share": self.share}

    @classmethod
    def frozen_in(cls, signal: Signal) -> "Weight":
        return cls.from_evidence(signal.evidence["weight"])

    @classmethod
    def from_evidence(cls, kept: dict[str, Any]) -> "Weight":
        return cls(kept["times_the_smallest_that_matters"], kept["periods_in_a_row"], kept["share"])


def weigh(findings: Sequence[Finding]) -> list[Weight]:
    """The weights of findings, in their order; one query for the wholes that they are parts of."""
    wholes = _wholes(findings)
    return [_weight(finding, wholes.get(number)) for number, finding in enumerate(findings)]


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
    graded = [Worst(severity(weight.times, weight.run, weight.share), weight) for weight in weights]
    return max(graded, key=lambda each: (each.severity.points, each.weight.times), default=None)


def grade(case: Contradiction, standing: Iterable[Signal], grain: Grain) -> None:
    """Set the severity of a case, unsaved, by the worst of the latest of its signals that stand."""
    signals = list(standing)
    latest = max((signal.period_start for signal in signals), default=None)
    weights = [Weight.frozen_in(signal) for signal in signals if signal.period_start == latest]
    found = worst_of(weights)
    if found is None:
        case.severity, case.severity_rank = LEAST
        case.severity_why = "Low: no signal stands any more, since figures were restated."
        return
    case.severity, case.severity_why = found.severity.word.value, found.severity.explanation
    case.severity_rank = found.rank
    _expose(case, case.journey, found.weight.share, grain)


def _weight(finding: Finding, whole: float | None) -> Weight:
    cell, outcome = finding.cell, finding.span.outcome
    if finding.span.look.sources:
        times = times_the_least(cell, tolerance=finding.span.tolerance)
    else:
        least = outcome.min_effect if isfinite(outcome.min_effect) and not finding.span.is_share else None
        times = times_the_least(cell, min_effect=least)
    share = min(1.0, cell.size / whole) if whole and isfinite(cell.size) else None
    run = int(cell.run) if isfinite(cell.run) else 1
    return Weight(min(times, MOST_TIMES) if times == times else 1.0, max(run, 1), share)


def _wholes(findings: Sequence[Finding]) -> dict[int, float]:
    rows = [(number, each.outcome_series, each.period.start) for number, each in enumerate(findings)]
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OF_THE_WHOLE, [list(column) for column in zip(*rows, strict=True)])
        return {number: float(size) for number, size in cursor.fetchall()}


def _expose(case: Contradiction, journey: Journey | None, share: float | None, grain: Grain) -> None:
    """Customers a period whom the case touches, and what they are worth, where the journey declares both."""
    case.exposure_customers = case.exposure_value = None
    if journey is None or share is None or journey.customers_per_month is None:
        return
    case.exposure_customers = round(journey.customers_per_month * MONTHS_IN[grain] * share)
    if journey.value_per_customer is not None:
        case.exposure_value = (journey.value_per_customer * case.exposure_customers).quantize(Decimal("0.01"))
