"""Marks for a control chart: points outside the limits, runs on one side of the centre, steady climbs and falls.

Source: NHS England, *Making Data Count*: a point outside the limits, seven in a row on one side of the mean, or seven
in a row each higher (or each lower) than the one before it are special-cause variation.
"""

import numpy as np

from metrics.detection.batch import Bools, Floats
from metrics.detection.limits import Limits

RUN = 7


def outside(values: Floats, limits: Limits) -> Bools:
    """Points beyond a limit."""
    return (values < limits.lower) | (values > limits.upper)


def runs(values: Floats, centre: float, *, length: int = RUN) -> Bools:
    """Every point of a run of `length` or more on one side of the centre; a gap or a point on the centre ends it."""
    return _stretches(np.sign(values - centre), length)


def trends(values: Floats, *, length: int = RUN) -> Bools:
    """Every point of `length` or more in a row that only climb or only fall; a gap or an equal neighbour ends it."""
    steps = _stretches(np.sign(np.diff(values)), length - 1)
    marked = np.zeros(len(values), bool)
    marked[1:] |= steps
    marked[:-1] |= steps
    return marked


def _stretches(signs: Floats, length: int) -> Bools:
    """Positions within stretches of one same non-zero sign that are at least `length` long."""
    signs = np.nan_to_num(signs)
    edges = np.flatnonzero(np.r_[True, signs[1:] != signs[:-1], True]) if len(signs) else np.zeros(1, int)
    lengths = np.repeat(np.diff(edges), np.diff(edges))
    return (signs != 0) & (lengths >= length)
