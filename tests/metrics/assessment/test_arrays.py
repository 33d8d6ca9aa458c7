"""What assessment does with arrays, against the slow and obvious way."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from metrics.assessment.calendar import days_of, ordinals, start_of
from metrics.assessment.columns import fetch, fetch_packed
from metrics.assessment.dictionary import EVER, NEVER, stretches
from metrics.assessment.joins import expand, find
from truthgov.periods import Grain, Period

DAYS = st.lists(st.dates(date(1990, 1, 1), date(2090, 1, 1)), min_size=1)
STARTS = st.lists(st.one_of(st.just(EVER), st.integers(0, 20)), min_size=1, max_size=5)


@given(days=DAYS, grain=st.sampled_from(Grain))
def test_ordinals_are_those_of_the_calendar(days: list[date], grain: Grain) -> None:
    periods = [Period.containing(day, grain) for day in days]
    starts = days_of([period.start for period in periods])
    assert starts.tolist() == [period.start for period in periods]
    assert ordinals(starts, grain).tolist() == [period.ordinal for period in periods]
    assert [start_of(period.ordinal, grain) for period in periods] == [period.start for period in periods]


@given(one=STARTS, other=STARTS, period=st.integers(-5, 30))
def test_in_a_stretch_the_latest_decided_of_those_begun_is_in_force(
    one: list[int], other: list[int], period: int
) -> None:
    histories = [list(zip(starts, range(len(starts)), strict=True)) for starts in (one, other)]
    in_force = [[what for start, what in history if start <= period] for history in histories]
    expected = [history[-1] for history in in_force] if all(in_force) else None
    held = [what for first, last, what in stretches(histories) if first <= period <= last]
    assert held == ([expected] if expected else [])


@given(one=STARTS)
def test_stretches_cover_everything_from_the_first_start_on(one: list[int]) -> None:
    found = [(first, last) for first, last, _ in stretches([[(start, "it") for start in one]])]
    assert found[-1][1] == NEVER - 1
    assert all(later[0] == earlier[1] + 1 for earlier, later in pairwise(found))


@given(ordered=st.lists(st.integers(0, 50), unique=True).map(sorted), wanted=st.lists(st.integers(0, 50)))
def test_find_tells_where_and_whether(ordered: list[int], wanted: list[int]) -> None:
    place, found = find(np.array(ordered, np.int64), np.array(wanted, np.int64))
    assert found.tolist() == [each in ordered for each in wanted]
    assert all(ordered[at] == each for at, each, there in zip(place, wanted, found, strict=True) if there)


@given(ordered=st.lists(st.integers(0, 9)).map(sorted), wanted=st.lists(st.integers(0, 9)))
def test_each_wanted_value_is_joined_with_every_row_that_equals_it(ordered: list[int], wanted: list[int]) -> None:
    index, row = expand(np.array(ordered, np.int64), np.array(wanted, np.int64))
    pairs = [(at, place) for at, each in enumerate(wanted) for place, other in enumerate(ordered) if each == other]
    assert list(zip(index.tolist(), row.tolist(), strict=True)) == pairs


@pytest.mark.django_db
def test_rows_come_as_postgresql_holds_them() -> None:
    rows = fetch(
        "SELECT * FROM unnest(%s::bigint[], %s::int[], %s::float8[], %s::date[])",
        [[1, 2**40], [-1, 7], [0.5, float("nan")], [date(1999, 12, 31), date(2026, 10, 1)]],
        big="i8", small="i4", real="f8", day="day",
    )  # fmt: skip
    assert rows["big"].tolist() == [1, 2**40]
    assert rows["small"].tolist() == [-1, 7]
    assert rows["real"][0] == 0.5
    assert np.isnan(rows["real"][1])
    assert rows["day"].tolist() == [date(1999, 12, 31), date(2026, 10, 1)]


KEPT = "SELECT key, whole, reals FROM shelf"
PACKED = {"whole": ">i4", "reals": ">f8"}


@pytest.fixture
def shelf(db: None) -> Callable[[int, int], None]:
    """Puts a row of so many numbers, all of them its key and a half, on a shelf."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE shelf (key bigint, whole bytea, reals bytea)")

    def put(key: int, numbers: int) -> None:
        packed = np.full(numbers, key, ">i4").tobytes(), np.full(numbers, key + 0.5, ">f8").tobytes()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO shelf VALUES (%s, %s, %s)", [key, *packed])

    return put


@pytest.mark.parametrize("few", [False, True])
def test_what_rows_hold_packed_comes_by_how_much_they_hold(shelf: Callable[[int, int], None], few: bool) -> None:
    for key, numbers in ((1, 2), (2**31 - 1, 3), (7, 2), (8, 0)):
        shelf(key, numbers)
    none, two, three = fetch_packed(KEPT, [], few=few, **PACKED)
    assert [keys.tolist() for keys, _ in (none, two, three)] == [[8], [1, 7], [2**31 - 1]]
    assert none[1]["whole"].shape == (1, 0)
    assert two[1]["whole"].tolist() == [[1, 1], [7, 7]]
    assert two[1]["reals"].tolist() == [[1.5, 1.5], [7.5, 7.5]]
    assert three[1]["reals"].tolist() == [[2**31 - 0.5] * 3]


@pytest.mark.parametrize("few", [False, True])
def test_no_rows_come_as_nothing(shelf: Callable[[int, int], None], few: bool) -> None:
    assert not list(fetch_packed(KEPT, [], few=few, **PACKED))
