"""Trust as the axes judge it, on accounts made up: what costs, how much, and that nothing is averaged."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.trust import in_short
from metrics.trust.account import Account, Source, Total
from metrics.trust.axes import Axis, worst_by_axis
from metrics.trust.flaws import flaws_of
from metrics.trust.judging import floor, radar_of
from truthgov.periods import Grain, Period

MAY = Period.parse("2026-05", Grain.MONTH)
DUE = date(2026, 7, 3)
SOUND = Account(MAY, date(2026, 7, 10), 32, figure=Decimal("0.9"), decimals=4, expected=4, given=4, compared=6, alike=6)

names = st.sampled_from(["web", "phone", "shop"])
figures = st.decimals("0.0001", "1000", places=4)
accounts = st.builds(
    Account, st.just(MAY), st.dates(date(2026, 6, 1), date(2026, 12, 31)), st.integers(0, 62),
    figure=st.none() | figures, decimals=st.integers(0, 4), tolerance=st.decimals("0", "1", places=4),
    arrived=st.none() | st.dates(MAY.end, date(2026, 12, 31)), is_late=st.booleans(), expected=st.integers(6, 60),
    given=st.integers(0, 60), absent=st.lists(names, max_size=6).map(tuple),
    looked_back=st.integers(3, 5), gaps=st.lists(st.just(MAY), max_size=3).map(tuple),
    flaws=st.lists(names, max_size=2).map(tuple), flawed_parts=st.lists(st.tuples(names, names), max_size=3).map(tuple),
    others=st.lists(st.builds(Source, names, figures), max_size=3).map(tuple),
    totals=st.lists(st.builds(Total, names, figures), max_size=2).map(tuple),
    is_disputed=st.booleans(), is_conflicting=st.booleans(), alike=st.integers(1, 6), compared=st.just(6),
    attested=st.none() | st.booleans(), was_attested=st.booleans(),
)  # fmt: skip


def share(axis: Axis, account: Account) -> Decimal | None:
    return next(score.share for score in radar_of(account).scores if score.axis is axis)


def test_what_nothing_speaks_against_is_trusted_wholly() -> None:
    assert {score.share for score in radar_of(SOUND).scores} == {Decimal(1), None}
    assert radar_of(SOUND).percent == 100


@given(accounts)
def test_the_whole_is_as_good_as_its_worst_axis(account: Account) -> None:
    radar = radar_of(account)
    judged = [score.share for score in radar.scores if score.share is not None]
    assert radar.share == (min(judged) if judged and not radar.awaited else None)


@given(accounts)
def test_a_share_lies_between_nothing_and_all_and_names_what_cost_the_rest(account: Account) -> None:
    for score in radar_of(account).scores:
        assert score.share is None or 0 <= score.share <= 1
        assert (score.share in (None, 1)) == (not score.costs)
        assert score.words.endswith(".")


@given(accounts, st.integers(1, 100))
def test_what_has_not_come_meets_no_demand_but_none(account: Account, needed: int) -> None:
    trust = in_short(radar_of(replace(account, figure=None)))
    assert not trust.meets(needed)
    assert trust.meets(0)


@given(st.lists(st.tuples(accounts, st.integers(0, 100)), min_size=1, max_size=5))
def test_beside_good_figures_a_bad_one_shows_undiminished(several: list[tuple[Account, int]]) -> None:
    figures = [(radar_of(account), needed) for account, needed in several]
    for at, (worst, place) in enumerate(worst_by_axis(figures)):
        told = [(radar.scores[at].share, needed) for radar, needed in figures if not radar.awaited]
        known = [share * 100 - needed for share, needed in told if share is not None]
        if place is None:
            assert not known
        else:
            assert worst is figures[place][0].scores[at]
            assert (worst.share or 0) * 100 - figures[place][1] == min(known)


@given(st.decimals("0", "1"))
def test_only_what_is_whole_is_called_whole(exact: Decimal) -> None:
    assert (floor(exact) == 1) == (exact == 1)


@given(st.integers(1, 200), st.integers(1, 200))
def test_the_later_a_figure_came_the_less_it_is_worth(days: int, further: int) -> None:
    came, later = (replace(SOUND, is_late=True, arrived=DUE + timedelta(days=late)) for late in (days, days + further))
    assert 0 < (share(Axis.FRESH, later) or 0) < (share(Axis.FRESH, came) or 0) < 1


def test_a_figure_that_is_due_and_not_there_is_worth_nothing_and_before_that_is_awaited() -> None:
    missing = replace(SOUND, figure=None)
    assert (radar_of(replace(missing, today=DUE)).share, radar_of(missing).percent) == (0, 0)
    awaited = radar_of(replace(missing, today=DUE - timedelta(days=1)))
    assert (awaited.share, awaited.awaited) == (None, "Not reported yet; promised by 3 July 2026.")


def test_a_silent_part_and_a_gap_cost_what_they_are_of_what_was_expected() -> None:
    assert share(Axis.COMPLETE, replace(SOUND, absent=("web",))) == Decimal("0.8")
    assert share(Axis.COMPLETE, replace(SOUND, looked_back=5, gaps=(MAY.shift(-2),))) == Decimal("0.8333")


@pytest.mark.parametrize(
    ("other", "left"), [("0.945", "1"), ("0.9451", "0.5"), ("0.99", "0.5"), ("1.08", "0.25"), ("0.9", "1")]
)
def test_beyond_the_tolerance_at_most_half_is_left(other: str, left: str) -> None:
    apart = replace(SOUND, others=(Source("Survey", Decimal(other)),))
    assert share(Axis.CONSISTENT, apart) == Decimal(left)


def test_parts_that_do_not_make_up_the_whole_are_told_by_their_dimension() -> None:
    score = radar_of(replace(SOUND, totals=(Total("hotel", Decimal("1.8")),))).worst
    assert score is not None
    assert (score.axis, score.percent, score.costs[0].what) == (Axis.CONSISTENT, 5, "the parts by hotel")


@pytest.mark.parametrize(
    ("account", "left"),
    [
        ({"attested": True}, 1), ({"attested": False}, 0), ({"attested": None}, None),
        ({"attested": False, "today": DUE}, None), ({"attested": True, "today": DUE}, 1),
        ({"attested": False, "today": DUE, "was_attested": True}, 0),
        ({"attested": False, "arrived": DUE + timedelta(days=1)}, None),
        ({"attested": False, "arrived": DUE + timedelta(days=1), "is_late": True}, 0),
        ({"attested": False, "arrived": DUE + timedelta(days=1), "was_attested": True}, 0),
        ({"attested": False, "figure": None}, None),
    ],
)  # fmt: skip
def test_from_the_day_after_its_deadline_somebody_stands_behind_a_figure_or_it_is_worth_nothing(account, left) -> None:
    assert share(Axis.ATTESTED, replace(SOUND, **account)) == left


@given(accounts)
def test_saying_nothing_is_worth_no_more_than_attesting_what_is_then_restated(account: Account) -> None:
    silent, restated = (
        share(Axis.ATTESTED, replace(account, attested=False, arrived=DUE, today=DUE + timedelta(days=1),
                                     promised_days=32, was_attested=was_attested))
        for was_attested in (False, True)
    )  # fmt: skip
    assert silent == restated


def test_a_declared_break_costs_nothing() -> None:
    declared = replace(SOUND, declared="version 2 counts differently since 1 May 2026")
    assert share(Axis.STABLE, declared) == 1


def test_an_undeclared_change_of_counting_costs_less_as_periods_pass() -> None:
    shares = [share(Axis.STABLE, replace(SOUND, alike=alike)) for alike in (1, 3, 6)]
    assert shares == [Decimal("0.1666"), Decimal("0.5"), Decimal(1)]


@pytest.mark.parametrize(
    ("unit", "value", "numerator", "denominator", "flaw"),
    [
        ("fraction", "1.2", None, None, "a share above one"),
        ("count", "-1", None, None, "below zero"),
        ("fraction", "0.5", 60, 100, "not its numerator over its denominator"),
        ("index", "-1", None, None, None),
        ("fraction", "0.504", 50, 100, None),
        ("days", "3.2", 320, 100, None),
        ("count", "10", 10, 400, None),
        ("index", "40", 2, 5, None),
    ],
)
def test_what_cannot_be_is_named(
    unit: str, value: str, numerator: int | None, denominator: int | None, flaw: str | None
) -> None:
    parts = [None if part is None else Decimal(part) for part in (numerator, denominator)]
    assert list(flaws_of(unit, Decimal(value), *parts)) == ([flaw] if flaw else [])
