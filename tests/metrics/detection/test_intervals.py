from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binom, binomtest

from metrics.detection.statistics.intervals import newcombe, rates_differ, wilson


@pytest.mark.parametrize(
    ("found", "of", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_score_intervals_that_newcombe_published(found, of, lower, upper):
    """R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Stat. Med. 17 (1998), table I."""
    assert [float(end) for end in wilson(found, of)] == pytest.approx([lower, upper], abs=5e-5)


@pytest.mark.parametrize(
    ("first", "other", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_the_differences_that_newcombe_published(first, other, lower, upper):
    """R. G. Newcombe, Stat. Med. 17 (1998) 873, table II, method 10."""
    assert [float(end) for end in newcombe(*first, *other)] == pytest.approx([lower, upper], abs=5e-5)


@given(st.integers(0, 400), st.integers(1, 400), st.floats(0.5, 0.999), st.floats(1, 9))
def test_a_score_interval_ends_where_the_score_test_rejects(found, more, level, dispersion):
    of = found + more
    lower, upper = (float(end) for end in wilson(found, of, level=level, dispersion=dispersion))
    for end in (lower, upper):
        if 1e-9 < end < 1 - 1e-9:
            z = abs(found / of - end) / sqrt(end * (1 - end) * dispersion / of)
            assert z == pytest.approx(float(ndtri((1 + level) / 2)), rel=1e-6)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.1, 10))
def test_rates_differ_as_the_exact_binomial_test_says(ours, theirs, ratio):
    if ours + theirs == 0:
        assert rates_differ(0, ratio, 0, 1.0) == 1.0
        return
    share = ratio / (ratio + 1)
    for sign, alternative in ((1.0, "greater"), (-1.0, "less")):
        exact = binomtest(ours, ours + theirs, share, alternative=alternative).pvalue
        assert float(rates_differ(ours, ratio, theirs, 1.0, sign=sign)) == pytest.approx(exact, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(("share", "of"), [(0.02, 60), (0.1, 200), (0.5, 30)])
def test_a_score_interval_holds_the_truth_about_as_often_as_it_says(share, of):
    """Its mean coverage, over every number that can be found; Agresti and Coull, Am. Stat. 52 (1998)."""
    found = np.arange(of + 1)
    lower, upper = wilson(found, np.full(of + 1, of))
    held = binom.pmf(found, of, share)[(lower <= share) & (share <= upper)].sum()
    assert held == pytest.approx(0.95, abs=0.035)


def test_a_difference_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(2)
    first, other = rng.binomial(80, 0.3, 20_000), rng.binomial(150, 0.2, 20_000)
    lower, upper = newcombe(first, np.full(20_000, 80), other, np.full(20_000, 150))
    assert ((lower <= 0.1) & (upper >= 0.1)).mean() == pytest.approx(0.95, abs=0.01)
