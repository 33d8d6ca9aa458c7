"""What a series' own past leads to expect of a period, and how far from it chance alone carries a figure.

For many series at once. The past ends before the three periods under test, so that what is tested does not soften its
own yardstick, and reaches back two seasons and a year, so that a series of ten years costs what one of three does and
an old world does not judge a new one. Nothing after the period is looked at: a verdict does not change when time passes.

σ is the larger of two estimates: the short one from moving ranges (Wheeler; Laney's σ_z for proportions), which a
shift in level does not inflate, and the long one from winsorised deviations around the mean (D. J. Spiegelhalter, "Funnel plots
for comparing institutional performance", Statistics in Medicine 24, 2005), which drift and season do. A figure is compared
with one a year before, and across a year a drifting series carries figures further than a moving range tells.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from metrics.detection.batch import Bools, Floats, Ints, Side, Unit
from metrics.detection.limits import RANGE_TO_SIGMA, SCREEN_FACTOR, SETTLED_FROM
from metrics.detection.seasons import last_year, season_hidden, yearly_sigma

GUARD = 3
"""Periods tested together: the one judged and the two before it."""
FEWEST = 8
"""Figures needed before a past counts as one."""
PRESUMED = 2.0
"""σ a proportion is presumed to have, in multiples of binomial chance, until it has shown its own."""
PRESUMED_WEIGHT = 4.0
"""How many degrees of freedom that presumption is worth."""
WINSOR = 2.0


@dataclass(frozen=True, slots=True)
class Expectation:
    """The yardstick for one judged period of many series; arrays of one value a series, or series × tested periods.

    `level` is the mean of the past (pooled for proportions). `expected` is what each tested figure is compared with, the same
    period last year where `seasonal`, else the level, and `expected_weights` the size behind it. `sigma` is in multiples of binomial
    chance for proportions, else in the measure's unit; `freedom` its degrees of freedom; `weights` the denominators of
    the tested figures (1 where size plays no part); `history` how many figures the past holds.
    """

    tested: Floats
    weights: Floats
    level: Floats
    expected: Floats
    expected_weights: Floats
    seasonal: Bools
    sigma: Floats
    freedom: Floats
    history: Floats
    proportion: Bools

    def chance(self, null: Floats) -> Floats:
        """σ of figures of weight 1, if the truth were `null` (series × any number)."""
        binomial = np.sqrt(np.clip(null * (1 - null), 0, None))
        return self.sigma[:, None] * np.where(self.proportion[:, None], binomial, 1.0)

    def beyond(self, bound: Floats, sign: Floats) -> Floats:
        """One-sided p of the tested figures lying `sign`-wards of a fixed bound, series × tested periods."""
        null = bound[:, None]
        return self._tail(sign[:, None] * (self.tested - null), self.chance(null) / np.sqrt(self.weights))

    def moved(self, sign: Floats) -> Floats:
        """One-sided p of the tested figures having moved `sign`-wards from what was to be expected of them."""
        together = self.weights + self.expected_weights
        null = (self.tested * self.weights + self.expected * self.expected_weights) / together
        error = self.chance(null) * np.sqrt(together / (self.weights * self.expected_weights))
        return self._tail(sign[:, None] * (self.tested - self.expected), error)

    def baseline(self) -> Floats:
        """What was to be expected of the judged period."""
        return self.expected[:, -1]

    def reach(self) -> Floats:
        """Three σ of the judged figure about its baseline: half the width of its natural process limits."""
        return 3 * self.chance(self.baseline()[:, None])[:, -1] / np.sqrt(self.weights[:, -1])

    def known(self) -> Bools:
        """Which series have past enough to tell movement from chance."""
        return (self.history >= np.where(self.seasonal, FEWEST, SETTLED_FROM)) & ~np.isnan(self.baseline())

    def _tail(self, distance: Floats, error: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(distance == 0, 0.0, distance / error)
        return np.where(np.isnan(score), np.nan, stdtr(self.freedom[:, None], -score))


@dataclass(frozen=True, slots=True)
class Past:
    """What a stretch of past periods shows, one value a series; `scores` are its standard scores, series × periods."""

    level: Floats
    mass: Floats
    history: Floats
    scores: Floats


def expect(side: Side, column: int, season: int) -> Expectation:
    """The yardstick for one period of every series of a side, from the periods before it."""
    weights, proportion = _weights(side)
    start, end = max(0, column - GUARD + 1 - (2 * season + 12)), max(0, column - GUARD + 1)
    past = _past(side.values[:, start:end], weights[:, start:end], proportion)
    tested = np.arange(column - GUARD + 1, column + 1)
    year_ago = last_year(side.values, tested, season)
    seasonal = ~np.isnan(year_ago[:, -1]) & ~season_hidden(past.scores, season)
    sigma, freedom = _sigma(past, proportion, yearly_sigma(past.scores, season), seasonal)
    return Expectation(
        tested=_take(side.values, tested),
        weights=_take(weights, tested),
        level=past.level,
        expected=np.where(seasonal[:, None], year_ago, past.level[:, None]),
        expected_weights=np.where(seasonal[:, None], last_year(weights, tested, season), past.mass[:, None]),
        seasonal=seasonal,
        sigma=sigma,
        freedom=freedom,
        history=past.history,
        proportion=proportion,
    )


def _weights(side: Side) -> tuple[Floats, Bools]:
    """Denominators where a series is a proportion with all of its own, else ones where there is a figure."""
    known = ~np.isnan(side.values)
    sized = ~known | (side.denominators > 0)
    proportion = (side.unit == Unit.FRACTION) & sized.all(axis=1)
    return np.where(known, np.where(proportion[:, None], side.denominators, 1.0), np.nan), proportion


def _take(values: Floats, columns: Ints) -> Floats:
    """Columns of an array; those before its first are missing."""
    return np.where(columns >= 0, values[:, np.clip(columns, 0, None)], np.nan)


def _past(values: Floats, weights: Floats, proportion: Bools) -> Past:
    known = ~np.isnan(values)
    mass = np.where(known, weights, 0.0)
    total = mass.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = (mass * np.where(known, values, 0.0)).sum(axis=1) / total
        unit = np.where(proportion, np.sqrt(np.clip(level * (1 - level), 0, None)), 1.0)
        scores = (values - level[:, None]) * np.sqrt(weights) / unit[:, None]
    return Past(level, total, known.sum(axis=1).astype(float), scores)


def _sigma(past: Past, proportion: Bools, yearly: Floats, seasonal: Bools) -> tuple[Floats, Floats]:
    """σ and its degrees of freedom; a proportion's starts from the presumed one and never falls below binomial chance."""
    long = np.where(seasonal & ~np.isnan(yearly), yearly, _long_sigma(past))
    observed = np.fmax(_short_sigma(past.scores), long)
    freedom = np.maximum(past.history - 1, 0)
    total = freedom + PRESUMED_WEIGHT
    shrunk = np.sqrt((freedom * np.nan_to_num(observed) ** 2 + PRESUMED_WEIGHT * PRESUMED**2) / total)
    return np.where(proportion, np.maximum(shrunk, 1.0), observed), np.where(proportion, total, np.maximum(freedom, 1))


def _short_sigma(scores: Floats) -> Floats:
    """σ from mean moving ranges of neighbours, those beyond the screening limit left out once."""
    ranges = np.abs(np.diff(scores, axis=1))
    mean = _mean(ranges, ~np.isnan(ranges))
    return _mean(ranges, ranges <= SCREEN_FACTOR * mean[:, None]) / RANGE_TO_SIGMA


def _long_sigma(past: Past) -> Floats:
    """σ from deviations about the mean, those beyond two σ counted as two σ."""
    freedom = np.maximum(past.history - 1, 1)
    squares = np.nan_to_num(past.scores) ** 2
    most = WINSOR**2 * squares.sum(axis=1) / freedom
    return np.sqrt(np.minimum(squares, most[:, None]).sum(axis=1) / freedom)


def _mean(values: Floats, chosen: Bools) -> Floats:
    """Row means over the chosen cells, NaN where a row has none."""
    count = chosen.sum(axis=1)
    return np.where(count > 0, np.where(chosen, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
