"""Steps: where in its recent past the level of a series changed most, and how rarely chance makes such a step.

For many series at once, one judged period at a time. Every place that leaves at least three and at most twelve periods
since is tried: the means before and since are compared by Student's t, and the largest counts (D. M. Hawkins, "Testing
a sequence of observations for a shift in location", JASA 72, 1977), charged for the places and for two directions
(Bonferroni). σ is pooled about both means, so that a step does not hide itself, and is at least binomial chance for a
proportion. Neighbours that resemble each other tell less: of first autocorrelation r, corrected for its bias (F. H. C.
Marriott and J. A. Pope, "Bias in the estimation of autocorrelations", Biometrika 41, 1954), n figures count as
n (1 − r) / (1 + r) (G. V. Bayley and J. M. Hammersley, JRSS Supplement 8, 1946).

A step is told from a trend by segmented regression (A. K. Wagner et al., "Segmented regression analysis of interrupted
time series studies", J. Clin. Pharm. Ther. 27, 2002): it must fit better than a line and stand beyond doubt beside one.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints
from metrics.detection.statistics import rows
from metrics.detection.statistics.special import special

SINCE, AT_MOST = 3, 12
"""Periods that a new level must have stood, and from which on it is no longer news."""
FEWEST = 12
"""Figures needed before a step."""
MOSTLY = 0.8
"""Of the figures on each side of a step, how many must lie on their own side of its middle."""
DOUBT = 0.05
"""Two-sided chance below which a slope within both levels is allowed for: leniently, since a trend is no step."""
NEVER = 1.0


@dataclass(frozen=True, slots=True)
class Steps:
    """The largest step of each series; one value each, NaN or false where there is too little to tell.

    `run` counts the periods since, `before` and `size` are the level before and the change, `sigma` the deviation of
    one figure, `worth` what share of a figure each counts for, `p` the two-sided chance with all places counted.
    `stays` says that figures before and since stand apart, to the end; `no_trend` that a line does not tell it as well.
    """

    run: Floats
    history: Floats
    before: Floats
    size: Floats
    sigma: Floats
    worth: Floats
    freedom: Floats
    p: Floats
    stays: Bools
    no_trend: Bools

    def rows(self, chosen: Ints | Bools) -> Self:
        """The steps of some of the series."""
        return type(self)(*(getattr(self, name)[chosen] for name in self.__slots__))

    def put(self, place: Ints, steps: "Steps") -> None:
        """Put the steps of some series in their places."""
        for name in self.__slots__:
            getattr(self, name)[place] = getattr(steps, name)


class _Sums(NamedTuple):
    """Sums of a stretch of each series: how many figures, the figures, their squares, and the same by time."""

    number: Floats
    total: Floats
    squares: Floats
    times: Floats
    times_squared: Floats
    by_time: Floats

    def less(self, other: Self) -> "_Sums":
        return _Sums(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def mean(self) -> Floats:
        return self.total / self.number

    @property
    def scatter(self) -> Floats:
        """Squares about the mean."""
        return np.maximum(self.squares - self.total**2 / self.number, 0)

    @property
    def spread(self) -> Floats:
        """Squares of the times about their mean."""
        return self.times_squared - self.times**2 / self.number

    @property
    def lean(self) -> Floats:
        """Products of times and figures about their means."""
        return self.by_time - self.times * self.total / self.number


def largest(values: Floats, chance: Floats, *, may_slope: bool = True) -> Steps:
    """The largest step in each row of a window that ends with the judged period.

    `chance` is the variance that a single figure has at the very least (zero where unknown), one value a row.
    """
    centred, running = _running(values)
    whole = _at(running, values.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        tried = np.arange(SINCE, max(SINCE, min(AT_MOST, values.shape[1] - FEWEST)) + 1)
        scores = _score(_Sums(*running[:, np.maximum(values.shape[1] - tried, 0)].T), whole)
        best = np.where(np.isnan(scores), -1.0, scores).argmax(axis=0)
        return _told(centred, values, running, tried[best], chance, len(tried), may_slope=may_slope)


def at(values: Floats, run: Ints, chance: Floats, *, may_slope: bool = True) -> Steps:
    """The step of each row so many periods before the end of the window; only that place is charged for."""
    centred, running = _running(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _told(centred, values, running, run, chance, 1, may_slope=may_slope)


def _running(values: Floats) -> tuple[Floats, Floats]:
    """Figures about their mean, zero where missing, and running sums: rows × (periods + 1) × the six of `_Sums`."""
    known = ~np.isnan(values)
    centred = rows.filled(values - rows.mean(values, known)[:, None], known)
    time = np.arange(values.shape[1]) * known.astype(float)
    each = np.stack([known, centred, centred**2, time, time**2, time * centred], axis=2)
    return centred, np.concatenate((np.zeros((len(values), 1, 6)), np.cumsum(each, axis=1)), axis=1)


def _at(running: Floats, end: int | Ints) -> _Sums:
    chosen = running[:, end] if isinstance(end, int) else running[np.arange(len(running)), end]
    return _Sums(*chosen.T)


def _score(before: _Sums, whole: _Sums) -> Floats:
    """Student's t of a step at one place, or at each of some (places × rows), whichever way."""
    since = whole.less(before)
    enough = (before.number >= FEWEST) & (since.number >= SINCE)
    pooled = (before.scatter + since.scatter) / (whole.number - 2)
    score = np.abs(since.mean - before.mean) / np.sqrt(pooled * (1 / before.number + 1 / since.number))
    return np.where(enough, score, np.nan)


