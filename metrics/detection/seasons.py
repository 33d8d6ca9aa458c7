"""Does a season show, and what stood a year ago.

A season shows where a past of at least two full turns resembles itself one turn apart. With less than two, nobody can
tell, and it is presumed: a comparison with the same period last year is fair whether there is a season or not, and one with
the recent level only where there is none.
"""

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints

SHOWS_FROM = 0.3
"""Autocorrelation one turn apart from which a season shows; chance alone reaches it in about one series in ten at two turns."""
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
    count = known.sum(axis=1)
    covariance = np.where(known, products, 0.0).sum(axis=1) / np.maximum(count, 1)
    present = ~np.isnan(scores)
    variance = np.where(present, scores * scores, 0.0).sum(axis=1) / np.maximum(present.sum(axis=1), 1)
    return (count >= season) & (covariance <= SHOWS_FROM * variance)


def yearly_sigma(scores: Floats, season: int) -> Floats:
    """σ of one figure as the differences from a year to the next show it; NaN with fewer than TOLD_FROM of them."""
    squares = (scores[:, season:] - scores[:, :-season]) ** 2 / 2
    known = ~np.isnan(squares)
    count = known.sum(axis=1)
    mean = np.where(known, squares, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.where(count >= TOLD_FROM, np.sqrt(mean), np.nan)
