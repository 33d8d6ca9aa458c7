import numpy as np
import pytest

from metrics.detection.statistics.limits import Kind
from metrics.detection.statistics.process import Assurance, Cause, Variation, process

STEADY = np.tile([10.0, 11.0, 9.0, 10.0], 5)
"""Limits at 10 ± 2.66 × 1.26."""


def test_a_steady_process_is_common_cause():
    chart = process(STEADY)
    assert chart.variation(1.0) is Variation.COMMON_CAUSE
    assert not chart.special.any()
    assert not chart.provisional.any()


@pytest.mark.parametrize(
    ("further", "cause", "better"),
    [
        ([16.0], Cause.OUTSIDE, 1),
        ([4.0], Cause.OUTSIDE, -1),
        ([13.2, 10.5, 13.2], Cause.TWO_OF_THREE, 1),
        ([10.9, 11.3, 10.7, 11.1, 10.8, 11.2, 11.0], Cause.RUN, 1),
        ([9.5, 9.7, 9.9, 10.1, 10.3, 10.5, 10.6], Cause.TREND, 1),
    ],
)
def test_each_rule_says_by_the_direction_of_good_whether_it_got_better(further, cause, better):
    chart = process(np.r_[STEADY, further])
    words = {1: Variation.IMPROVING, -1: Variation.DETERIORATING}
    assert chart.cause(len(chart.values) - 1) == (cause, better)
    assert chart.variation(1.0) is words[better]
    assert chart.variation(-1.0) is words[-better]
    assert chart.variation(0) is (Variation.RISING if better > 0 else Variation.FALLING)


def test_only_the_latest_figure_counts_and_a_missing_one_is_not_the_latest():
    once = np.r_[STEADY, 16.0, STEADY]
    assert process(once).variation(1.0) is Variation.COMMON_CAUSE
    assert process(np.r_[STEADY, 16.0, np.nan]).variation(1.0) is Variation.IMPROVING


@pytest.mark.parametrize(
    ("target", "direction", "assured"),
    [
        (5.0, 1.0, Assurance.PASSES),
        (5.0, -1.0, Assurance.FAILS),
        (15.0, 1.0, Assurance.FAILS),
        (15.0, -1.0, Assurance.PASSES),
        (10.0, 1.0, Assurance.DOES_NOT_TELL),
        (np.nan, 1.0, Assurance.NOT_KNOWN),
    ],
)
def test_a_target_beyond_the_limits_is_passed_or_failed_and_one_within_them_does_not_tell(target, direction, assured):
    assert process(STEADY).assurance(target, direction, 2) is assured


def test_a_limit_that_stands_at_the_target_meets_it():
    chart = process(STEADY)
    assert chart.assurance(round(float(chart.lower[0]), 2), 1.0, 2) is Assurance.PASSES


def test_twelve_figures_settle_limits_and_fewer_leave_them_provisional():
    assert process(STEADY[:11]).provisional.all()
    assert not process(STEADY[:12]).provisional.any()


def test_what_changed_does_not_become_common_cause_by_lasting_but_by_an_act():
    shifted = np.r_[STEADY, STEADY + 20]
    assert process(shifted).special.all()
    rebased = process(shifted, since=[20])
    assert not rebased.special.any()
    assert rebased.centre[[0, -1]].tolist() == [10.0, 30.0]
    assert rebased.assurance(20.0, 1.0, 2) is Assurance.PASSES


def test_limits_of_an_earlier_stretch_assure_nothing():
    """One figure since the limits were set anew has none, whatever those before it say."""
    assert process(STEADY).assurance(5.0, 1.0, 2) is Assurance.PASSES
    rebased = process(np.r_[STEADY, 2.0, np.nan], since=[20])
    assert rebased.variation(1.0) is Variation.NOT_KNOWN
    assert rebased.assurance(5.0, 1.0, 2) is Assurance.NOT_KNOWN


def test_each_stretch_stands_on_its_own_figures():
    values = np.random.default_rng(3).normal(50, 5, 40)
    rebased, first, second = (process(each, **told) for each, told in
                              ((values, {"since": [25]}), (values[:25], {}), (values[25:], {})))  # fmt: skip
    assert np.array_equal(rebased.upper, np.r_[first.upper, second.upper])
    for cause in Cause:
        assert np.array_equal(rebased.marks[cause], np.r_[first.marks[cause], second.marks[cause]])


def test_a_proportion_is_charted_with_limits_for_its_sizes():
    sizes = np.tile([100.0, 400.0], 10)
    chart = process(np.full(20, 0.3) + np.tile([0.01, -0.01], 10), sizes, kind=Kind.PROPORTION)
    assert chart.upper[0] > chart.upper[1]


def test_a_count_is_judged_by_its_rate_and_its_limits_follow_its_denominator():
    """Two in ten of 50 and of 5,000 cases: as counts the large ones lie far from their mean, as rates all are usual."""
    sizes = np.tile([50.0, 5000.0, 5000.0, 50.0], 9)
    found = np.random.default_rng(3).poisson(0.2 * sizes).astype(float)
    counts, rates = process(found, sizes, kind=Kind.COUNT), process(found / sizes, sizes, kind=Kind.RATE)
    for of_count, of_rate in ((counts.upper, rates.upper), (counts.centre, rates.centre), (counts.lower, rates.lower)):
        assert of_count == pytest.approx(of_rate * sizes)
    assert counts.upper[1] > 10 * counts.upper[0]
    assert not counts.special.any()
    assert process(np.r_[found, 25.0], np.r_[sizes, 50.0], kind=Kind.COUNT).variation(-1.0) is Variation.DETERIORATING


@pytest.mark.parametrize(
    ("target", "assured"), [(120.0, Assurance.DOES_NOT_TELL), (2000.0, Assurance.PASSES), (0.5, Assurance.FAILS)]
)
def test_a_count_is_assured_by_its_limits_in_every_period_not_only_in_the_last(target, assured):
    """The last month has few cases, and few of them are faulty; that says nothing of the months to come."""
    sizes = np.tile([5000.0, 50.0], 18)
    found = np.random.default_rng(3).poisson(0.2 * sizes).astype(float)
    assert process(found, sizes, kind=Kind.COUNT).assurance(target, -1.0, 0) is assured


def test_a_count_without_all_its_denominators_is_judged_as_it_stands():
    sizes = np.tile([50.0, np.nan], 10)
    assert np.array_equal(process(STEADY, sizes, kind=Kind.COUNT).upper, process(STEADY).upper)


@pytest.mark.parametrize("values", [[], [3.0], [3.0, np.nan, 4.0]])
def test_too_few_figures_say_nothing(values):
    chart = process(np.array(values))
    assert chart.variation(1.0) is Variation.NOT_KNOWN
    assert chart.assurance(1.0, 1.0, 2) is Assurance.NOT_KNOWN
    assert not chart.special.any()


def test_noise_outside_its_limits_is_as_rare_as_their_source_says():
    """Wheeler (1993): well under one in a hundred for settled limits, whatever the distribution."""
    rng = np.random.default_rng(1)
    beyond = [process(rng.normal(0, 1, 30)).marks[Cause.OUTSIDE] != 0 for _ in range(400)]
    assert np.mean(beyond) < 0.01
