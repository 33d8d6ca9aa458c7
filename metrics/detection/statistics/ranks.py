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

from metrics.detection.batch import Bools, Floats
from metrics.detection.statistics import rows
from metrics.detection.statistics.special import special

SPEARMAN = 1.06
"""By how much Spearman's ρ varies more, on Fisher's scale, than Pearson's."""
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
    held, among = np.where(known, values, np.nan), known[:, None, :]
    below = ((held[:, None, :] < held[:, :, None]) & among).sum(axis=2)
    alike = ((held[:, None, :] == held[:, :, None]) & among).sum(axis=2)
    return below + (alike + 1) / 2


def _effective(ours: Floats, theirs: Floats, number: Floats) -> Floats:
    total = np.zeros(len(ours))
    for lag in range(1, max(1, ours.shape[1] // 5) + 1):
        like_ours, like_theirs = (rows.total(each[:, lag:] * each[:, :-lag]) / number for each in (ours, theirs))
        share = np.where(lag <= number / 5, 1 - lag / number, 0.0)
        total += share * like_ours * like_theirs
    return number / np.maximum(1 + 2 * total, 1.0)
