"""Does a KPI tell anything of the outcome it is linked to? What the page of a link shows, in figures and in words.

For one pair: rank correlations at several lags, see `ranks`, with the same lags before and after each change of
counting. A relation is seen at a lag where it is beyond chance with all lags counted (Bonferroni). Fewer than 24
periods known together say nothing yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from metrics.detection.batch import Floats
from metrics.detection.statistics.ranks import correlate

ENOUGH = 24
"""Periods known of both before anything is said."""
DOUBT = 0.05
"""Two-sided chance within which a relation is seen, all lags counted."""


@dataclass(frozen=True, slots=True)
class AtLag:
    """The relation at one lag: ρ in the direction the link promises (positive: as it should be), its 95 % interval,
    how many periods are known of both and what they are worth, and the two-sided chance of such a ρ were there none."""

    lag: int
    rho: float
    lower: float
    upper: float
    known: int
    effective: float
    p: float


@dataclass(frozen=True, slots=True)
class Relation:
    """What a stretch of periods, from `first` until before `end`, shows of a link at each lag, and in words."""

    first: int
    end: int
    at_lags: list[AtLag]
    words: str


def relation(kpi: Floats, outcome: Floats, lags: Sequence[int], *, grain: str = "month", sign: float = 1.0) -> Relation:
    """The relation of a KPI's figures to an outcome's, two arrays on one axis of periods, missing figures NaN.

    At a lag the outcome is held against the KPI so many periods before. `sign` is +1 where both are good high or both
    good low, else −1: a relation is as promised where it is positive.
    """
    at_lags = [_at_lag(np.asarray(kpi, float), np.asarray(outcome, float), lag, sign) for lag in lags]
    return Relation(0, len(kpi), at_lags, _words(at_lags, grain))


def around(
    kpi: Floats, outcome: Floats, lags: Sequence[int], breaks: Sequence[int], *, grain: str = "month", sign: float = 1.0
) -> list[Relation]:
    """The relation in each stretch between changes of counting; `breaks` are the first periods counted anew."""
    edges = [0, *sorted(breaks), len(kpi)]
    return [
        Relation(first, end, told.at_lags, told.words)
        for first, end in pairwise(edges)
        for told in [relation(kpi[first:end], outcome[first:end], lags, grain=grain, sign=sign)]
    ]


def _at_lag(kpi: Floats, outcome: Floats, lag: int, sign: float) -> AtLag:
    cause, effect = kpi[: max(len(kpi) - lag, 0)], outcome[lag:]
    found = correlate(sign * cause[None, :], effect[None, :])
    (lower,), (upper,) = found.interval()
    (above,), (below,) = found.above(), found.above(-1.0)
    rho, known, effective = (float(each[0]) for each in (found.rho, found.known, found.effective))
    p = min(1.0, 2 * float(np.fmin(above, below))) if rho == rho else float("nan")
    return AtLag(lag, rho, float(lower), float(upper), int(known), effective, p)


def _words(at_lags: Sequence[AtLag], grain: str) -> str:
    known = max((each.known for each in at_lags), default=0)
    if known < ENOUGH:
        return f"Too little to say: {known} {grain}s are known of both, and {ENOUGH} are needed."
    seen = [each for each in at_lags if each.p * len(at_lags) <= DOUBT]
    if not seen:
        return f"No relation seen in {known} {grain}s: this KPI is not evidence for this outcome."
    return "; ".join(_clauses(at_lags, seen, grain)).capitalize() + "."


def _clauses(at_lags: Sequence[AtLag], seen: Sequence[AtLag], grain: str) -> Iterator[str]:
    for way, told in (("moves with the outcome", 1), ("moves against the outcome, the wrong way round,", -1)):
        lags = [each.lag for each in seen if each.rho * told > 0]
        if lags:
            yield f"{way} {' and '.join(_when(lag, grain) for lag in lags)}"
    last = max(each.lag for each in seen)
    if any(each.lag > last for each in at_lags):
        yield "nothing at later lags"
    elif len(seen) < len(at_lags):
        yield "nothing at other lags"


def _when(lag: int, grain: str) -> str:
    if lag == 0:
        return f"in the same {grain}"
    return f"a {grain} later" if lag == 1 else f"{lag} {grain}s later"
