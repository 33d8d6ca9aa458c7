import numpy as np
import pytest

from metrics.detection.batch import Basis, Unit, Verdict
from tests.metrics.detection.cast import FOREVER, kpi, last_cell, outcome, steady


@pytest.fixture
def good():
    """A KPI that holds its target all along."""
    return kpi(*steady(0.85))


def worse_at_the_end(by, *, months=1, **given):
    """An outcome that held 26 % and stands `by` worse in its last months."""
    values, sizes = steady(0.26, **given)
    values[-months:] += by
    return values, sizes


def test_a_kpi_on_target_while_its_outcome_turns_is_a_contradiction(good):
    cell = last_cell("divergence", good, outcome(*worse_at_the_end(0.15)))
    assert cell.verdict == Verdict.FLAG
    assert cell.basis == Basis.LEVEL_AND_TREND
    assert cell.effect == pytest.approx(0.11, abs=0.01)
    assert cell.upper < cell.value
    assert cell.run == 1


def test_an_outcome_off_target_for_years_is_a_standing_one(good):
    cell = last_cell("divergence", good, outcome(*steady(0.45)))
    assert (cell.verdict, cell.basis, cell.run) == (Verdict.FLAG, Basis.LEVEL, FOREVER)


def test_two_steady_sides_are_quiet(good):
    assert last_cell("divergence", good, outcome(*steady(0.26))).verdict == Verdict.QUIET


def test_bad_news_on_both_sides_is_no_contradiction():
    bad = kpi(*steady(0.7))
    assert last_cell("divergence", bad, outcome(*worse_at_the_end(0.15))).verdict == Verdict.CONCORDANT


def test_a_kpi_on_target_but_giving_way_is_no_contradiction():
    values, sizes = steady(0.95)
    values[-1] = 0.81
    assert last_cell("divergence", kpi(values, sizes), outcome(*worse_at_the_end(0.15))).verdict == Verdict.CONCORDANT


def test_two_movements_contradict_each_other_where_nobody_has_a_target():
    values, sizes = steady(0.5)
    values[-3:] += 0.2
    cell = last_cell("divergence", kpi(values, sizes, target=np.nan), outcome(*worse_at_the_end(0.15), target=np.nan))
    assert (cell.verdict, cell.basis) == (Verdict.FLAG, Basis.TREND)


def test_without_a_target_and_without_improvement_nothing_is_claimed():
    unclaimed = kpi(*steady(0.5), target=np.nan)
    assert last_cell("divergence", unclaimed, outcome(*worse_at_the_end(0.15))).verdict == Verdict.CONCORDANT


def test_a_worsening_smaller_than_matters_is_none(good):
    cell = last_cell("divergence", good, outcome(*worse_at_the_end(0.045, size=200_000), target=0.28))
    assert cell.verdict == Verdict.BELOW_MINIMUM_EFFECT


def test_exactly_the_smallest_change_that_matters_matters(good):
    values, sizes = np.full(FOREVER, 0.25), np.full(FOREVER, 200_000.0)
    values[-1] = 0.30
    assert last_cell("divergence", good, outcome(values, sizes, target=0.25)).verdict == Verdict.FLAG


def test_small_numbers_make_no_contradiction(good):
    small = outcome(*worse_at_the_end(0.3, size=49))
    assert last_cell("divergence", good, small).verdict == Verdict.TOO_SMALL


def test_what_chance_explains_makes_none(good):
    noisy = outcome(*worse_at_the_end(0.10, size=80, wobble=0.05))
    assert last_cell("divergence", good, noisy).verdict in {Verdict.WITHIN_NOISE, Verdict.QUIET}


def test_a_season_makes_none(good):
    wave = 0.12 * (np.arange(FOREVER) % 12 == (FOREVER - 1) % 12)
    values, sizes = steady(0.26)
    cell = last_cell("divergence", good, outcome(values + wave, sizes, target=np.nan))
    assert cell.verdict in {Verdict.QUIET, Verdict.BELOW_MINIMUM_EFFECT, Verdict.WITHIN_NOISE}


