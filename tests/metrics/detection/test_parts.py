"""Parts and the rest of their whole, against slow, obvious versions."""

from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.detection.batch import Floats, Side, Unit
from metrics.detection.parts import PAST, Apart, comparable, fall, falls_behind, is_detail, standing
from tests.metrics.detection.cast import tail, winsorised

PERIODS = 20


def a_whole(seed: int, *, unit: Unit = Unit.FRACTION) -> tuple[Side, Side]:
    """One whole and a part of it; some figures are missing."""
    rng = np.random.default_rng(seed)
    sizes, others = rng.integers(40, 400, PERIODS).astype(float), rng.integers(400, 2000, PERIODS).astype(float)
    cases, rest = (rng.binomial(each.astype(int), 0.3).astype(float) for each in (sizes, others))
    missing = rng.random(PERIODS) < 0.1
    per = (1.0, 1.0) if unit == Unit.COUNT else (sizes, sizes + others)
    part = Side.of(np.where(missing, nan, cases / per[0]), sizes, direction=-1.0, unit=int(unit))
    return Side.of((cases + rest) / per[1], sizes + others, direction=-1.0, unit=int(unit)), part


class SlowApart:
    """What `Apart` and what is made of it say, period by period."""

    def __init__(self, whole: Side, part: Side) -> None:
        self.gaps: list[float] = []
        self.chances: list[float] = []
        for value, size, whole_value, whole_size in zip(
            part.values[0], part.denominators[0], whole.values[0], whole.denominators[0], strict=True
        ):
            ours, everyone = (value / size, whole_value / whole_size) if part.unit[0] == 2 else (value, whole_value)
            left = whole_size - size
            rest = (everyone * whole_size - ours * size) / left
            self.gaps.append(part.direction[0] * (rest - ours))
            each = everyone if part.unit[0] == 2 else everyone * (1 - everyone)
            self.chances.append(sqrt(each * (1 / size + 1 / left)))
        self.freedom_least = 4.0

    def scores(self, periods: range, level: float) -> dict[int, float]:
        return {i: (self.gaps[i] - level) / self.chances[i] for i in periods if not isnan(self.gaps[i])}

    def level(self, periods: range) -> float:
        known = [self.gaps[i] for i in periods if not isnan(self.gaps[i])]
        return sum(known) / len(known)

    def sigma(self, scores: dict[int, float], *, drifting: bool) -> float:
        ranges = [abs(scores[i] - scores[i - 1]) for i in scores if i - 1 in scores]
        mean = sum(ranges) / len(ranges)
        kept = [moved for moved in ranges if moved <= 3.268 * mean]
        estimates = [sum(kept) / len(kept) / 1.128, 1.0]
        return max([*estimates, winsorised(list(scores.values()), len(scores) - 1)] if drifting else estimates)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), unit=st.sampled_from([Unit.FRACTION, Unit.COUNT]))
def test_a_gap_and_its_chance_are_those_of_part_and_rest(seed, unit):
    whole, part = a_whole(seed, unit=unit)
    apart, slow = Apart.of(whole, part, PERIODS - 1, window=PAST), SlowApart(whole, part)
    assert np.allclose(apart.gap[0], slow.gaps, equal_nan=True)
    told = ~np.isnan(apart.gap[0])
    assert np.allclose(apart.chance[0][told], np.array(slow.chances)[told])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_chance_of_a_standing_gap_is_the_slow_one(seed):
    whole, part = a_whole(seed)
    p, _ = standing(Apart.of(whole, part, PERIODS - 1, window=PAST))
    slow, everything = SlowApart(whole, part), range(PERIODS)
    scores = slow.scores(everything, slow.level(everything))
    error = slow.sigma(scores, drifting=False) * slow.chances[-1]
    expected = tail(slow.gaps[-1], error, max(4.0, 0.62 * (len(scores) - 1)))
    assert p[0, -1] == pytest.approx(expected, nan_ok=True)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_chance_of_having_fallen_away_is_the_slow_one(seed):
    whole, part = a_whole(seed)
    fell, slow, past = fall(Apart.of(whole, part, PERIODS - 1, window=PAST)), SlowApart(whole, part), range(PERIODS - 3)
    level = slow.level(past)
    scores = slow.scores(past, level)
    error = slow.sigma(scores, drifting=True) * slow.chances[-1] * sqrt(1 + 1 / len(scores))
    expected = tail(slow.gaps[-1] - level, error, max(4.0, 0.62 * (len(scores) - 1)))
    assert fell.tested[0, -1] == pytest.approx(expected, nan_ok=True)
    assert fell.before[0] == pytest.approx(level)


def test_a_sum_without_a_denominator_is_compared_with_nothing():
    money = Side.of(np.full(PERIODS, 100.0), unit=int(Unit.MEAN))
    assert not comparable(money, money, 5).any()


def test_a_share_of_nobody_knows_how_many_is_held_against_the_whole():
    whole, part = Side.of(np.full(PERIODS, 0.3)), Side.of(np.full(PERIODS, 0.2))
    assert comparable(whole, part, 5).all()
    assert Apart.of(whole, part, 5, window=PAST).gap[0, -1] == pytest.approx(0.1)


def test_a_hundredth_of_the_whole_is_no_detail_and_less_is():
    def a_part(size: float) -> Side:
        return Side.of([0.3], [size])

    whole = a_part(1000.0)
    assert (is_detail(whole, a_part(9.0), 0)[0], is_detail(whole, a_part(10.0), 0)[0]) == (True, False)


def series(*values: float) -> Floats:
    return np.array(values)


def test_the_first_period_has_nothing_before_it():
    whole, part = Side.of(series(0.3), series(100.0)), Side.of(series(0.2), series(50.0))
    apart = Apart.of(whole, part, 0, window=PAST)
    assert np.isnan(apart.gap[0, :-1]).all()
    assert apart.gap[0, -1] == pytest.approx(0.2)


def test_what_was_counted_among_nobody_falls_behind_nobody():
    nobody = Side.of([[3.0]], [[0.0]], unit=int(Unit.COUNT))
    with np.errstate(all="raise"):
        assert not falls_behind(nobody, nobody, 0).any()
