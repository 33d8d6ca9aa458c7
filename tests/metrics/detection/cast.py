"""Series and pairs the detection tests speak of, and the slow, obvious versions they are held against."""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan, nan, sqrt

import numpy as np
from scipy.special import stdtr

from metrics.detection.batch import Batch, Floats, Ints, Side, Unit
from metrics.detection.judgements import Cell, Judgements
from metrics.detection.kinds import KINDS

FOREVER = 40
"""Periods in the stories told here: three years of months and a bit."""


def steady(value: float, *, size: float = 2000, wobble: float = 0.004, periods: int = FOREVER) -> tuple[Floats, Floats]:
    """A proportion that moves a little from month to month, and its denominators."""
    values = value + wobble * np.tile([1.0, -1.0, 0.5, -0.5], periods)[:periods]
    return values, np.full(periods, size)


def kpi(values: Floats, sizes: Floats | None = None, **given: float) -> Side:
    """A KPI of which more is better, on target from 0.8, unless told otherwise."""
    return Side.of(values, sizes, **{"direction": 1.0, "target": 0.8, "reliable_from": 50.0} | given)


def outcome(values: Floats, sizes: Floats | None = None, **given: float) -> Side:
    """An outcome of which less is better, on target up to 0.3, where five points matter, unless told otherwise."""
    told = {"direction": -1.0, "target": 0.3, "min_effect": 0.05, "reliable_from": 50.0}
    return Side.of(values, sizes, **told | given)


def asked_of_each(outcomes: Side, periods: Ints) -> Batch:
    """The pairs of one KPI that is beyond reproach with many outcomes, so that each of these is asked about."""
    claimed = Side.of(np.full((1, outcomes.values.shape[1]), 0.9), direction=1.0, target=0.8)
    batch = Batch.of(outcomes, outcomes, periods)
    return replace(batch, kpi=claimed, kpi_of=np.zeros(len(outcomes.values), int))


def last_cell(kind: str, ours: Side, theirs: Side, **given: float | bool) -> Cell:
    """The verdict of a kind on the last period of one pair."""
    last = np.array([ours.values.shape[1] - 1])
    return KINDS[kind](Batch.of(ours, theirs, judge=last, **given)).cell(0, 0)


def same(ours: Judgements, theirs: Judgements, row: int, other: int) -> bool:
    """Whether two answers say the same of a pair, to the last bit."""
    names = [name for name in Judgements.__slots__ if name != "columns"]
    return all(_equal(getattr(ours, name)[row], getattr(theirs, name)[other]) for name in names)


def _equal(first: np.ndarray, second: np.ndarray) -> bool:
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")


