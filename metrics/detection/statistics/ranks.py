"""Rank correlation of two courses through time, for many pairs at once, with an interval that allows for neighbours.

ρ is Spearman's, from mid-ranks of the periods in which both are known (C. Spearman, Am. J. Psychol. 15, 1904). Courses
that resemble their own past tell less than their length: the effective number of periods n* follows
1/n* = 1/n + 2/n Σ (1 − j/n) r(j) r′(j), over lags j up to n/5, from the autocorrelations of both (M. S. Bartlett, JRSS
98, 1935; B. J. Pyper and R. M. Peterman, "Comparison of methods to account for autocorrelation in correlation analyses
of fish data", Can. J. Fish. Aquat. Sci. 55, 1998), and is never more than n. Intervals are Fisher's z with variance
1.06 / (n* − 3) (E. C. Fieller, H. O. Hartley, E. S. Pearson, "Tests for rank correlation coefficients", Biometrika 44,
1957).
"""

from dataclasses import dataclass

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints
from metrics.detection.statistics import rows
from metrics.detection.statistics.special import special

SPEARMAN = 1.06
"""By how much Spearman's ρ varies more, on Fisher's scale, than Pearson's."""
LONG = 1000
"""Periods from which on products with the past are summed for all lags at once: ten years of days have 730."""
CLOSE_TO_ONE = 0.999
"""Where Fisher's scale is cut: it has no end at one."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """ρ of many pairs, the periods known of both, and the effective number of them; NaN where nothing can be said."""

    rho: Floats
    known: Floats
    effective: Floats

    @property
    def z(self) -> Floats:
        """ρ on Fisher's scale."""
        return np.arctanh(np.clip(self.rho, -CLOSE_TO_ONE, CLOSE_TO_ONE))

    @property
    def variance(self) -> Floats:
        """Variance of z; NaN with too few periods to have one."""
        return SPEARMAN / np.where(self.effective > 3, self.effective - 3, np.nan)

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Lower and upper limit of ρ."""
        reach = special.ndtri((1 + confidence) / 2) * np.sqrt(self.variance)
        return np.tanh(self.z - reach), np.tanh(self.z + reach)

    def above(self, sign: Floats | float = 1.0) -> Floats:
        """One-sided chance of a ρ this far to the side of `sign`, were there none."""
        return special.ndtr(-sign * self.z / np.sqrt(self.variance))

    def larger_than(self, other: "Correlation", sign: Floats | float = 1.0) -> Floats:
        """One-sided chance of lying so far to the side of `sign` of another, were they equal."""
        return special.ndtr(-sign * (self.z - other.z) / np.sqrt(self.variance + other.variance))


def correlate(first: Floats, second: Floats) -> Correlation:
    """Correlate rows of two arrays, pairs × periods."""
    known = ~np.isnan(first) & ~np.isnan(second)
    number = rows.count(known)
    ours, theirs = (_scores(each, known) for each in (first, second))
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = rows.total(ours * theirs) / number
        return Correlation(np.where(number > 2, rho, np.nan), number, _effective(ours, theirs, number))


def _scores(values: Floats, known: Bools) -> Floats:
    """Mid-ranks of each row's known figures, standardised, zero where unknown; NaN where they are all alike."""
    ranks = rows.filled(mid_ranks(values, known), known)
    apart = np.where(known, ranks - rows.mean(ranks, known)[:, None], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return apart / np.sqrt(rows.total(apart**2) / rows.count(known))[:, None]


def mid_ranks(values: Floats, known: Bools) -> Floats:
    """The rank of each known figure among those of its row, from 1; alike ones share the mean of their ranks."""
    held = np.where(known, values, np.nan)
    order = np.argsort(held, axis=1, kind="stable")
    ordered, last = np.take_along_axis(held, order, axis=1), held.shape[1] - 1
    begins = np.ones(held.shape, bool)
    begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    ends = np.ones(held.shape, bool)
    ends[:, :-1] = begins[:, 1:]
    places = np.arange(held.shape[1])
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=1)
    final = np.minimum.accumulate(np.where(ends, places, last)[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(held.shape)
    np.put_along_axis(ranks, order, (first + final) / 2 + 1, axis=1)
    return ranks


def _effective(ours: Floats, theirs: Floats, number: Floats) -> Floats:
    lags = np.arange(1, max(1, ours.shape[1] // 5) + 1)
    like_ours, like_theirs = (_with_own_past(each, lags) / number for each in (ours, theirs))
    share = np.where(lags[:, None] <= number / 5, 1 - lags[:, None] / number, 0.0)
    # Added one after the other, as `sum` does not: its order would depend on how many rows there are.
    total = np.add.accumulate(share * like_ours * like_theirs, axis=0)[-1]
    return number / np.maximum(1 + 2 * total, 1.0)


def _with_own_past(scores: Floats, lags: Ints) -> Floats:
    """Of each row, by lag, the sum of its products with what stood so many periods before."""
    if scores.shape[1] <= LONG:
        return np.stack([rows.total(scores[:, lag:] * scores[:, :-lag]) for lag in lags.tolist()])
    return np.stack([_by_transform(row)[lags] for row in scores], axis=1)


def _by_transform(row: Floats) -> Floats:
    """The same of one row at every lag at once (N. Wiener, A. Khinchin): padded, so that it does not meet its end."""
    return np.fft.irfft(np.abs(np.fft.rfft(row, 2 * len(row))) ** 2, 2 * len(row))
