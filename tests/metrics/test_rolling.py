"""Rolling up: which periods belong to a longer one, what they come to, and what is left unknown."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.figures.rolling import Part, RolledUp, longer, roll_up, roll_up_parts, within
from metrics.formulas import Figure
from metrics.ingestion import Delivery, Rows, ingest
from tests.factories.metrics import DefinitionFactory, SegmentFactory, SourceFactory, dimension, measure
from truthgov.actor import Actor
from truthgov.periods import Grain, Period


def month(code: str) -> Period:
    return Period.parse(code, Grain.MONTH)


def figure(value: str, numerator: int | None = None, denominator: int | None = None) -> Figure:
    parts = [None if part is None else Decimal(part) for part in (numerator, denominator)]
    return Figure(Decimal(value), *parts)


def test_a_week_belongs_to_the_month_that_most_of_its_days_lie_in():
    assert [each.code for each in within(month("2026-10"), Grain.WEEK)] == [f"2026-W{week}" for week in range(40, 45)]
    assert [each.code for each in within(month("2026-11"), Grain.WEEK)] == [f"2026-W{week}" for week in range(45, 49)]
    assert len(within(month("2026-02"), Grain.DAY)) == 28
    assert [each.code for each in within(Period.parse("2026-Q4", Grain.QUARTER), Grain.MONTH)] == [
        "2026-10", "2026-11", "2026-12",
    ]  # fmt: skip


def test_the_longer_grains():
    assert longer(Grain.WEEK) == (Grain.MONTH, Grain.QUARTER)
    assert longer(Grain.QUARTER) == ()


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from([Grain.MONTH, Grain.QUARTER]))
def test_every_week_belongs_to_one_period(day, grain):
    week = Period.containing(day, Grain.WEEK)
    around = [Period.containing(week.start, grain).shift(by) for by in (-1, 0, 1)]
    assert sum(week in within(each, Grain.WEEK) for each in around) == 1
    days = Counter(Period.containing(week.start + timedelta(days=at), grain) for at in range(7))
    assert week in within(days.most_common(1)[0][0], Grain.WEEK)


@pytest.mark.parametrize(
    ("how", "parts", "told"),
    [
        ("sum", [figure("2"), figure("3.5")], RolledUp(2, 2, Decimal("5.5"))),
        ("sum", [figure("2"), None], RolledUp(1, 2, why="1 of 2 figures are there")),
        ("ratio", [figure("0.5", 1, 2), figure("0.1", 1, 10)],
         RolledUp(2, 2, Decimal("0.166666666667"), Decimal(2), Decimal(12))),
        ("ratio", [figure("0.5", 1, 2), figure("0.1")],
         RolledUp(2, 2, why="not every figure came with its numerator and denominator")),
        ("ratio", [figure("0.5", 1, 2), figure("0.15", 115, 100)],
         RolledUp(2, 2, why="not every figure is its numerator over its denominator")),
        ("ratio", [figure("0", 100, 100), figure("1", 200, 100)],
         RolledUp(2, 2, why="not every figure is its numerator over its denominator")),
        ("ratio", [figure("0", 0, 0)], RolledUp(1, 1, why="its denominators come to nothing")),
        ("last", [None, figure("7")], RolledUp(1, 1, Decimal(7))),
        ("last", [figure("7"), None], RolledUp(0, 1, why="0 of 1 figures are there")),
        ("sum", [], RolledUp(0, 1, why="0 of 0 figures are there")),
    ],
)  # fmt: skip
def test_what_figures_come_to(how, parts, told):
    assert roll_up(how, parts) == told


def test_what_is_never_added_up_is_refused():
    with pytest.raises(ValueError, match="none"):
        roll_up("none", [figure("1")])


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=31))
def test_a_ratio_is_one_of_sums_and_never_an_average(parts):
    told = roll_up("ratio", [figure(repr(part / whole), part, whole) for part, whole in parts])
    expected = Fraction(sum(part for part, _ in parts), sum(whole for _, whole in parts))
    assert abs(Fraction(told.value) - expected) <= Fraction(1, 2 * 10**12)


class Version(NamedTuple):
    version: int = 1
    roll_up: str = "sum"
    changes_counting: bool = False
    bridge_factor: Decimal | None = None
    bridge_offset: Decimal = Decimal(0)


def told_of(*parts: tuple[Version, Figure | None]) -> tuple[Decimal | None, str]:
    rolled = roll_up_parts([Part(month("2026-01").shift(at), *part) for at, part in enumerate(parts)])
    return rolled.value, rolled.why


def test_parts_that_were_added_up_otherwise_come_to_nothing_known():
    before, since = Version(1, "sum"), Version(2, "ratio")
    assert told_of((before, figure("1")), (since, figure("1"))) == (
        None, "it is added up otherwise from February 2026 on (version 2)",
    )  # fmt: skip
    assert told_of((before, figure("1")), (Version(2), figure("2"))) == (Decimal(3), "")
    with pytest.raises(ValueError, match="none"):
        told_of((Version(1, "none"), figure("1")))


def test_what_was_counted_otherwise_is_never_added_without_a_bridge():
    parts = (Version(1), figure("10")), (Version(2, changes_counting=True), figure("7"))
    assert told_of(*parts) == (None, "it is counted otherwise from February 2026 on (version 2)")
    assert told_of(*parts[1:], parts[1]) == (Decimal(14), "")
    assert told_of(parts[0], (parts[1][0], None)) == (None, "1 of 2 figures are there")


def test_a_bridge_leads_earlier_figures_across_one_change_after_the_other():
    double = Version(2, changes_counting=True, bridge_factor=Decimal(2), bridge_offset=Decimal(1))
    third = Version(3, changes_counting=True, bridge_factor=Decimal("0.5"))
    assert told_of((Version(1), figure("10")), (double, figure("7")))[0] == Decimal(28)
    assert told_of((Version(1), figure("10")), (double, figure("7")), (third, figure("1")))[0] == Decimal(15)
    last = told_of((Version(1, "last"), figure("10")), (Version(2, "last", changes_counting=True), figure("7")))
    assert last == (Decimal(7), "")


def test_a_ratio_stays_one_across_a_bridge():
    moved = Version(2, "ratio", changes_counting=True, bridge_factor=Decimal(2), bridge_offset=Decimal("0.1"))
    value, _ = told_of((Version(1, "ratio"), figure("0.2", 2, 10)), (moved, figure("0.3", 3, 10)))
    assert value == Decimal("0.4")  # a half of 10, and three of 10


@pytest.fixture
def visits(sales):
    """Visits a week, added up; reported for both channels and not for the whole."""
    SourceFactory(code="crm")
    dimension("channel", "web", "phone")
    SegmentFactory()
    return measure("VISITS", unit="count", grain="week", roll_up="sum")


def report(of, week: int, value: int, segment: str = "") -> None:
    row = {"measure": of.code, "period": f"2026-W{week}", "value": f"{value}", "segment": segment}
    ingest(Rows.of([row]), Delivery("api", source="crm", reason="anew"), by=Actor(clockwork="test"))


def api(person_browser, code: str, **query: str):
    return person_browser.get(f"/api/v1/measures/{code}/roll-ups", query)


def test_weeks_come_to_a_month_once_all_are_there(as_person, outsider, visits):
    for week in range(40, 45):
        report(visits, week, week)
    report(visits, 45, 1)
    told = {each["period"]["code"]: each for each in api(as_person(outsider), "VISITS", over="month").json()}
    october, november = told["2026-10"], told["2026-11"]
    assert (october["value"], october["complete"], october["given"]) == ("210", True, 5)
    assert (november["value"], november["complete"], november["why"]) == (None, False, "1 of 4 figures are there")
    page = as_person(outsider).get("/dictionary/VISITS/").context["page"].roll_ups
    assert [line.told for line in dict(page.groups)["By month"]] == [
        "incomplete: 1 of 4 weeks", "complete: 5 of 5 weeks",
    ]  # fmt: skip


def test_a_month_in_which_the_counting_changes_is_unknown_and_says_so(as_person, outsider, visits):
    DefinitionFactory(
        measure=visits, version=2, unit="count", grain="week", roll_up="sum", changes_counting=True,
        starts_on=date(2026, 10, 12),
    )  # fmt: skip
    for week in range(36, 49):
        report(visits, week, 1)
    told = {each["period"]["code"]: (each["value"], each["why"]) for each in
            api(as_person(outsider), "VISITS", over="month").json()}  # fmt: skip
    assert told == {
        "2026-09": ("4", ""), "2026-11": ("4", ""),
        "2026-10": (None, "it is counted otherwise from 2026-W42 on (version 2)"),
    }  # fmt: skip
    page = as_person(outsider).get("/dictionary/VISITS/").content.decode()
    assert "it is counted otherwise from 2026-W42" in page


def test_segments_come_to_their_whole_once_all_are_there(as_person, outsider, visits):
    for channel, value in (("web", 7), ("phone", 3)):
        report(visits, 40, value, f'{{"channel":"{channel}"}}')
    [whole] = api(as_person(outsider), "VISITS", over="segments").json()
    assert (whole["value"], whole["by"], whole["missing"]) == ("10", "channel", [])
    report(visits, 41, 8, '{"channel":"web"}')
    [partial] = api(as_person(outsider), "VISITS", over="segments").json()
    assert (partial["value"], partial["given"], partial["missing"]) == (None, 1, ["channel phone"])


@pytest.mark.parametrize(
    ("roll_up", "over", "told"),
    [("none", "quarter", "never computed from parts"), ("last", "segments", "never computed from parts"),
     ("sum", "week", "is measured by month")],
)  # fmt: skip
def test_what_does_not_add_up_is_refused_with_a_sentence(as_person, outsider, visits, roll_up, over, told):
    measure("SHARE", unit="count", roll_up=roll_up)
    answer = api(as_person(outsider), "SHARE", over=over)
    assert answer.status_code == 409
    assert told in answer.json()["detail"]
