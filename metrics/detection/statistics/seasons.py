"""Does a season show, and what stood a year ago.

A season shows where a past of at least two full turns resembles itself one turn apart. With less than two, nobody can
tell, and it is presumed: a comparison with the same period last year is fair whether there is a season or not, and
one with the recent level only where there is none.
"""

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints
from metrics.detection.statistics import rows

SHOWS_FROM = 0.3
"""Autocorrelation one turn apart from which a season shows; of two turns by chance, about one in ten does."""
WINSOR = 2.0
TOLD_FROM = 8
"""Differences from a year to the next needed before they tell how far they usually go."""


def last_year(values: Floats, columns: Ints, season: int) -> Floats:
    """Figures one season before the given columns, series × columns; missing where the axis does not reach back."""
    before = columns - season
    return np.where(before >= 0, values[:, np.clip(before, 0, values.shape[1] - 1)], np.nan)


def season_hidden(scores: Floats, season: int) -> Bools:
    """Which series are known to show no season; `scores` are standard scores about the level, series × past periods."""
    products = scores[:, season:] * scores[:, :-season]
    known = ~np.isnan(products)
    alike = rows.mean(products, known) > SHOWS_FROM * rows.mean(scores * scores, ~np.isnan(scores))
    return (rows.count(known) >= season) & ~alike


def yearly_sigma(scores: Floats, season: int) -> Floats:
    """σ of one figure as the differences from a year to the next show it; NaN with fewer than TOLD_FROM of them.

    Differences beyond two σ count as two σ, as in `winsorised_sigma`.
    """
    apart = (scores[:, season:] - scores[:, :-season]) / np.sqrt(2)
    known = rows.count(~np.isnan(apart))
    return np.where(known >= TOLD_FROM, winsorised_sigma(apart, known), np.nan)


def winsorised_sigma(deviations: Floats, freedom: Floats) -> Floats:
    """Root mean square of each row's deviations, those beyond two σ counted as two σ; missing ones left out."""
    squares, freedom = rows.filled(deviations, ~np.isnan(deviations)) ** 2, np.maximum(freedom, 1)
    most = WINSOR**2 * rows.total(squares) / freedom
    return np.sqrt(rows.total(np.minimum(squares, most[:, None])) / freedom)
