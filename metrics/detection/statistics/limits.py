"""Natural process limits for one series: XmR for means and counts, Laney's p′ for proportions and u′ for rates.

Sources: D. J. Wheeler, *Understanding Variation* (1993): limits at the mean ± 2.66 mean moving
ranges, since 2.66 = 3 / 1.128 and a moving range of two averages 1.128 σ; a range above 3.268 mean ranges is no
common cause. NHS England, *Making Data Count*: ranges above that are screened out once before the limits are set; a
baseline of fewer than twelve points is provisional. D. B. Laney, "Improved control charts for attributes", Quality
Engineering 14 (2002).
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from metrics.detection.batch import Bools, Floats

RANGE_TO_SIGMA = 1.128
"""d2 for two observations: the mean moving range of independent normal figures, in σ."""
XMR_FACTOR = 2.66
SCREEN_FACTOR = 3.268
"""D4 for two observations: the upper limit of a moving range, in mean moving ranges."""
SETTLED_FROM = 12


class Kind(Enum):
    """What the figures of a series are to their denominators."""

    MEAN = auto()
    """Nothing: denominators do not bound how far a figure strays."""
    PROPORTION = auto()
    """A part of them."""
    RATE = auto()
    """What was counted, by each of them."""
    COUNT = auto()
    """What was counted over all of them, if there are any."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Centre line and limits; `lower` and `upper` have one value a period, missing where the figure's size is.

    `provisional` says that fewer than twelve figures stand behind them, `screened` which figures ended a moving range
    too large to be common cause, so that it was left out. All are NaN when there are fewer than two figures in a row.
    """

    centre: float
    lower: Floats
    upper: Floats
    provisional: bool
    screened: Bools


def mean_range(values: Floats) -> tuple[float, Bools]:
    """Mean moving range of a series after screening once, and which figures ended a screened range.

    Only neighbouring periods make a range: across a gap there is none, for a missing figure is not the one before it.
    """
    ranges = np.abs(np.diff(values))
    known = ~np.isnan(ranges)
    if not known.any():
        return np.nan, np.zeros(len(values), bool)
    large = known & (ranges > SCREEN_FACTOR * ranges[known].mean())
    return float(ranges[known & ~large].mean()), np.r_[False, large]


def xmr(values: Floats) -> Limits:
    """XmR limits of a series of means or counts, pairs of neighbours making its ranges."""
    values = np.asarray(values, float)
    known = ~np.isnan(values)
    centre = float(values[known].mean()) if known.any() else np.nan
    spread, screened = mean_range(values)
    reach = np.full(len(values), XMR_FACTOR * spread)
    return Limits(centre, centre - reach, centre + reach, bool(known.sum() < SETTLED_FROM), screened)


def p_prime(numerators: Floats, denominators: Floats) -> Limits:
    """Laney's p′ limits of a series of proportions: binomial limits widened by how much z-scores really move.

    Limits are cut at 0 and 1, where a proportion ends.
    """
    centre = _pooled(numerators, denominators)
    chance = np.sqrt(centre * (1 - centre) / denominators)
    limits = _laney(numerators, denominators, centre, chance)
    return Limits(centre, np.maximum(limits.lower, 0), np.minimum(limits.upper, 1), limits.provisional, limits.screened)


def u_prime(counts: Floats, exposures: Floats) -> Limits:
    """Laney's u′ limits of a series of rates (counts per exposure): Poisson limits widened as p′ widens binomial ones.

    The lower limit is cut at 0, where a count ends.
    """
    centre = _pooled(counts, exposures)
    limits = _laney(counts, exposures, centre, np.sqrt(centre / exposures))
    return Limits(centre, np.maximum(limits.lower, 0), limits.upper, limits.provisional, limits.screened)


def natural(values: Floats, denominators: Floats, kind: Kind) -> Limits:
    """The limits a series is drawn with: p′ of proportions and u′ of rates with all their denominators, else XmR.

    What is negative, or never above 0, was not counted.
    """
    values, denominators = np.asarray(values, float), np.asarray(denominators, float)
    if kind is Kind.PROPORTION and sized(values, denominators):
        return p_prime(values * denominators, denominators)
    known = values[~np.isnan(values)]
    if kind is Kind.RATE and sized(values, denominators) and (known >= 0).all() and known.any():
        return u_prime(values * denominators, denominators)
    return xmr(values)


def sized(values: Floats, denominators: Floats) -> bool:
    """Has each figure that is known its denominator?"""
    return bool((denominators[~np.isnan(values)] > 0).all())


def _pooled(numerators: Floats, denominators: Floats) -> float:
    known = ~np.isnan(numerators) & (denominators > 0)
    return float(numerators[known].sum() / denominators[known].sum()) if known.any() else np.nan


def _laney(numerators: Floats, denominators: Floats, centre: float, chance: Floats) -> Limits:
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = (numerators / denominators - centre) / chance
    spread, screened = mean_range(scores)
    reach = 3 * chance * spread / RANGE_TO_SIGMA
    known = int((~np.isnan(scores)).sum())
    return Limits(centre, centre - reach, centre + reach, known < SETTLED_FROM, screened)
