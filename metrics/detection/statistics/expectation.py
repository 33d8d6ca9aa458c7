"""What a series' own past leads to expect of a period, and how far from it chance alone carries a figure.

For many series at once. The past ends before the three periods under test, so that what is tested does not soften its
own yardstick, and reaches back two seasons and a year, so that a series of ten years costs what one of three does and
an old world does not judge a new one. Nothing after the period is looked at: a verdict does not change when time
passes.

σ is the larger of two estimates: the short one from moving ranges (Wheeler; Laney's σ_z for proportions), which a
shift in level does not inflate, and the long one, which knows drift: for a figure compared with the same period last
year from what such differences have been, otherwise from winsorised deviations about the mean (D. J. Spiegelhalter,
"Funnel plots for comparing institutional performance", Statistics in Medicine 24, 2005). Where too few years have
been seen for the former, the short one stands alone, as in the textbook.
"""

from dataclasses import dataclass

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints, Side, Unit
from metrics.detection.statistics import rows
from metrics.detection.statistics.limits import RANGE_TO_SIGMA, SCREEN_FACTOR, SETTLED_FROM
from metrics.detection.statistics.seasons import last_year, season_hidden, winsorised_sigma, yearly_sigma
from metrics.detection.statistics.special import special

GUARD = 3
"""Periods tested together: the one judged and the two before it."""
FEWEST = 8
"""Figures needed before a past counts as one."""
PRESUMED = 0.05
"""How far a proportion p is presumed to move from period to period beyond binomial chance, in √(p(1 − p)): some two
points at 30 %. A proportion of very many cases moves no less for being exact. Of 664 monthly series of hotels and
hospitals half moved less, nine of ten by less than twice as much."""
PRESUMED_FREEDOM = 4.0
"""How many degrees of freedom that presumption is worth: with as many, Student's t leaves as much beyond its double."""
RANGE_EFFICIENCY = 0.62
"""Degrees of freedom a figure adds to a mean moving range (D. J. Wheeler, *Advanced Topics in SPC*, 1995)."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The yardstick for one judged period of many series; arrays of one value a series, or series × tested periods.

    `expected` is what each tested figure is compared with, the same period last year where `seasonal`, else the mean
    of the past (pooled for proportions), and `expected_weights` the size behind it. `sigma` is in multiples of
    binomial chance for proportions, else in the measure's unit; `near_sigma` is its short estimate, which a fixed
    bound is tested with: season and drift are no chance when the question is where a figure stands. `freedom` are
    degrees of freedom, `weights` the denominators of the tested figures (1 where size plays no part), `history` how
    many figures the past holds.
    """

    tested: Floats
    weights: Floats
    expected: Floats
    expected_weights: Floats
    seasonal: Bools
    sigma: Floats
    near_sigma: Floats
    freedom: Floats
    history: Floats
    proportion: Bools

    def beyond(self, bound: Floats, sign: Floats) -> Floats:
        """One-sided p of the tested figures lying `sign`-wards of a fixed bound, series × tested periods."""
        null = bound[:, None]
        error = self._chance(null, self.near_sigma) / np.sqrt(self.weights)
        return self._tail(sign[:, None] * (self.tested - null), error)

    def moved(self, sign: Floats, *, last: int = GUARD) -> Floats:
        """One-sided p of the `last` tested figures having moved `sign`-wards from what was to be expected."""
        tested, weights = self.tested[:, -last:], self.weights[:, -last:]
        expected, behind = self.expected[:, -last:], self.expected_weights[:, -last:]
        null = (tested * weights + expected * behind) / (weights + behind)
        error = self._chance(null, self.sigma) * np.sqrt(1 / weights + 1 / np.where(behind > 0, behind, np.nan))
        return self._tail(sign[:, None] * (tested - expected), error)

    def worsened(self, direction: Floats, *, last: int = GUARD) -> Floats:
        """One-sided p of having moved against the direction of good; NaN for series without past enough to tell."""
        return np.where(self.known()[:, None], self.moved(-direction, last=last), np.nan)

    def baseline(self) -> Floats:
        """What was to be expected of the judged period."""
        return self.expected[:, -1]

    def reach(self) -> Floats:
        """Three σ of the judged figure about its baseline: half the width of its natural process limits."""
        return 3 * self._chance(self.baseline()[:, None], self.sigma)[:, -1] / np.sqrt(self.weights[:, -1])

    def known(self) -> Bools:
        """Which series have past enough to tell movement from chance."""
        return (self.history >= np.where(self.seasonal, FEWEST, SETTLED_FROM)) & ~np.isnan(self.baseline())

    def _chance(self, null: Floats, sigma: Floats) -> Floats:
        """σ of figures of weight 1, if the truth were `null` (series × any number)."""
        binomial = np.sqrt(np.clip(null * (1 - null), 0, None))
        return sigma[:, None] * np.where(self.proportion[:, None], binomial, 1.0)

    def _tail(self, distance: Floats, error: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(distance == 0, 0.0, distance / error)
        tail, told = np.full(score.shape, np.nan), np.nonzero(~np.isnan(score))
        tail[told] = special.stdtr(self.freedom[told[0]], -score[told])  # what costs most here: not asked in vain
        return tail


@dataclass(frozen=True, slots=True)
class Past:
    """What a stretch of past periods shows, one value a series.

    Its mean (pooled for proportions), the size behind that, how many figures it holds, and their standard scores
    (series × periods).
    """

    level: Floats
    mass: Floats
    history: Floats
    scores: Floats


def expect(side: Side, column: int, season: int) -> Expectation:
    """The yardstick for one period of every series of a side, from the periods before it."""
    start, end = max(0, column - GUARD + 1 - (2 * season + 12)), max(0, column - GUARD + 1)
    weights, proportion = _weights(side, start, column + 1)
    past = _past(side.values[:, start:end], weights[:, start:end], proportion)
    tested = np.arange(column - GUARD + 1, column + 1)
    tested_weights = _take(weights, tested)
    year_ago = last_year(side.values, tested, season)
    seasonal = ~np.isnan(year_ago[:, -1]) & ~season_hidden(past.scores, season)
    short = _short_sigma(past.scores)
    long = np.where(seasonal, yearly_sigma(past.scores, season), winsorised_sigma(past.scores, past.history - 1))
    return Expectation(
        tested=_take(side.values, tested),
        weights=tested_weights,
        expected=np.where(seasonal[:, None], year_ago, past.level[:, None]),
        expected_weights=np.where(seasonal[:, None], last_year(weights, tested, season), past.mass[:, None]),
        seasonal=seasonal,
        sigma=_presume(np.fmax(short, long), past, tested_weights[:, -1], proportion),
        near_sigma=_presume(short, past, tested_weights[:, -1], proportion),
        freedom=_freedom(np.fmax(short, long), past, tested_weights[:, -1], proportion),
        history=past.history,
        proportion=proportion,
    )


def _weights(side: Side, start: int, end: int) -> tuple[Floats, Bools]:
    """Denominators where a series is a proportion with all of its own in a stretch, else ones."""
    known = ~np.isnan(side.values)
    sized = (~known | (side.denominators > 0))[:, start:end]
    proportion = (side.unit == Unit.FRACTION) & sized.all(axis=1)
    return np.where(known, np.where(proportion[:, None], side.denominators, 1.0), np.nan), proportion


def _take(values: Floats, columns: Ints) -> Floats:
    """Columns of an array; those before its first are missing."""
    return np.where(columns >= 0, values[:, np.clip(columns, 0, None)], np.nan)


def _past(values: Floats, weights: Floats, proportion: Bools) -> Past:
    known = ~np.isnan(values)
    mass = rows.filled(weights, known)
    total = rows.total(mass)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = rows.total(mass * rows.filled(values, known)) / total
        unit = np.where(proportion, np.sqrt(np.clip(level * (1 - level), 0, None)), 1.0)
        scores = (values - level[:, None]) * np.sqrt(weights) / unit[:, None]
    return Past(level, total, rows.count(known), scores)


def _seen(past: Past) -> Floats:
    """Degrees of freedom that a past's own σ has."""
    return RANGE_EFFICIENCY * np.maximum(past.history - 1, 0)


def _freedom(observed: Floats, past: Past, size: Floats, proportion: Bools) -> Floats:
    """Degrees of freedom; a past of FEWEST figures that moved more than presumed has but its own."""
    seen, trusting = _seen(past), ~((past.history >= FEWEST) & (observed > _weighed(observed, past, size)))
    return np.where(proportion & trusting, PRESUMED_FREEDOM + seen, np.maximum(seen, 1.0))


def _presume(observed: Floats, past: Past, size: Floats, proportion: Bools) -> Floats:
    """σ, where a proportion's is what was seen and what is presumed, weighed by their degrees of freedom.

    It is no less than binomial chance, and no less than what a past of FEWEST figures has shown.
    """
    known = np.where(past.history < FEWEST, 1.0, np.fmax(observed, 1.0))
    return np.where(proportion, np.maximum(_weighed(observed, past, size), known), observed)


def _weighed(observed: Floats, past: Past, size: Floats) -> Floats:
    told = ~np.isnan(observed)
    seen, squares = np.where(told, _seen(past), 0.0), np.where(told, observed, 0.0) ** 2
    presumed = PRESUMED_FREEDOM * (1 + PRESUMED**2 * size)
    return np.sqrt((presumed + seen * squares) / (PRESUMED_FREEDOM + seen))


def _short_sigma(scores: Floats) -> Floats:
    """σ from mean moving ranges of neighbours, those beyond the screening limit left out once."""
    ranges = np.abs(np.diff(scores, axis=1))
    mean = rows.mean(ranges, ~np.isnan(ranges))
    return rows.mean(ranges, ranges <= SCREEN_FACTOR * mean[:, None]) / RANGE_TO_SIGMA
