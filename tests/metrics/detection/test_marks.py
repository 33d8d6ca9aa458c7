from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metrics.detection.statistics.limits import xmr
from metrics.detection.statistics.marks import beyond, shifts, trends, two_of_three


def test_a_point_beyond_a_limit_is_marked():
    values = np.r_[np.tile([10.0, 11.0], 10), 30.0]
    limits = xmr(values)
    assert beyond(values, limits.lower, limits.upper).tolist() == [0] * 20 + [1]
    assert beyond(-values, -limits.upper, -limits.lower).tolist() == [0] * 20 + [-1]


def test_seven_in_a_row_on_one_side_are_a_run_and_six_are_not():
    assert shifts(np.array([0.0] + [2.0] * 7 + [0.0]), 1.0).tolist() == [0] + [1] * 7 + [0]
    assert not shifts(np.array([0.0] + [2.0] * 6 + [0.0]), 1.0).any()


def test_a_gap_ends_a_run():
    assert not shifts(np.array([2.0] * 4 + [np.nan] + [2.0] * 4), 1.0).any()


def test_seven_points_that_rise_each_are_a_trend_and_six_are_not():
    assert trends(np.array([5.0, 1, 2, 3, 4, 5, 6, 7, 3])).tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 0]
    assert trends(np.array([7.0, 6, 5, 4, 3, 2, 1])).tolist() == [-1] * 7
    assert not trends(np.array([1.0, 2, 3, 4, 5, 6])).any()


def test_an_equal_point_or_a_gap_ends_a_trend():
    assert not trends(np.array([1.0, 2, 3, 4, 4, 5, 6, 7])).any()
    assert not trends(np.array([1.0, 2, 3, 4, np.nan, 6, 7, 8, 9])).any()


def test_two_of_three_in_the_outer_third_are_marked_and_only_on_one_side():
    lower, upper = np.full(6, -3.0), np.full(6, 3.0)
    close = np.array([0.0, 2.5, 0.1, 2.2, 0.0, 0.0])
    assert two_of_three(close, 0.0, lower, upper).tolist() == [0, 1, 0, 1, 0, 0]
    assert not two_of_three(np.array([0.0, 2.5, -2.5, 0.0, 0.0, 2.5]), 0.0, lower, upper).any()
    assert two_of_three(-close, 0.0, lower, upper).tolist() == [0, -1, 0, -1, 0, 0]


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=30))
def test_marks_are_those_of_slow_and_obvious_versions(figures):
    values = np.array([np.nan if figure is None else figure for figure in figures], float)
    windows = [range(first, first + 7) for first in range(len(figures) - 6)]
    whole = [window for window in windows if all(figures[at] is not None for at in window)]
    for marked, holds in (
        (shifts(values, 0.0), lambda at, sign: all(figures[each] * sign > 0 for each in at)),
        (trends(values), lambda at, sign: all((figures[b] - figures[a]) * sign > 0 for a, b in pairwise(at))),
    ):
        for sign in (1, -1):
            expected = {at for window in whole if holds(window, sign) for at in window}
            assert set(np.flatnonzero(marked == sign)) == expected
    close = two_of_three(values, 0.0, np.full(len(values), -2.4), np.full(len(values), 2.4))
    for sign in (1, -1):
        zone = [at for at, figure in enumerate(figures) if figure is not None and figure * sign > 1.6]
        assert set(np.flatnonzero(close == sign)) == {at for at in zone if any(0 < abs(at - b) <= 2 for b in zone)}