def test_one_bad_week_makes_none_and_a_second_does(good):
    one, two = (outcome(*worse_at_the_end(0.15, months=weeks)) for weeks in (1, 2))
    assert last_cell("divergence", good, one, one_is_enough=False).verdict == Verdict.NOT_PERSISTENT
    assert last_cell("divergence", good, two, one_is_enough=False).verdict == Verdict.FLAG


@pytest.mark.parametrize("gone", ["kpi", "outcome"])
def test_a_missing_figure_says_nothing(gone):
    ours, theirs = steady(0.85), worse_at_the_end(0.15)
    (ours if gone == "kpi" else theirs)[0][-1] = np.nan
    cell = last_cell("divergence", kpi(*ours), outcome(*theirs))
    assert cell.verdict == Verdict.MISSING
    assert np.isnan(cell.p)


def test_a_gap_in_the_past_is_missing_and_not_zero(good):
    values, sizes = worse_at_the_end(0.15)
    whole = last_cell("divergence", good, outcome(values, sizes))
    values[10:14] = np.nan
    cell = last_cell("divergence", good, outcome(values, sizes))
    assert cell.verdict == Verdict.FLAG
    assert cell.history == whole.history - 4
    assert cell.baseline == pytest.approx(whole.baseline, abs=0.005)


def test_without_a_past_a_mean_cannot_be_judged():
    short = np.array([50.0, 51.0, 90.0])
    cell = last_cell("divergence", kpi(np.full(3, 0.9)), outcome(short, unit=1, target=60.0, min_effect=1.0))
    assert cell.verdict == Verdict.NO_BASELINE


@pytest.mark.parametrize(("months", "verdict"), [(7, Verdict.FLAG), (5, Verdict.NO_BASELINE)])
def test_a_mean_far_off_its_target_needs_four_figures_of_past(good, months, verdict):
    values = np.array([30.0, 31.5, 29.0, 30.5, 30.0, 31.0, 29.5][:months])
    values[-3:] += 20
    late = outcome(values, np.full(months, np.nan), unit=int(Unit.MEAN), target=33.0, min_effect=1.0)
    claiming = kpi(*(each[-months:] for each in steady(0.85)))
    assert last_cell("divergence", claiming, late).verdict == verdict


def test_a_proportion_far_off_target_needs_no_past_but_must_persist():
    def after(months):
        return last_cell("divergence", kpi(np.full(months, 0.9)), outcome(np.full(months, 0.4), np.full(months, 5e3)))

    verdicts = [after(months).verdict for months in (1, 2, 3)]
    assert verdicts == [Verdict.WITHIN_NOISE, Verdict.FLAG, Verdict.FLAG]


def test_the_claim_is_the_one_made_a_lag_before():
    values, sizes = steady(0.85)
    values[-3] = 0.7
    bad_then = kpi(values, sizes)
    later = outcome(*worse_at_the_end(0.15))
    assert last_cell("divergence", bad_then, later, lag=2).verdict == Verdict.CONCORDANT
    assert last_cell("divergence", bad_then, later, lag=1).verdict == Verdict.FLAG


def test_a_claim_withdrawn_by_now_is_held_against_nobody():
    values, sizes = steady(0.85)
    values[-1] = 0.7
    later = outcome(*worse_at_the_end(0.15))
    assert last_cell("divergence", kpi(values, sizes), later, lag=2).verdict == Verdict.CONCORDANT


def test_means_and_counts_are_judged_by_their_moving_ranges(good):
    values = 50 + np.tile([1.0, -1.0], FOREVER // 2)
    values[-1] = 70.0
    cell = last_cell("divergence", good, outcome(values, unit=1, target=60.0, min_effect=2.0))
    assert cell.verdict == Verdict.FLAG
