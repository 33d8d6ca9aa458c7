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
from typing import Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Side, Unit, reach
from metrics.detection.statistics import rare, rows
from metrics.detection.statistics.limits import RANGE_TO_SIGMA, SCREEN_FACTOR, SETTLED_FROM
from metrics.detection.statistics.rare import Cases
from metrics.detection.statistics.seasons import season_hidden, winsorised_sigma, yearly_sigma
from metrics.detection.statistics.special import special

GUARD = 3
"""Periods tested together: the one judged and the two before it."""
FEWEST = 8
"""Figures needed before a past counts as one."""
FEWEST_AT_A_BOUND = 4
"""The same where figures are held against a bound that is stated: how far they vary is all there is to learn."""
PRESUMED = 0.05
"""How far a proportion p is presumed to move from period to period beyond binomial chance, in √(p(1 − p)): some two
points at 30 %. A proportion of very many cases moves no less for being exact. Of 664 monthly series of hotels and
hospitals half moved less, nine of ten by less than twice as much."""
PRESUMED_FREEDOM = 4.0
"""How many degrees of freedom that presumption is worth: with as many, Student's t leaves as much beyond its double."""
COUNTED_FREEDOM = 1e9
"""Degrees of freedom where σ is known: that of counting."""
RANGE_EFFICIENCY = 0.62
"""Degrees of freedom a figure adds to a mean moving range (D. J. Wheeler, *Advanced Topics in SPC*, 1995)."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The yardstick for one judged period of many series; arrays of one value a series, or series × tested periods.

    `expected` is what each tested figure is compared with, the same period last year where `seasonal`, else the mean
    of the past (pooled for proportions), and `expected_weights` the size behind it. `sigma` is in multiples of
    binomial chance for proportions, else in the measure's unit; `short` is what neighbours alone have shown of it.
    `freedom` are degrees of freedom, `weights` the denominators of the tested figures (1 where size plays no part),
    `history` how many figures the past holds.

    Chances are asked for within a `zone`: where that of the judged period lies beyond it, nobody is blamed for its
    neighbours (see `control.persistent_p`), and theirs, which cost what is asked here the most, are told as 1.
    """

    tested: Floats
    weights: Floats
    expected: Floats
    expected_weights: Floats
    seasonal: Bools
    sigma: Floats
    short: Floats
    freedom: Floats
    history: Floats
    cases: Cases

    @property
    def proportion(self) -> Bools:
        """Which series are shares with all their denominators."""
        return self.cases.parts

    @property
    def near_sigma(self) -> Floats:
        """The short estimate of σ, which a fixed bound is tested with: season and drift are no chance when the question
        is where a figure stands."""
        return _presume(self.short, self.history, self.weights[:, -1], self.proportion)[0]

    def beyond(self, bound: Floats, sign: Floats, *, zone: float = 1.0) -> Floats:
        """One-sided p of the tested figures lying `sign`-wards of a fixed bound, series × tested periods."""
        return self._beyond(bound, sign, self.near_sigma, self.freedom, zone)

    def counted_beyond(self, bound: Floats, sign: Floats, *, zone: float = 1.0) -> Floats:
        """The same by counting alone where there are cases to count (the score test, Wilson's interval turned round).

        How far a process moves by itself says whether it was to be expected, not on which side of a bound it was.
        """
        sigma = np.where(self.proportion, 1.0, self.near_sigma)
        return self._beyond(bound, sign, sigma, np.where(self.proportion, COUNTED_FREEDOM, self.freedom), zone)

    def _beyond(self, bound: Floats, sign: Floats, sigma: Floats, freedom: Floats, zone: float) -> Floats:
        null = bound[:, None]
        error = self._chance(null, sigma) / np.sqrt(self.weights)
        p = _tail(sign[:, None] * (self.tested - null), error, freedom, zone)
        return rare.beyond_bound(p, self.tested, self.weights, null, sign, self.cases)

    def moved(self, sign: Floats, *, last: int = GUARD, zone: float = 1.0) -> Floats:
        """One-sided p of the `last` tested figures having moved `sign`-wards from what was to be expected."""
        tested, weights = self.tested[:, -last:], self.weights[:, -last:]
        expected, behind = self.expected[:, -last:], self.expected_weights[:, -last:]
        null = (tested * weights + expected * behind) / (weights + behind)
        error = self._chance(null, self.sigma) * np.sqrt(1 / weights + 1 / np.where(behind > 0, behind, np.nan))
        p = _tail(sign[:, None] * (tested - expected), error, self.freedom, zone)
        return rare.apart(p, tested, weights, expected, behind, sign, self.cases)

    def worsened(self, direction: Floats, *, last: int = GUARD, zone: float = 1.0) -> Floats:
        """One-sided p of having moved against the direction of good; NaN for series without past enough to tell."""
        return np.where(self.known()[:, None], self.moved(-direction, last=last, zone=zone), np.nan)

    def baseline(self) -> Floats:
        """What was to be expected of the judged period."""
        return self.expected[:, -1]

    def reach(self) -> Floats:
        """Three σ of the judged figure about its baseline: half the width of its natural process limits."""
        return 3 * self._chance(self.baseline()[:, None], self.sigma)[:, -1] / np.sqrt(self.weights[:, -1])

    def known(self) -> Bools:
        """Which series have past enough to tell movement from chance."""
        return (self.history >= np.where(self.seasonal, FEWEST, SETTLED_FROM)) & ~np.isnan(self.baseline())

    def bounded(self) -> Bools:
        """Which series have past enough to tell a stated bound from chance: Student's t pays for a short one."""
        return self.proportion | (self.history >= FEWEST_AT_A_BOUND)

    def _chance(self, null: Floats, sigma: Floats) -> Floats:
        """σ of figures of weight 1, if the truth were `null` (series × any number)."""
        binomial = np.sqrt(np.maximum(null * (1 - null), 0))
        return sigma[:, None] * np.where(self.proportion[:, None], binomial, 1.0)


