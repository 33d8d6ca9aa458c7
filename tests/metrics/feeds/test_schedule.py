from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources.schedule import CATCH_UP, Schedule
from truthgov.periods import Grain, Period

LISBON = ZoneInfo("Europe/Lisbon")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SCHEDULES = st.builds(Schedule, st.sampled_from(Grain), st.integers(0, 60), st.integers(0, 23), st.just(LISBON))


@given(SCHEDULES, MOMENTS)
def test_the_latest_period_is_the_last_whose_slot_has_come(schedule, at):
    latest = schedule.latest(at)
    assert schedule.slot(latest) <= at < schedule.next_slot(at) == schedule.slot(latest.shift(1))


@given(SCHEDULES, MOMENTS, st.integers(0, 90))
def test_no_period_is_left_out_and_none_is_asked_for_twice(schedule, at, missed):
    last = schedule.latest(at).shift(-missed)
    owed = schedule.owed(at, last)
    assert [period.ordinal for period in owed] == list(range(last.ordinal + 1, last.ordinal + missed + 1))[-CATCH_UP:]


@pytest.mark.parametrize(("day", "utc_hour"), [(date(2026, 3, 28), 6), (date(2026, 3, 29), 5)])
def test_an_hour_is_the_organisations_hour_when_the_clocks_change(day, utc_hour):
    period = Period.containing(day - timedelta(days=1), Grain.DAY)
    assert Schedule(Grain.DAY, 0, 6, LISBON).slot(period).astimezone(UTC).hour == utc_hour
