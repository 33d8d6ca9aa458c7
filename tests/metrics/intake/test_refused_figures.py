"""What is refused because it cannot be so is remembered, and judged until another figure of its cell comes."""

from datetime import date, timedelta

import pytest

from metrics.assessment import assess
from metrics.detection.batch import Verdict
from metrics.ingestion import RowsRefused
from metrics.models import Judgement, Observation, RefusedFigure
from tests.metrics.intake.conftest import IN_NOVEMBER, Give, Push

SEPTEMBER, OCTOBER = "2026-09", "2026-10"
IMPOSSIBLE = {"period": OCTOBER, "value": "1.3", "numerator": "1300", "denominator": "1000"}
LATER = IN_NOVEMBER + timedelta(days=1)


@pytest.fixture(autouse=True)
def standing(give: Give) -> None:
    give({"period": SEPTEMBER, "value": "0.2", "numerator": "200", "denominator": "1000"})


def remembered() -> list[tuple[date, str]]:
    return list(RefusedFigure.objects.values_list("period_start", "code"))


def undone() -> set[date]:
    assess()
    judged = Judgement.objects.filter(kind="integrity")
    return {each.period_start for each in judged if Verdict.FLAG in each.cells["verdict"]}


def test_a_part_larger_than_its_whole_is_remembered_though_all_of_its_delivery_is_refused(give: Give) -> None:
    with pytest.raises(RowsRefused):
        give(IMPOSSIBLE)
    assert Observation.objects.count() == 1
    assert remembered() == [(date(2026, 10, 1), "out_of_range")]
    assert undone() == {date(2026, 10, 1)}


def test_so_it_is_where_the_others_of_its_delivery_are_taken(give: Give) -> None:
    give(IMPOSSIBLE, {"period": "2026-08", "value": "0.2"}, lenient=True)
    assert remembered() == [(date(2026, 10, 1), "out_of_range")]
    assert undone() == {date(2026, 10, 1)}


def test_and_where_a_program_pushed_it(push: Push) -> None:
    assert push({"measure": "sales.conversion", **IMPOSSIBLE}).status_code == 422
    assert remembered() == [(date(2026, 10, 1), "out_of_range")]


def test_a_figure_that_comes_afterwards_ends_it(give: Give) -> None:
    give(IMPOSSIBLE, lenient=True)
    assert undone() == {date(2026, 10, 1)}
    give({"period": OCTOBER, "value": "0.3"}, at=LATER)
    assert undone() == set()


def test_of_a_slip_of_the_unit_it_is_remembered_that_a_figure_came_and_it_is_no_case(give: Give) -> None:
    with pytest.raises(RowsRefused):
        give({"period": OCTOBER, "value": "20"})
    assert remembered() == [(date(2026, 10, 1), "percent")]
    assert undone() == set()


@pytest.mark.parametrize("row", [{"value": "0", "numerator": "0", "denominator": "0"}, {"denominator": "0"}])
def test_that_there_was_nothing_to_count_is_remembered_and_is_no_gap_in_the_feed(
    give: Give, row: dict[str, str]
) -> None:
    for month in range(1, 9):
        give({"period": f"2026-0{month}", "value": "0.2"})
    with pytest.raises(RowsRefused) as refused:
        give({"period": OCTOBER, **row})
    assert "That nothing was counted is noted" in refused.value.refusals[0].message
    give({"period": "2026-11", "value": "0.2"}, at=LATER + timedelta(days=40))
    assert RefusedFigure.objects.count() == 1
    assert undone() == set()
    give({"period": "2027-01", "value": "0.2"}, at=LATER + timedelta(days=100))
    assert undone() == {date(2026, 12, 1)}


def test_a_share_of_nothing_that_is_some_is_a_slip_of_the_pen(give: Give) -> None:
    with pytest.raises(RowsRefused):
        give({"period": OCTOBER, "value": "0.3", "denominator": "0"})
    assert not remembered()


@pytest.mark.parametrize("row", [{"value": "n/a"}, {"value": "0.5", "numerator": "2", "denominator": "8"}])
def test_a_slip_of_the_pen_is_refused_and_not_remembered(give: Give, row: dict[str, str]) -> None:
    with pytest.raises(RowsRefused):
        give({"period": OCTOBER, **row})
    assert not remembered()


def test_a_figure_of_a_series_that_does_not_stand_is_not_remembered(give: Give) -> None:
    with pytest.raises(RowsRefused):
        give({"segment": '{"channel": "web"}', **IMPOSSIBLE})
    assert not remembered()
