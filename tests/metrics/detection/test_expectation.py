import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.detection.batch import Side, Unit
from metrics.detection.statistics.expectation import expect
from tests.metrics.detection.cast import SlowExpectation

PERIODS = 45
"""More than three years: long enough for the past to be cut off and for a season to be told."""


@st.composite
def told_series(draw):
    """A series of one unit with gaps, and the period to judge it in."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    unit = draw(st.sampled_from(list(Unit)))
    season = draw(st.sampled_from([4, 12]))
    sizes = rng.integers(60, 3000, PERIODS).astype(float)
    wave = draw(st.floats(0, 0.15)) * np.sin(2 * np.pi * np.arange(PERIODS) / season)
    values = np.clip(0.4 + wave + rng.normal(0, draw(st.floats(0.001, 0.1)), PERIODS), 0.01, 0.99)
    values[rng.random(PERIODS) < draw(st.floats(0, 0.4))] = np.nan
    if unit != Unit.FRACTION:
        values, sizes = values * 1000, np.full(PERIODS, np.nan)
    column = draw(st.integers(0, PERIODS - 1).filter(lambda period: not np.isnan(values[period])))
    return values, sizes, unit, column, season


@settings(max_examples=300, deadline=None)
@given(told_series(), st.sampled_from([1.0, -1.0]))
def test_expectations_are_those_of_a_slow_and_obvious_version(series, direction):
    values, sizes, unit, column, season = series
    ours = expect(Side.of(values, sizes, unit=int(unit)), column, season)
    slow = SlowExpectation(values.tolist(), sizes.tolist(), unit, column, season)
    assert ours.history[0] == len(slow.past)
    assert bool(ours.seasonal[0]) == slow.is_seasonal()
    if len(slow.past) < 3:
        return
    bound = 0.42 if unit == Unit.FRACTION else 420.0
    assert ours.sigma[0] == pytest.approx(slow.sigma(), rel=1e-9, nan_ok=True)
    moved = ours.moved(np.array([-direction]))[0, -1]
    beyond = ours.beyond(np.array([bound]), np.array([-direction]))[0, -1]
    assert moved == pytest.approx(slow.worsened(direction), rel=1e-6, abs=1e-12, nan_ok=True)
    assert beyond == pytest.approx(slow.beyond(bound, direction), rel=1e-6, abs=1e-12, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(told_series(), st.integers(0, 2**32))
def test_nothing_after_the_period_is_looked_at(series, seed):
    values, sizes, unit, column, season = series
    rewritten = values.copy()
    rewritten[column + 1 :] = np.random.default_rng(seed).random(PERIODS - column - 1)
    before, after = (expect(Side.of(given, sizes, unit=int(unit)), column, season) for given in (values, rewritten))
    for name in ("tested", "expected", "sigma", "near_sigma", "freedom", "history"):
        assert np.array_equal(getattr(before, name), getattr(after, name), equal_nan=True)


def test_ten_years_are_judged_as_their_last_three_are():
    values = np.random.default_rng(5).normal(50, 3, 120)
    long, short = (expect(Side.of(given, unit=int(Unit.MEAN)), len(given) - 1, 12) for given in (values, values[-60:]))
    assert long.sigma == pytest.approx(short.sigma)
    assert long.history[0] == 36


def test_a_season_that_shows_is_compared_with_last_year_and_none_with_the_level():
    noise = np.random.default_rng(6).normal(50, 1, (2000, 48))
    wave = 2 * np.sin(2 * np.pi * np.arange(48) / 12)
    assert expect(Side.of(noise + wave, unit=int(Unit.MEAN)), 47, 12).seasonal.mean() > 0.99
    assert expect(Side.of(noise, unit=int(Unit.MEAN)), 47, 12).seasonal.mean() < 0.15


def test_proportions_never_vary_less_than_chance():
    ours = expect(Side.of(np.full(40, 0.3), np.full(40, 400.0)), 39, 12)
    assert ours.sigma[0] >= 1.0


def test_a_proportion_with_a_denominator_missing_is_read_as_a_mean():
    sizes = np.full(40, 400.0)
    sizes[7] = np.nan
    assert not expect(Side.of(np.full(40, 0.3), sizes), 39, 12).proportion[0]