class SlowExpectation:
    """What `expectation.expect` computes for many series at once, for one series and in plain loops."""

    def __init__(self, values: Sequence[float], sizes: Sequence[float], unit: Unit, column: int, season: int) -> None:
        self.values, self.column, self.season = list(values), column, season
        known = [i for i, value in enumerate(values) if not isnan(value)]
        self.proportion = unit == Unit.FRACTION and all(sizes[i] > 0 for i in known)
        self.weights = [sizes[i] if self.proportion else 1.0 for i in range(len(values))]
        start, end = max(0, column - 2 - (2 * season + 12)), max(0, column - 2)
        self.past = [i for i in range(start, end) if not isnan(values[i])]
        self.mass = sum(self.weights[i] for i in self.past)
        self.level = sum(values[i] * self.weights[i] for i in self.past) / self.mass if self.past else nan
        binomial = sqrt(self.level * (1 - self.level)) if self.proportion and self.past else 1.0
        self.scores = {i: (values[i] - self.level) * sqrt(self.weights[i]) / binomial for i in self.past}

    def short_sigma(self) -> float:
        ranges = [abs(self.scores[i] - self.scores[i - 1]) for i in self.past if i - 1 in self.scores]
        if not ranges:
            return nan
        mean = sum(ranges) / len(ranges)
        kept = [moved for moved in ranges if moved <= 3.268 * mean]
        return sum(kept) / len(kept) / 1.128

    def yearly_gaps(self) -> list[float]:
        lag = self.season
        return [(self.scores[i] - self.scores[i - lag]) / sqrt(2) for i in self.past if i - lag in self.scores]

    def season_is_hidden(self) -> bool:
        products = [self.scores[i] * self.scores[i - self.season] for i in self.past if i - self.season in self.scores]
        if len(products) < self.season:
            return False
        variance = sum(score**2 for score in self.scores.values()) / len(self.scores)
        return not sum(products) / len(products) > 0.3 * variance

    def is_seasonal(self) -> bool:
        return self._year_ago(self.column) is not None and not self.season_is_hidden()

    def sigma(self) -> float:
        return self.presumed(self.observed())

    def observed(self) -> float:
        gaps = self.yearly_gaps()
        if self.is_seasonal():
            long = winsorised(gaps, len(gaps)) if len(gaps) >= 8 else nan
        else:
            long = winsorised(list(self.scores.values()), len(self.past) - 1)
        both = [sigma for sigma in (self.short_sigma(), long) if not isnan(sigma)]
        return max(both) if both else nan

    def seen(self) -> float:
        return 0.62 * max(len(self.past) - 1, 0)

    def weighed(self, observed: float) -> float:
        """What was seen and what is presumed of any proportion, by their degrees of freedom."""
        presumed = 4 * (1 + 0.05**2 * self.weights[self.column])
        if isnan(observed):
            return sqrt(presumed / 4)
        return sqrt((presumed + self.seen() * observed**2) / (4 + self.seen()))

    def presumed(self, observed: float) -> float:
        if not self.proportion:
            return observed
        least = 1.0 if len(self.past) < 8 or isnan(observed) else max(observed, 1.0)
        return max(self.weighed(observed), least)

    def freedom(self) -> float:
        observed = self.observed()
        wilder = len(self.past) >= 8 and observed > self.weighed(observed)
        return 4 + self.seen() if self.proportion and not wilder else max(self.seen(), 1)

    def worsened(self, direction: float) -> float:
        """One-sided p of the judged figure having moved against the direction of good."""
        value, weight = self.values[self.column], self.weights[self.column]
        before = self._year_ago(self.column) if self.is_seasonal() else None
        expected = self.level if before is None else self.values[before]
        behind = self.mass if before is None else self.weights[before]
        null = (value * weight + expected * behind) / (weight + behind)
        spread = self.sigma() * (sqrt(max(null * (1 - null), 0)) if self.proportion else 1.0)
        return tail(direction * (expected - value), spread * sqrt(1 / weight + 1 / behind), self.freedom())

    def beyond(self, bound: float, direction: float) -> float:
        """One-sided p of the judged figure lying on the wrong side of a bound."""
        spread = self.presumed(self.short_sigma()) * (sqrt(bound * (1 - bound)) if self.proportion else 1.0)
        error = spread / sqrt(self.weights[self.column])
        return tail(direction * (bound - self.values[self.column]), error, self.freedom())

    def _year_ago(self, column: int) -> int | None:
        before = column - self.season
        return before if before >= 0 and not isnan(self.values[before]) else None


def winsorised(deviations: Sequence[float], freedom: int) -> float:
    """Root mean square, what lies beyond two of them counted as two."""
    freedom = max(freedom, 1)
    most = 4 * sum(one**2 for one in deviations) / freedom
    return sqrt(sum(min(one**2, most) for one in deviations) / freedom)


def tail(distance: float, error: float, freedom: float) -> float:
    """Chance that Student's t exceeds a distance."""
    if isnan(distance) or isnan(error):
        return nan
    score = 0.0 if distance == 0 else distance / error if error else float("inf") * distance
    return float(stdtr(freedom, -score))
