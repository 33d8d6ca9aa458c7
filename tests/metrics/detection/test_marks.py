import numpy as np

from metrics.detection.limits import xmr
from metrics.detection.marks import outside, runs


def test_a_point_beyond_a_limit_is_marked():
    values = np.r_[np.tile([10.0, 11.0], 10), 30.0]
    assert np.flatnonzero(outside(values, xmr(values))).tolist() == [20]


def test_seven_in_a_row_on_one_side_are_a_run_and_six_are_not():
    assert runs(np.array([0.0] + [2.0] * 7 + [0.0]), 1.0).tolist() == [False] + [True] * 7 + [False]
    assert not runs(np.array([0.0] + [2.0] * 6 + [0.0]), 1.0).any()


def test_a_gap_ends_a_run():
    assert not runs(np.array([2.0] * 4 + [np.nan] + [2.0] * 4), 1.0).any()