def _tail(distance: Floats, error: Floats, freedom: Floats, zone: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(distance == 0, 0.0, distance / error)
    return tails(score, freedom, zone)


def tails(score: Floats, freedom: Floats, zone: float) -> Floats:
    """One-sided p of scores, series × tested periods, by Student's t; NaN stays NaN. For `zone` see `Expectation`."""
    known = ~np.isnan(score)
    tail = np.where(known, 1.0, np.nan)
    judged = known[:, -1]
    tail[judged, -1] = special.stdtr(freedom[judged], -score[judged, -1])
    before = np.nonzero(known[:, :-1] & ~(tail[:, -1:] > zone))
    tail[before] = special.stdtr(freedom[before[0]], -score[before])
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
    lately = _Lately.of(side, column, season)
    past, proportion, tested = lately.past(), lately.proportion, slice(-GUARD, None)
    year_ago = lately.year_ago(lately.values, season)
    seasonal = ~np.isnan(year_ago[:, -1]) & ~season_hidden(past.scores, season)
    short = _short_sigma(past.scores)
    observed = np.fmax(short, _long_sigma(past, seasonal, season))
    weights = lately.weights[:, tested]
    sigma, freedom = _presume(observed, past.history, weights[:, -1], proportion)
    return Expectation(
        tested=lately.values[:, tested],
        weights=weights,
        expected=np.where(seasonal[:, None], year_ago, past.level[:, None]),
        expected_weights=np.where(seasonal[:, None], lately.year_ago(lately.weights, season), past.mass[:, None]),
        seasonal=seasonal,
        sigma=sigma,
        short=short,
        freedom=freedom,
        history=past.history,
        cases=Cases.of(side, proportion, past.level, past.scores),
    )


def near_sigma(side: Side, column: int, season: int) -> Floats:
    """Of `expect`, its `near_sigma` alone, of series that are no proportions."""
    return _short_sigma(_Lately.of(side, column, season).past().scores)


@dataclass(frozen=True, slots=True)
class _Lately:
    """What judging a period leans on of some series: the past and, its last GUARD columns, the tested periods.

    `weights` are denominators where a series is a `proportion` with all of its own in these periods, else ones.
    """

    values: Floats
    known: Bools
    weights: Floats
    proportion: Bools

    @classmethod
    def of(cls, side: Side, column: int, season: int) -> Self:
        """Two seasons and a year before the tested periods; those before the first period are missing."""
        start, lacking = max(0, column - reach(season)), max(0, GUARD - column - 1)
        values, sizes = (
            rows.preceded(each[:, start : column + 1], lacking) for each in (side.values, side.denominators)
        )
        known = ~np.isnan(values)
        proportion = side.unit == Unit.FRACTION
        proportion &= (~known | (sizes > 0)).all(axis=1)
        weights = rows.kept(np.where(proportion[:, None], sizes, 1.0), known)
        return cls(values, known, weights, proportion)

    def year_ago(self, values: Floats, season: int) -> Floats:
        """What stood a season before the tested periods."""
        end = values.shape[1] - season
        return rows.preceded(values[:, max(0, end - GUARD) : max(0, end)], max(0, GUARD - max(0, end)))

    def past(self) -> Past:
        """What the periods before the tested ones show."""
        values, weights = self.values[:, :-GUARD], self.weights[:, :-GUARD]
        known = self.known[:, :-GUARD]
        mass = rows.filled(weights, known)
        total = rows.total(mass)
        with np.errstate(divide="ignore", invalid="ignore"):
            level = rows.level(values, mass, total)
            unit = np.where(self.proportion, np.sqrt(np.maximum(level * (1 - level), 0)), 1.0)
            scores = (values - level[:, None]) * np.sqrt(weights) / unit[:, None]
        return Past(level, total, rows.count(known), scores)


def _long_sigma(past: Past, seasonal: Bools, season: int) -> Floats:
    if not seasonal.any():
        return winsorised_sigma(past.scores, past.history - 1)
    return np.where(seasonal, yearly_sigma(past.scores, season), winsorised_sigma(past.scores, past.history - 1))


def _presume(observed: Floats, history: Floats, size: Floats, proportion: Bools) -> tuple[Floats, Floats]:
    """σ and its degrees of freedom, where a proportion's σ is what was seen and what is presumed, weighed by theirs.

    It is no less than binomial chance, and no less than what a past of FEWEST figures has shown; where such a past
    moved more than presumed, it has but its own degrees of freedom.
    """
    seen = RANGE_EFFICIENCY * np.maximum(history - 1, 0)
    own = np.maximum(seen, 1.0)
    if not proportion.any():
        return observed, own
    weighed, settled = _weighed(observed, seen, size), history >= FEWEST
    known = np.where(settled, np.fmax(observed, 1.0), 1.0)
    trusting = ~(settled & (observed > weighed))
    sigma = np.where(proportion, np.maximum(weighed, known), observed)
    return sigma, np.where(proportion & trusting, PRESUMED_FREEDOM + seen, own)


def _weighed(observed: Floats, freedom: Floats, size: Floats) -> Floats:
    told = ~np.isnan(observed)
    seen, squares = np.where(told, freedom, 0.0), np.where(told, observed, 0.0) ** 2
    presumed = PRESUMED_FREEDOM * (1 + PRESUMED**2 * size)
    return np.sqrt((presumed + seen * squares) / (PRESUMED_FREEDOM + seen))


def _short_sigma(scores: Floats) -> Floats:
    """σ from mean moving ranges of neighbours, those beyond the screening limit left out once."""
    ranges = np.abs(np.diff(scores, axis=1))
    mean = rows.mean(ranges, ~np.isnan(ranges))
    return rows.mean(ranges, ranges <= SCREEN_FACTOR * mean[:, None]) / RANGE_TO_SIGMA
