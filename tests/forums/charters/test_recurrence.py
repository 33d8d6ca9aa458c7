"""When a forum meets, by its recurrence rule."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.charters.recurrence import LAST, MONTHS, WEEKDAYS, WEEKS, WORKING, Recurrence

EVEN = date(2024, 1, 8)
MONTHLY = "FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=10"


def days(rule, first, last, counted_from=EVEN):
    return list(Recurrence.parse(rule).days(first, last, counted_from=counted_from))


def test_a_monthly_forum_meets_on_the_tenth_working_day():
    assert days(MONTHLY, date(2026, 11, 1), date(2026, 12, 31)) == [date(2026, 11, 13), date(2026, 12, 14)]


def test_a_day_before_the_first_is_left_out():
    assert days(MONTHLY, date(2026, 11, 14), date(2026, 12, 13)) == []


def test_a_weekly_forum_meets_every_week_and_a_fortnightly_one_every_other():
    first, last = date(2026, 11, 1), date(2026, 11, 16)
    every = [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    assert days("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO", first, last) == every
    assert days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", first, last) == [date(2026, 11, 9)]


def test_fortnights_stay_fortnights_across_a_year_of_53_weeks():
    found = days("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", date(2026, 12, 1), date(2027, 2, 1))
    assert {later - earlier for earlier, later in itertools.pairwise(found)} == {timedelta(days=14)}


def test_a_quarterly_forum_meets_on_a_weekday_of_its_month():
    second = days("FREQ=MONTHLY;INTERVAL=3;BYDAY=TU;BYSETPOS=2", date(2026, 1, 1), date(2026, 12, 31))
    assert second == [date(2026, 1, 13), date(2026, 4, 14), date(2026, 7, 14), date(2026, 10, 13)]
    assert days("FREQ=MONTHLY;INTERVAL=1;BYDAY=FR;BYSETPOS=-1", date(2026, 1, 1), date(2026, 2, 28)) == [
        date(2026, 1, 30), date(2026, 2, 27),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    ["", "weekly", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=1;BYDAY=SU", "FREQ=WEEKLY;INTERVAL=0;BYDAY=MO",
     "FREQ=MONTHLY;INTERVAL=1;BYDAY=TU;BYSETPOS=5", "FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=21"],
)  # fmt: skip
def test_a_rule_that_no_forum_can_keep_is_none(rule):
    with pytest.raises(ValueError, match=r"not a rule|not every month"):
        Recurrence.parse(rule)


@pytest.mark.parametrize(
    ("recurrence", "words"),
    [(Recurrence(MONTHS, 1, WORKING, 10), "monthly, on the 10th working day"),
     (Recurrence(WEEKS, 2, "TU"), "every 2 weeks, on Tuesday"),
     (Recurrence(WEEKS, 1, "TH"), "weekly, on Thursday"),
     (Recurrence(MONTHS, 3, "FR", LAST), "every 3 months, on the last Friday"),
     (Recurrence(MONTHS, 1, "MO", 2), "monthly, on the 2nd Monday")],
)  # fmt: skip
def test_a_rule_is_told_in_words(recurrence, words):
    assert str(recurrence) == words


WEEKLY_RULES = st.builds(Recurrence, st.just(WEEKS), st.integers(1, 12), st.sampled_from(list(WEEKDAYS)))
MONTHLY_RULES = st.builds(
    Recurrence, st.just(MONTHS), st.integers(1, 12), st.sampled_from([*WEEKDAYS, WORKING]),
    st.sampled_from([LAST, 1, 2, 3, 4]),
)  # fmt: skip


@given(WEEKLY_RULES | MONTHLY_RULES, st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 400))
def test_days_are_working_days_in_order_whichever_window_is_asked(recurrence, first, length):
    assert Recurrence.parse(recurrence.rule) == recurrence
    last = first + timedelta(days=length)
    found = list(recurrence.days(first, last, counted_from=EVEN))
    assert found == sorted(set(found))
    assert all(first <= day <= last and day.isoweekday() < 6 for day in found)
    wider = recurrence.days(first - timedelta(days=400), last + timedelta(days=400), counted_from=EVEN)
    assert found == [day for day in wider if first <= day <= last]
