"""Rank correlation: against scipy, a slow version, a worked example, and courses that resemble their own past."""

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from metrics.detection.batch import Floats
from metrics.detection.statistics.ranks import LONG, correlate

IQ = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
HOURS = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
"""The worked example of Wikipedia's "Spearman's rank correlation coefficient": ρ = −29/165."""


def slow(first: Floats, second: Floats) -> tuple[float, float]:
    """ρ and the effective number of periods, in loops."""
    known = [i for i in range(len(first)) if not isnan(first[i]) and not isnan(second[i])]
    number = len(known)
    ours, theirs = (dict(zip(known, _standard(side[known]), strict=True)) for side in (first, second))
    rho = sum(ours[i] * theirs[i] for i in known) / number
    total = 0.0
    for lag in range(1, len(first) // 5 + 1):
        if lag <= number / 5:
            pairs = [(i, i + lag) for i in known if i + lag in ours]
            like = [sum(side[i] * side[j] for i, j in pairs) / number for side in (ours, theirs)]
            total += (1 - lag / number) * like[0] * like[1]
    return rho, number / max(1 + 2 * total, 1)


def _standard(values: Floats) -> list[float]:
    ranks = rankdata(values)
    return ((ranks - ranks.mean()) / ranks.std()).tolist()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), periods=st.integers(10, 60))
def test_many_pairs_at_once_are_correlated_as_a_slow_version_does_each(seed, periods):
    rng = np.random.default_rng(seed)
    sides = np.round(np.cumsum(rng.normal(0, 1, (2, 3, periods)), axis=2))
    sides[rng.random(sides.shape) < 0.1] = nan
    told = correlate(*sides)
    for row in range(3):
        if moves(sides[:, row]):
            assert (told.rho[row], told.effective[row]) == pytest.approx(slow(sides[0, row], sides[1, row]))


def test_years_of_days_are_correlated_as_a_slow_version_does_them():
    sides = np.cumsum(np.random.default_rng(4).normal(0, 1, (2, LONG + 1)), axis=1)
    sides[:, 7::50] = nan
    told = correlate(sides[:1], sides[1:])
    assert (told.rho[0], told.effective[0]) == pytest.approx(slow(*sides))


def moves(sides: Floats) -> bool:
    """Whether both sides of a pair have different figures in the periods known of both."""
    known = sides[:, ~np.isnan(sides).any(axis=0)]
    return all(len(np.unique(side)) > 1 for side in known)


def test_the_worked_example():
    told = correlate(np.array([IQ], float), np.array([HOURS], float))
    assert told.rho[0] == pytest.approx(-29 / 165)


def test_alike_figures_share_their_ranks_as_scipy_has_it():
    first, second = np.array([[1, 2, 2, 3, 5, 5, 5, 8.0]]), np.array([[2, 1, 4, 4, 3, 9, 9, 7.0]])
    assert correlate(first, second).rho[0] == pytest.approx(spearmanr(first[0], second[0]).statistic)


def test_a_course_that_never_moves_says_nothing():
    assert np.isnan(correlate(np.ones((1, 30)), np.arange(30.0)[None, :]).rho[0])


def test_the_interval_is_fishers():
    told = correlate(np.array([IQ], float), np.array([HOURS], float))
    reach, middle = 1.959964 * np.sqrt(1.06 / (told.effective[0] - 3)), np.arctanh(-29 / 165)
    limits = np.array(told.interval())[:, 0]
    assert np.arctanh(limits) == pytest.approx([middle - reach, middle + reach])


def autocorrelated(rng: np.random.Generator, phi: float, pairs: int, periods: int) -> Floats:
    steps = rng.normal(0, 1, (pairs, periods + 30))
    for period in range(1, periods + 30):
        steps[:, period] += phi * steps[:, period - 1]
    return steps[:, 30:]


@pytest.mark.parametrize("phi", [0.0, 0.4, 0.7])
def test_of_courses_that_resemble_their_past_alone_one_in_twenty_seems_related(phi):
    rng = np.random.default_rng(7)
    told = correlate(*(autocorrelated(rng, phi, 20_000, 40) for _ in range(2)))
    seeming = (2 * np.fmin(told.above(), told.above(-1.0)) <= 0.05).mean()
    assert seeming <= {0.0: 0.055, 0.4: 0.065, 0.7: 0.085}[phi]


def test_without_the_allowance_more_than_one_in_five_would():
    rng = np.random.default_rng(7)
    first, second = (autocorrelated(rng, 0.7, 2000, 40) for _ in range(2))
    naive = np.mean([spearmanr(a, b).pvalue <= 0.05 for a, b in zip(first, second, strict=True)])
    assert naive > 0.2