def _told(
    centred: Floats, values: Floats, running: Floats, run: Ints, chance: Floats, places: int, *, may_slope: bool
) -> Steps:
    periods = values.shape[1]
    before, whole = _at(running, np.maximum(periods - run, 0)), _at(running, periods)
    fit = _fitted(before, whole.less(before), whole, may_slope=may_slope)
    is_since = np.arange(periods) >= (periods - run)[:, None]
    course = fit.level[:, None] + fit.slope[:, None] * (np.arange(periods) - fit.when[:, None])
    apart = np.where(np.isnan(values), np.nan, centred - course - np.where(is_since, fit.size[:, None], 0.0))
    worth = _worth(apart)
    sigma = np.sqrt(np.maximum(fit.variance, chance))
    freedom = np.maximum(fit.freedom * 2 * worth / (1 + worth**2), 1.0)
    score = np.abs(fit.size) / (sigma * np.sqrt(fit.leverage / worth))
    return Steps(
        run=run.astype(float),
        history=before.number,
        before=rows.mean(values, ~np.isnan(values) & is_since) - fit.size,
        size=fit.size,
        sigma=sigma,
        worth=worth,
        freedom=freedom,
        p=np.minimum(NEVER, 2 * places * tail(score, freedom)),
        stays=_stays(np.sign(fit.size)[:, None] * (centred - course) > np.abs(fit.size)[:, None] / 2, values, is_since),
        no_trend=(fit.scatter < fit.line),
    )


class _Fit(NamedTuple):
    """A step, beside a slope where there is one.

    The level of the figures before, `when` they stood there on average, the slope, the size of the step, its leverage
    (its variance in those of one figure), the variance of one figure and its degrees of freedom; the scatter that a
    step leaves, and that a line does.
    """

    level: Floats
    when: Floats
    slope: Floats
    size: Floats
    leverage: Floats
    variance: Floats
    freedom: Floats
    scatter: Floats
    line: Floats


def _fitted(before: _Sums, since: _Sums, whole: _Sums, *, may_slope: bool) -> _Fit:
    """Fit a step, and where a slope shows within the two levels, a step beside it."""
    enough = (before.number >= FEWEST) & (since.number >= SINCE)
    scatter = before.scatter + since.scatter
    spread = before.spread + since.spread
    slope = (before.lean + since.lean) / spread
    left = np.maximum(scatter - slope**2 * spread, 0)
    sloping = tail(np.abs(slope) / np.sqrt(left / (whole.number - 3) / spread), whole.number - 3) <= DOUBT / 2
    sloping &= may_slope
    slope = np.where(sloping, slope, 0.0)
    later = since.times / since.number - before.times / before.number
    plain = 1 / before.number + 1 / since.number
    freedom = whole.number - 2 - sloping
    return _Fit(
        level=before.mean,
        when=before.times / before.number,
        slope=slope,
        size=np.where(enough, since.mean - before.mean - slope * later, np.nan),
        leverage=plain + np.where(sloping, later**2 / spread, 0.0),
        variance=np.where(sloping, left, scatter) / freedom,
        freedom=freedom,
        scatter=np.where(sloping, left, scatter),
        line=whole.scatter - whole.lean**2 / whole.spread,
    )


def tail(score: Floats, freedom: Floats) -> Floats:
    """One-sided chance of Student's t beyond a score; a step where nothing ever moved is beyond all chance."""
    return special.stdtr(freedom, -np.where(score == np.inf, 1e12, score))


def _worth(apart: Floats) -> Floats:
    """What share of an independent figure each of these is worth: (1 − r) / (1 + r), never more than one."""
    known = ~np.isnan(apart)
    number, apart = rows.count(known), rows.filled(apart, known)
    scatter, products = rows.total(apart**2), rows.total(apart[:, 1:] * apart[:, :-1])
    alike = products / np.where(scatter > 0, scatter, np.inf)
    r = np.clip(np.where(alike * np.sqrt(number) > 1, alike + (1 + 3 * alike) / np.maximum(number, 1), 0), 0, 0.9)
    return (1 - r) / (1 + r)


def _stays(over: Bools, values: Floats, is_since: Bools) -> Bools:
    """Whether few figures before lie over the middle of the step, and most since, the last one among them."""
    known = ~np.isnan(values)
    moved = rows.count(over & is_since) >= MOSTLY * rows.count(known & is_since)
    stood = rows.count(over & known & ~is_since) <= (1 - MOSTLY) * rows.count(known & ~is_since)
    return moved & stood & over[:, -1]
