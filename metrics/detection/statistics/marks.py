"""Marks for a control chart: which points are special-cause variation, and in which direction.

Source: NHS England, *Making Data Count*, whose four rules these are: a point outside the limits; seven in a row on one
side of the mean; seven in a row each above, or each below, the one before; two of three in the outer third between the
mean and one limit. A missing figure ends a row: it is not known on which side it would have been.
"""

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Bools, Floats

RUN = 7
OUTER = 2 / 3
"""Where the outer third begins, as a part of the way from the mean to the limit: at two σ."""

Signs = NDArray[np.int8]
"""One value a point: +1 where it is marked as high or rising, −1 as low or falling, 0 where it is not marked."""


def beyond(values: Floats, lower: Floats, upper: Floats) -> Signs:
    """Points above their upper or below their lower limit."""
    return (values > upper).astype(np.int8) - (values < lower)


def shifts(values: Floats, centre: float | Floats, *, length: int = RUN) -> Signs:
    """Every point of a run of `length` or more on one side of the centre; a gap or a point on the centre ends it."""
    sides = np.sign(values - centre)
    return _signs(sides, _stretches(sides, length))


def trends(values: Floats, *, length: int = RUN) -> Signs:
    """Every point of `length` or more in a row that rise, or fall, from each to the next; an equal one ends it."""
    steps = np.sign(np.diff(values))
    long = _stretches(steps, length - 1)
    reached = np.where(long, np.nan_to_num(steps), 0)
    begins, ends = np.r_[reached, 0], np.r_[0, reached]
    marked: Signs = (ends + begins * (ends == 0))[: len(values)].astype(np.int8)
    return marked


def two_of_three(values: Floats, centre: float | Floats, lower: Floats, upper: Floats) -> Signs:
    """Points in the outer third, or beyond it, that have another one on the same side among the two next to them."""
    high, low = (values > centre + OUTER * (upper - centre)), (values < centre - OUTER * (centre - lower))
    return _close(high).astype(np.int8) - _close(low)


def _close(marked: Bools) -> Bools:
    """Marked points with another marked point at most two places away."""
    wide = np.r_[False, False, marked, False, False]
    return marked & (wide[:-4] | wide[1:-3] | wide[3:-1] | wide[4:])


def _signs(signs: Floats, chosen: Bools) -> Signs:
    return np.where(chosen, np.nan_to_num(signs), 0).astype(np.int8)


def _stretches(signs: Floats, length: int) -> Bools:
    """Positions within stretches of one same non-zero sign that are at least `length` long."""
    signs = np.nan_to_num(signs)
    edges = np.flatnonzero(np.r_[True, signs[1:] != signs[:-1], True]) if len(signs) else np.zeros(1, int)
    lengths = np.repeat(np.diff(edges), np.diff(edges))
    return (signs != 0) & (lengths >= length)
