"""Intervals for proportions and their differences, and whether two rates differ; arrays in, arrays out.

Sources: E. B. Wilson, JASA 22 (1927), the score interval; R. G. Newcombe, "Interval estimation for the difference
between independent proportions", Statistics in Medicine 17 (1998) 873, method 10; two Poisson rates exactly, given
their sum (C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), on a binomial). `dispersion` φ is how many times
binomial variance figures really have: n cases then tell as much as n/φ would.
"""

import numpy as np

from metrics.detection.batch import Floats
from metrics.detection.statistics.special import special

LEVEL = 0.95

Interval = tuple[Floats, Floats]


def wilson(successes: Floats, sizes: Floats, *, level: float = LEVEL, dispersion: Floats | float = 1.0) -> Interval:
    """Score interval of proportions; NaN where nothing was counted."""
    told, size = _shares(successes, sizes), np.asarray(sizes, float) / dispersion
    z = float(special.ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (told + z**2 / (2 * size)) / (1 + z**2 / size)
        reach = z / (1 + z**2 / size) * np.sqrt(told * (1 - told) / size + z**2 / (4 * size**2))
    return np.maximum(centre - reach, 0), np.minimum(centre + reach, 1)


def newcombe(
    successes: Floats,
    sizes: Floats,
    other_successes: Floats,
    other_sizes: Floats,
    *,
    level: float = LEVEL,
    dispersion: Floats | float = 1.0,
) -> Interval:
    """Interval of the first proportion less the other, from the score intervals of both."""
    first, other = _shares(successes, sizes), _shares(other_successes, other_sizes)
    low, high = wilson(successes, sizes, level=level, dispersion=dispersion)
    other_low, other_high = wilson(other_successes, other_sizes, level=level, dispersion=dispersion)
    apart = first - other
    lower = apart - np.sqrt((first - low) ** 2 + (other_high - other) ** 2)
    return lower, apart + np.sqrt((high - first) ** 2 + (other - other_low) ** 2)


def rates_differ(
    counts: Floats, exposures: Floats, other_counts: Floats, other_exposures: Floats, *, sign: float = 1.0
) -> Floats:
    """One-sided exact p of the first rate being higher than the other (`sign` +1), or lower (−1), by chance alone."""
    ours, theirs = np.asarray(counts, float), np.asarray(other_counts, float)
    share = np.asarray(exposures, float) / (np.asarray(exposures, float) + other_exposures)
    if sign < 0:
        ours, theirs, share = theirs, ours, 1 - share
    told = np.where(ours > 0, special.betainc(np.maximum(ours, 1), theirs + 1, share), 1.0)
    return np.where(np.isnan(ours + theirs + share), np.nan, told)


def _shares(successes: Floats, sizes: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(successes, float) / np.asarray(sizes, float)
