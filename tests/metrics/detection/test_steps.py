"""Where a level changed: against a slow version, least squares, and the Nile."""

from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student
from scipy.stats import ttest_ind

from metrics.detection.batch import Floats
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.statistics.steps import AT_MOST, FEWEST, SINCE, Steps, at, largest

NOTHING = np.zeros(1)
NILE = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
]  # fmt: skip
"""Flow at Aswan from 1871, 10^8 m³ a year (G. W. Cobb, "The problem of the Nile", Biometrika 65, 1978)."""


def figures(seed: int, periods: int, *, missing: float = 0.1) -> Floats:
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 4, periods) + rng.choice([0, 0.3]) * np.arange(periods)
    values[rng.integers(13, periods - 3) :] += rng.choice([0, 8, 20])
    values[rng.random(periods) < missing] = nan
    return values


def stands_apart(told: Steps) -> np.ndarray:
    return told.stays & told.no_trend


def slow(values: Floats) -> tuple[int, float, float, float] | None:
    """The run, size, σ and p of the largest step, by loops and least squares."""
    tried = range(SINCE, max(SINCE, min(AT_MOST, len(values) - FEWEST)) + 1)
    scores = {run: _score(values, run) for run in tried}
    told = {run: score for run, score in scores.items() if not isnan(score)}
    if not told:
        return None
    run = max(told, key=lambda each: told[each])
    known = [i for i, value in enumerate(values) if not isnan(value)]
    since = np.array([float(i >= len(values) - run) for i in known])
    time, held = np.array(known, float), values[known]
    level, sloping = np.c_[np.ones(len(known)), since], np.c_[np.ones(len(known)), since, time]
    fit, error = _least_squares(sloping, held, 2)
    doubtful = 2 * student.sf(abs(fit[2] / error), len(known) - 3) > 0.05
    design = level if doubtful else sloping
    fit, _ = _least_squares(design, held, 1)
    residual = held - design @ fit
    freedom = len(known) - design.shape[1]
    sigma = sqrt(float(residual @ residual) / freedom)
    leverage = float(np.linalg.inv(design.T @ design)[1, 1])
    worth = _worth(dict(zip(known, residual.tolist(), strict=True)))
    score = abs(fit[1]) / (sigma * sqrt(leverage / worth))
    p = 2 * len(tried) * student.sf(score, max(1, freedom * 2 * worth / (1 + worth**2)))
    return run, float(fit[1]), sigma, min(1.0, float(p))


def _score(values: Floats, run: int) -> float:
    before, since = (part[~np.isnan(part)] for part in (values[: len(values) - run], values[len(values) - run :]))
    if len(before) < FEWEST or len(since) < SINCE:
        return nan
    return abs(float(ttest_ind(before, since).statistic))


def _least_squares(design: Floats, held: Floats, which: int) -> tuple[Floats, float]:
    fit = np.linalg.lstsq(design, held, rcond=None)[0]
    residual = held - design @ fit
    variance = float(residual @ residual) / (len(held) - 3) * np.linalg.inv(design.T @ design)[which, which]
    return fit, sqrt(variance)


def _worth(residuals: dict[int, float]) -> float:
    alike = sum(residuals[i] * residuals[i - 1] for i in residuals if i - 1 in residuals)
    alike /= sum(each**2 for each in residuals.values())
    number = len(residuals)
    r = min(max(alike + (1 + 3 * alike) / number, 0), 0.9) if alike * sqrt(number) > 1 else 0.0
    return (1 - r) / (1 + r)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), periods=st.integers(18, 50))
def test_many_series_at_once_are_told_what_a_slow_version_tells_of_each(seed, periods):
    values = figures(seed, periods)
    told, expected = largest(values[None, :], NOTHING), slow(values)
    if expected is None:
        assert np.isnan(told.p[0])
    else:
        run, size, sigma, p = expected
        assert told.run[0] == run
        assert (told.size[0], told.sigma[0], told.p[0]) == pytest.approx((size, sigma, p), rel=1e-6, abs=1e-12)


def test_a_step_at_a_given_place_is_students_test_where_neighbours_differ():
    values = np.tile([50.0, 52.0], 15) + np.r_[np.zeros(24), np.full(6, 4.0)]
    told = at(values[None, :], np.array([6]), NOTHING)
    assert told.worth[0] == 1
    assert told.p[0] == pytest.approx(2 * student.sf(abs(ttest_ind(values[:24], values[24:]).statistic), 28))


def test_the_nile_fell_after_1898():
    told = largest(np.array([NILE[: 1907 - 1870]], float), NOTHING)
    assert 1907 - told.run[0] == 1898
    assert told.before[0] == pytest.approx(1097.75)
    assert told.p[0] < LIMIT_ALPHA / 10
    assert stands_apart(told)[0]


def test_a_trend_is_no_step():
    rng = np.random.default_rng(3)
    values = 50 + 0.8 * np.arange(38) + rng.normal(0, 2, (2000, 38))
    told = largest(values, np.zeros(2000))
    assert (stands_apart(told) & (told.p <= LIMIT_ALPHA) & (np.abs(told.size) >= 3 * told.sigma)).mean() < LIMIT_ALPHA


def test_an_excursion_that_is_over_is_no_step_that_stays():
    values = np.tile([50.0, 51.0, 49.0], 10)
    values[22:26] += 20
    assert not stands_apart(largest(values[None, :], NOTHING))[0]


def test_a_proportion_moves_at_least_as_chance_lets_it():
    values = np.r_[np.tile([0.5, 0.501], 12), np.tile([0.52, 0.521], 3)][None, :]
    assert largest(values, NOTHING).p[0] < 1e-6
    assert largest(values, np.array([0.25 / 100])).p[0] == 1


@pytest.mark.parametrize("periods", [26, 38])
def test_pure_noise_jumps_no_more_often_than_promised(periods):
    values = np.random.default_rng(periods).normal(0, 1, (60_000, periods))
    told = largest(values, np.zeros(len(values)))
    jumps = (told.p <= LIMIT_ALPHA) & (np.abs(told.size) >= 3 * told.sigma)
    allowed = LIMIT_ALPHA * len(values)
    assert jumps.sum() <= allowed + 3 * np.sqrt(allowed)
