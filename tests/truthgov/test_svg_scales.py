"""Scales: round ticks that hold every figure, places that keep order."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from truthgov.svg.scales import columns, nice_step, spanning, spread, thinned

finite = st.floats(-1e12, 1e12, allow_nan=False, allow_infinity=False)
rounded = finite.map(lambda value: round(value, 6))


@given(st.lists(rounded, min_size=1, max_size=30))
def test_a_scale_holds_every_figure_between_its_ends(values):
    scale, _ = spanning(values, 200, 10)
    assert all(9.999 <= scale.place(value) <= 200.001 for value in values)


@given(rounded, rounded)
def test_a_larger_figure_stands_higher(one, other):
    assume(abs(one - other) > 1e-3 * max(abs(one), abs(other), 1e-3))
    scale, _ = spanning([one, other], 200, 10)
    assert (one > other) == (scale.place(one) < scale.place(other))


@given(st.lists(rounded, max_size=30))
def test_ticks_are_few_rising_and_evenly_spaced(values):
    _, ticks = spanning(values, 200, 10)
    gaps = [later - earlier for earlier, later in pairwise(ticks)]
    assert 2 <= len(ticks) <= 7
    assert all(gap > 0 for gap in gaps)
    assert max(gaps) == pytest.approx(min(gaps), rel=1e-3)


def test_ticks_read_as_people_write_them():
    _, ticks = spanning([0.12, 0.44], 200, 10)
    assert ticks == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_equal_figures_get_room_around_them():
    scale, _ = spanning([5, 5, 5], 200, 10)
    assert scale.low < 5 < scale.high


@given(st.floats(1e-9, 1e12))
def test_a_step_is_rounded_up_but_never_more_than_two_and_a_half_fold(rough):
    assert rough * (1 - 1e-6) <= nice_step(rough) <= rough * 2.5


@given(st.integers(1, 500))
def test_periods_stand_evenly_within_the_axis(count):
    places = columns(count, 50, 650)
    assert places == sorted(places)
    assert places[0] > 50
    assert places[-1] < 650


@given(st.integers(1, 500), st.integers(100, 1200))
def test_labels_on_the_axis_never_overlap_and_the_last_is_always_named(count, width):
    shown = thinned(["Oct 26"] * count, width, 50)
    assert shown[-1] == count - 1
    assert all((later - earlier) * width / count >= 49.999 for earlier, later in pairwise(shown))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5))
def test_labels_are_moved_apart_in_order(wanted):
    placed = spread(wanted, 13, 0, 100)
    assert all(later - earlier >= 12.999 for earlier, later in pairwise(sorted(placed)))
    assert sorted(range(len(wanted)), key=lambda at: wanted[at]) == sorted(
        range(len(placed)), key=lambda at: placed[at]
    )
