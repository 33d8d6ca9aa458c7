"""Which figures may follow a step at all: a quick look, so that few windows are looked at closely.

A level that jumped by three σ, at most twelve periods ago, shows in the last three figures: together they stand away
from those of more than twelve periods ago. Of figures in which nothing happens one in a hundred does so. Where there
are few such earlier ones, the mean of the whole window takes their place, and where a season shows (years differ by
less than figures do) the differences from the year before that of the figures.
"""

from collections.abc import Callable

import numpy as np

from metrics.detection.batch import Bools, Floats, Ints
from metrics.detection.statistics import rows
from metrics.detection.statistics.steps import AT_MOST, SINCE

AWAY, YEARLY_AWAY = 1.8, 1.2
"""Deviations of earlier figures, or differences, by which three together stand away from their mean."""
AWAY_FROM_ALL = 0.8
"""The same where the mean and the deviation are those of the whole window, the step among them."""
FEW = 8
EXACT = 1e-9
"""Share of the largest figure by which sums of the same figures may differ."""
ONE_BY_ONE = 3
"""Periods up to which it costs less to look at each by itself than to sum up all of them."""


def stirs(values: Floats, columns: Ints, reach: int, season: int) -> Bools:
    """Of some periods whether a step may lie behind their figures, judged by the `reach` periods that end with each."""
    if len(columns) > ONE_BY_ONE:
        return _stirs(values, reach, season, _running_window)[:, columns]
    stirred = np.zeros((len(values), len(columns)), bool)
    for position, column in enumerate(columns.tolist()):
        begin = max(0, column + 1 - reach)
        stirred[:, position] = _stirs(values[:, begin : column + 1], reach, season, _last_window)[:, -1]
    return stirred


Window = Callable[[Floats, int, int], tuple[Floats, Floats, Floats]]
"""Gives mean, deviation and number of so many figures that end so many periods before each, or the last, period."""


def _stirs(values: Floats, reach: int, season: int, window: Window) -> Bools:
    rounding = EXACT * np.abs(rows.filled(values, ~np.isnan(values))).max(axis=1, initial=0.0)[:, None]
    away, deviation, _ = _away(values, reach, AWAY, rounding, window)
    yearly = np.full(values.shape, np.nan)
    yearly[:, season:] = values[:, season:] - values[:, :-season]
    yearly_away, yearly_deviation, number = _away(yearly, reach - season, YEARLY_AWAY, rounding, window)
    return away | (yearly_away & (yearly_deviation < deviation) & (number >= FEW))


def _away(values: Floats, reach: int, least: float, rounding: Floats, window: Window) -> tuple[Bools, Floats, Floats]:
    """Which figures stand away with the two before them; deviation and number of all in each one's window.

    Where nothing ever moved, sums of the same figures differ by no more than `rounding`, one value a series.
    """
    overall, in_all, in_window = window(values, reach, 0)
    lately, _, _ = window(values, SINCE, 0)
    mean, deviation, number = window(values, max(1, reach - AT_MOST), AT_MOST)
    of_earlier, of_all = np.abs(lately - mean), np.abs(lately - overall)
    by_earlier = (of_earlier >= least * deviation) & (of_earlier > rounding)
    by_all = (of_all >= AWAY_FROM_ALL * in_all) & (of_all > rounding)
    return np.where(number >= FEW, by_earlier, by_all), in_all, in_window


def _last_window(values: Floats, length: int, before: int) -> tuple[Floats, Floats, Floats]:
    """Of the last period alone: nothing is summed up for the others."""
    end = max(0, values.shape[1] - before)
    part = values[:, max(0, end - length) : end]
    known = ~np.isnan(part)
    number, mean = rows.count(known), rows.mean(part, known)
    apart = rows.filled(part - mean[:, None], known)
    deviation = np.sqrt(rows.products(apart, apart) / np.maximum(number, 1))
    return mean[:, None], deviation[:, None], number[:, None]


def _running_window(values: Floats, length: int, before: int) -> tuple[Floats, Floats, Floats]:
    """Of every period, by running sums."""
    known = ~np.isnan(values)
    centre = np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    centred = np.where(known, values - centre[:, None], 0.0)
    number, total, squares = (
        _earlier(_running(each, length), before) for each in (known.astype(float), centred, centred**2)
    )
    with np.errstate(invalid="ignore"):
        mean = total / np.where(number > 0, number, np.nan)
        return mean + centre[:, None], np.sqrt(np.maximum(squares / np.maximum(number, 1) - mean**2, 0)), number


def _running(values: Floats, length: int) -> Floats:
    """The sum of so many cells up to each."""
    sums = np.cumsum(values, axis=1)
    sums[:, length:] -= sums[:, :-length].copy()
    return sums


def _earlier(values: Floats, periods: int) -> Floats:
    """Each row moved so many periods to the right, zeros before."""
    if not periods:
        return values
    moved = np.zeros(values.shape)
    moved[:, periods:] = values[:, :-periods]
    return moved
