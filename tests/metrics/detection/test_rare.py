from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, poisson

from metrics.detection.batch import Batch, Floats, Ints, Side, Unit
from metrics.detection.claims import own_claim
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.divergence import judge
from metrics.detection.statistics.rare import Cases, apart, beyond_bound
from tests.metrics.detection.cast import asked_of_each, kpi

PAIRS = 8000
PARTS, EVENTS = Cases(np.array([True]), np.array([False])), Cases(np.array([False]), np.array([True]))
NORMAL, SURE = np.array([[1e-9]]), np.array([[1 - 1e-9]])
"""Chances as a normal tail tells them: one much too small, and its complement."""
signs = pytest.mark.parametrize("sign", [1.0, -1.0])


def one(value: float) -> Floats:
    return np.array([[value]])


def allowed(number: int) -> float:
    return LIMIT_ALPHA * number + 3 * np.sqrt(LIMIT_ALPHA * number)


def way(sign: float) -> Floats:
    return np.array([sign])


@signs
@given(size=st.integers(1, 400), expected=st.floats(0.01, 2.9), share=st.floats(0, 1))
def test_few_cases_have_their_binomial_chance_at_a_bound(sign, size, expected, share):
    bound, cases = expected / size, round(share * min(size, 12))
    if bound > 0.5:
        return
    exact = binom.sf(cases - 1, size, bound) if sign > 0 else binom.cdf(cases, size, bound)
    for rare, at, turned in ((cases / size, bound, sign), (1 - cases / size, 1 - bound, -sign)):
        told = beyond_bound(NORMAL, one(rare), one(size), one(at), way(turned), PARTS)
        assert told[0, 0] == pytest.approx(max(min(exact, 0.5), 1e-9), rel=1e-6)


@signs
@given(bound=st.floats(0.01, 29), cases=st.integers(0, 60))
def test_events_have_that_of_poisson(sign, bound, cases):
    exact = poisson.sf(cases - 1, bound) if sign > 0 else poisson.cdf(cases, bound)
    told = beyond_bound(NORMAL, one(cases), one(1), one(bound), way(sign), EVENTS)
    assert told[0, 0] == pytest.approx(max(min(exact, 0.5), 1e-9), rel=1e-6)


@signs
@given(cases=st.integers(0, 6), others=st.integers(0, 20), periods=st.integers(1, 30))
def test_two_stretches_have_the_chance_of_their_cases_given_their_sum(sign, cases, others, periods):
    sides = one(cases / 50), one(50.0), one(others / (50 * periods)), one(50.0 * periods)
    if (cases + others) / (1 + periods) >= 2.9:
        return
    exact = 1.0
    if cases + others:
        asked = "greater" if sign > 0 else "less"
        exact = binomtest(cases, cases + others, 1 / (1 + periods), alternative=asked).pvalue
    assert apart(NORMAL, *sides, way(sign), PARTS)[0, 0] == pytest.approx(max(min(exact, 0.5), 1e-9), rel=1e-6)
    assert 1 - apart(SURE, *sides, way(-sign), PARTS)[0, 0] == pytest.approx(max(min(exact, 0.5), 1e-9), rel=1e-6)


def test_where_enough_are_expected_nothing_changes():
    given = one(0.5), one(60.0), one(0.1), way(1.0), PARTS
    assert beyond_bound(NORMAL, *given)[0, 0] == NORMAL[0, 0]
    assert beyond_bound(NORMAL, one(90.0), one(1.0), one(30.0), way(1.0), EVENTS)[0, 0] == NORMAL[0, 0]


def test_a_chance_that_is_larger_anyway_stays_as_it_is():
    assert beyond_bound(one(0.4), one(0.1), one(20.0), one(0.01), way(1.0), PARTS)[0, 0] == 0.4


def flagged(values: Floats, sizes: Floats | None, target: float, unit: Unit, *, periods: Sequence[int] = (31,)) -> Ints:
    """How many are findings in each of these periods."""
    served = Side.of(values, sizes, direction=-1.0, unit=int(unit), target=target, decimals=6)
    return judge(asked_of_each(served, np.array(periods))).flagged.sum(axis=0)


@pytest.mark.parametrize(("share", "size"), [(0.01, 20), (0.01, 50), (0.02, 30), (0.05, 20), (0.02, 100)])
@pytest.mark.parametrize("target", [True, False])
def test_rare_cases_among_few_are_called_off_their_target_or_worse_no_more_often_than_promised(share, size, target):
    drawn = np.random.default_rng(size).binomial(size, share, (PAIRS, 32)) / size
    sizes, at = np.full(drawn.shape, float(size)), share if target else np.nan
    assert (flagged(drawn, sizes, at, Unit.FRACTION, periods=[14, 31]) <= allowed(PAIRS)).all()


@pytest.mark.parametrize("rate", [0.2, 0.5, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("target", [True, False])
def test_nor_are_events(rate, target):
    drawn = np.random.default_rng(3).poisson(rate, (PAIRS, 32)).astype(float)
    found = flagged(drawn, None, rate if target else np.nan, Unit.COUNT, periods=[6, 14, 31])
    assert (found <= allowed(PAIRS)).all()


def test_events_that_become_many_are_found():
    drawn = np.random.default_rng(4).poisson(1.0, (200, 32)).astype(float)
    drawn[:, -3:] = 7
    assert flagged(drawn, None, np.nan, Unit.COUNT) > 190


def test_a_planned_number_that_stood_still_is_no_count_of_events():
    planned = np.tile([4.0, 4.0, 5.0, 4.0], 8)[None, :]
    planned[:, -3:] = 7
    assert flagged(planned, None, np.nan, Unit.COUNT) == 1


@pytest.mark.parametrize("period", [9, 12, 16, 25])
def test_periods_without_a_figure_do_not_stand_still(period):
    """Nor does it matter whether the axis begins before the first figure."""
    drawn = np.random.default_rng(5).poisson(2.0, (400, period + 1)).astype(float)
    drawn[:, -2:] += 3
    late = np.hstack([np.full((400, 30), np.nan), drawn])
    claimed = np.full(late.shape, 0.9)
    told = [
        judge(Batch.of(kpi(claimed[:, -each.shape[1] :], reliable_from=np.nan),
                       Side.of(each, direction=-1.0, unit=int(Unit.COUNT)), np.array([each.shape[1] - 1])))
        for each in (drawn, late)
    ]  # fmt: skip
    assert np.array_equal(told[0].verdict, told[1].verdict)
    assert told[0].p == pytest.approx(told[1].p, nan_ok=True)


@pytest.mark.parametrize("direction", [1.0, -1.0])
def test_who_had_none_and_has_none_has_neither_improved_nor_worsened(direction):
    nothing = Side.of(np.zeros((1, 32)), np.full((1, 32), 20.0), direction=direction)
    claimed = own_claim(nothing, 31, 12)
    assert not claimed.improving[0]
    assert not claimed.worsening[0]
