"""Marks for a control chart: points outside the limits, and runs on one side of the centre.

Source: NHS England, *Making Data Count*: a point outside the limits, or seven in a row on one side of the mean, are
special-cause variation.
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


def _stretches(signs: Floats, length: int) -> Bools:
    """Positions within stretches of one same non-zero sign that are at least `length` long."""
    signs = np.nan_to_num(signs)
    edges = np.flatnonzero(np.r_[True, signs[1:] != signs[:-1], True]) if len(signs) else np.zeros(1, int)
    lengths = np.repeat(np.diff(edges), np.diff(edges))
    return (signs != 0) & (lengths >= length)
