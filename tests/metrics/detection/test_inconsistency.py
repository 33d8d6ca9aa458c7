from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.detection import inconsistency
from metrics.detection.batch import Batch, Floats, Side, Unit, Verdict
from metrics.detection.judgements import Cell
from tests.metrics.detection.cast import outcome, tail, winsorised
from tests.metrics.detection.test_parts import SlowApart

PERIODS = 24


def last(whole: Side, part: Side, **given: object) -> Cell:
    return inconsistency.judge(Batch.of(whole, part, np.array([PERIODS - 1]), **given)).cell(0, 0)


def two(ours: Floats, rest: Floats, *, size: float = 400.0, everyone: float = 2000.0, **given: float) -> list[Side]:
    """The whole and a part of it, of which less is better and five points matter."""
    sizes, all_sizes = np.full(PERIODS, size), np.full(PERIODS, everyone)
    whole = outcome((ours * size + rest * (everyone - size)) / everyone, all_sizes, **given)
    return [whole, outcome(ours, sizes, **given)]


def wobbling(level: float, by: float = 0.02) -> Floats:
    return level + by * np.tile([1.0, -1.0, 0.5, -0.5], PERIODS)[:PERIODS]


def test_a_segment_that_has_stood_apart_for_a_year_is_found():
    cell = last(*two(wobbling(0.42), wobbling(0.30, 0.01)))
    assert cell.verdict == Verdict.FLAG
    assert (cell.value, cell.reference, cell.effect) == pytest.approx((0.42, 0.30, 0.12), abs=0.002)
    assert (cell.run, cell.history) == (12, 12)


def test_one_that_does_better_is_nothing_to_decide_about():
    assert last(*two(wobbling(0.20), wobbling(0.30, 0.01))).verdict == Verdict.QUIET


def test_one_that_differs_by_less_than_matters_is_none():
    assert last(*two(wobbling(0.34, 0.005), wobbling(0.30, 0.005))).verdict == Verdict.BELOW_MINIMUM_EFFECT


def test_what_was_bad_for_half_a_year_only_does_not_stand():
    ours = wobbling(0.30)
    ours[-6:] = 0.55
    assert last(*two(ours, wobbling(0.30, 0.01))).verdict in (Verdict.WITHIN_NOISE, Verdict.NOT_PERSISTENT)


def test_what_is_over_by_now_does_not_stand():
    ours = wobbling(0.45)
    ours[-1] = 0.29
    assert last(*two(ours, wobbling(0.30, 0.01))).verdict != Verdict.FLAG


def test_a_few_cases_do_not_set_a_segment_apart():
    rng = np.random.default_rng(5)
    ours = rng.binomial(60, 0.30, PERIODS) / 60
    assert last(*two(ours, wobbling(0.29, 0.01), size=60)).verdict != Verdict.FLAG


def test_a_history_shorter_than_half_a_year_says_nothing():
    ours = wobbling(0.45)
    ours[:-5] = np.nan
    assert last(*two(ours, wobbling(0.30, 0.01))).verdict == Verdict.NO_BASELINE


def test_without_a_declared_comparison_a_gap_must_leave_the_limits_of_a_single_period():
    told = two(wobbling(0.37, 0.02), wobbling(0.30, 0.01))
    assert last(*told).verdict == Verdict.FLAG
    assert last(*told, of_parent=True).verdict == Verdict.BELOW_MINIMUM_EFFECT


def test_without_one_a_segment_that_keeps_its_target_is_not_blamed_for_doing_worse():
    told = [wobbling(0.42, 0.01), wobbling(0.30, 0.01)]
    verdicts = [last(*two(*told, target=target), of_parent=True).verdict for target in (0.40, 0.45)]
    assert verdicts == [Verdict.FLAG, Verdict.QUIET]
    assert last(*two(*told, target=0.45)).verdict == Verdict.FLAG


def test_a_count_is_compared_as_a_rate_with_its_denominator():
    """Complaints per hundred deliveries; the excess is told in complaints a month."""
    hours, everyone = np.full(PERIODS, 500.0), np.full(PERIODS, 2500.0)
    ours, rest = 40.0 + np.tile([2.0, -2.0], PERIODS // 2), 80.0
    told = {"direction": -1.0, "unit": int(Unit.COUNT)}
    cell = last(Side.of(ours + rest, everyone, **told), Side.of(ours, hours, **told, min_effect=10.0))
    assert cell.verdict == Verdict.FLAG
    assert (cell.value, cell.reference) == pytest.approx((0.08, 0.04))
    assert cell.effect == pytest.approx(20.0)


def test_a_count_without_one_is_compared_with_nothing():
    told = {"direction": -1.0, "unit": int(Unit.COUNT)}
    assert last(Side.of(np.full(PERIODS, 90.0), **told), Side.of(np.full(PERIODS, 50.0), **told)).verdict == (
        Verdict.NOTHING_STATED
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_chance_of_a_gap_is_the_slow_one(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(100, 500, PERIODS).astype(float)
    others = rng.integers(500, 2000, PERIODS).astype(float)
    cases = rng.binomial(sizes.astype(int), 0.55).astype(float)
    rest = rng.binomial(others.astype(int), 0.30).astype(float)
    whole = Side.of((cases + rest) / (sizes + others), sizes + others, direction=-1.0)
    part = Side.of(cases / sizes, sizes, direction=-1.0, min_effect=0.05)
    slow, window = SlowApart(whole, part), range(PERIODS - 12, PERIODS)
    n, m, x, y = (float(sum(each[i] for i in window)) for each in (sizes, others, cases, rest))
    scores = slow.scores(window, slow.level(window))
    sigma = max(slow.sigma(scores, drifting=False), winsorised(list(scores.values()), 11))
    pooled = (x + y) / (n + m)
    expected = tail(x / n - y / m, sigma * sqrt(pooled * (1 - pooled) * (1 / n + 1 / m)), 0.62 * 11)
    assert last(whole, part).p == pytest.approx(expected)
