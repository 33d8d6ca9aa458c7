"""Doubt in the figures weighs on a severity, and is no way out for whoever is accused."""

from collections.abc import Callable
from datetime import date

import pytest

from metrics.assessment.grading import Weight, worst_standing
from metrics.models import Contradiction, Link
from tests.metrics.assessment.conftest import BAD, Push, quiet

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


def a_weight(trust: float | None, times: float = 4.0) -> Weight:
    return Weight(times, run=4, share=0.5, trust=trust)


def points(*weights: tuple[date, Weight]) -> int:
    found = worst_standing(weights)
    assert found is not None
    return found.severity.points


def test_doubt_takes_points_off() -> None:
    assert [points((JULY, a_weight(trust))) for trust in (None, 1.0, 0.7, 0.3)] == [9, 9, 8, 7]


def test_worse_figures_later_take_nothing_off() -> None:
    assert points((JULY, a_weight(1.0)), (AUGUST, a_weight(0.1))) == points((AUGUST, a_weight(1.0)))


def test_better_figures_later_end_the_doubt() -> None:
    assert points((JULY, a_weight(0.1)), (AUGUST, a_weight(0.9))) == 9


def test_the_latest_period_grades() -> None:
    assert points((JULY, a_weight(1.0)), (AUGUST, a_weight(1.0, times=1.0))) == 7
    assert worst_standing([]) is None


def test_a_finding_keeps_whom_it_touches_and_how_far_it_can_be_relied_on(go_bad: Callable[..., None]) -> None:
    go_bad(2)
    latest = Contradiction.objects.get().signals.order_by("period_start").last()
    assert latest is not None
    weight = latest.evidence["weight"]
    assert (weight["customers"], weight["trust"]) == (2000, 1.0)


def test_figures_that_come_late_and_that_nobody_stands_behind_are_not_doubted_for_it(
    go_bad: Callable[..., None],
) -> None:
    """Both are in the hands of whoever is accused."""
    go_bad(2)
    assert "relied on" not in Contradiction.objects.get().severity_why


@pytest.mark.parametrize("disputed", [True, False])
def test_a_dispute_over_the_outcome_weighs_on_what_is_found_in_it(
    quiet_years: None, link: Link, push: Push, go_bad: Callable[..., None], disputed: bool
) -> None:
    if disputed:
        push(link.to_measure, quiet(BAD / 2, 2), first="2026-07", source="survey")
    go_bad(2)
    case = Contradiction.objects.get(kind="divergence")
    assert ("relied on" in case.severity_why) is disputed


def test_without_a_declared_value_the_cases_behind_the_figure_are_told(go_bad: Callable[..., None]) -> None:
    go_bad(2)
    case = Contradiction.objects.get()
    assert (case.exposure_customers, case.exposure_value) == (2000, None)


def test_a_journey_that_declares_its_value_says_what_it_is_worth(
    quiet_years: None, link: Link, go_bad: Callable[..., None]
) -> None:
    journey = link.to_measure.journey
    assert journey is not None
    journey.customers_per_month, journey.value_per_customer = 500, 12
    journey.save()
    go_bad(2)
    case = Contradiction.objects.get()
    assert (case.exposure_customers, case.exposure_value) == (500, 6000)
