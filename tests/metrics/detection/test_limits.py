from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.detection.statistics.limits import Kind, natural, p_prime, u_prime, xmr

FLOWRATE = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, Individuals control charts."""


def test_the_individuals_chart_of_the_nist_handbook():
    limits = xmr(FLOWRATE)
    assert limits.centre == pytest.approx(50.81)
    assert limits.upper[0] == pytest.approx(55.8041, abs=0.001)
    assert limits.lower[0] == pytest.approx(45.8159, abs=0.001)
    assert limits.provisional


def test_one_large_range_is_screened_out_and_named():
    values = np.r_[np.tile([10.0, 11.0], 8), 40.0, np.tile([40.0, 41.0], 2)]
    limits = xmr(values)
    assert np.flatnonzero(limits.screened).tolist() == [16]
    assert limits.upper[0] - limits.centre == pytest.approx(2.66 * 18 / 19)


def test_a_gap_makes_no_range():
    with_gap = np.array([1.0, 2.0, np.nan, 9.0, 10.0])
    assert xmr(with_gap).upper[0] - xmr(with_gap).centre == pytest.approx(2.66)


def test_fewer_than_two_figures_in_a_row_give_no_limits():
    assert np.isnan(xmr(np.array([1.0, np.nan, 3.0])).upper).all()


def test_p_prime_is_the_p_chart_where_chance_is_all_there_is():
    sizes = np.full(400, 500.0)
    found = np.random.default_rng(4).binomial(500, 0.2, 400).astype(float)
    limits = p_prime(found, sizes)
    reach = 3 * np.sqrt(limits.centre * (1 - limits.centre) / 500)
    assert limits.upper[0] - limits.centre == pytest.approx(reach, rel=0.1)


def test_p_prime_widens_with_what_figures_really_do():
    sizes = np.full(40, 100_000.0)
    found = sizes * np.tile([0.18, 0.22], 20)
    limits = p_prime(found, sizes)
    assert limits.upper[0] > 0.22
    assert limits.lower[0] < 0.18


def test_p_prime_ends_where_a_proportion_does():
    few, small = np.array([0.0, 1.0, 0.0, 1.0] * 4), np.full(16, 5.0)
    assert (p_prime(few, small).lower == 0).all()
    assert (p_prime(small - few, small).upper == 1).all()


def test_u_prime_is_the_u_chart_where_chance_is_all_there_is():
    exposures = np.random.default_rng(5).uniform(200, 600, 400)
    found = np.random.default_rng(6).poisson(exposures * 0.05).astype(float)
    limits = u_prime(found, exposures)
    assert limits.centre == pytest.approx(found.sum() / exposures.sum())
    assert limits.upper[7] - limits.centre == pytest.approx(3 * np.sqrt(limits.centre / exposures[7]), rel=0.1)


def test_u_prime_widens_with_what_figures_really_do_and_ends_at_nothing():
    exposures = np.full(40, 10_000.0)
    limits = u_prime(exposures * np.tile([0.01, 0.05], 20), exposures)
    assert limits.upper[0] > 0.05
    assert limits.lower[0] == 0


@pytest.mark.parametrize(("kind", "limits"), [(Kind.PROPORTION, p_prime), (Kind.RATE, u_prime)])
def test_proportions_and_rates_have_limits_for_their_sizes_only_where_all_are_known(kind, limits):
    values, sizes = np.tile([0.2, 0.24], 10), np.full(20, 500.0)
    assert natural(values, sizes, kind).centre == pytest.approx(0.22)
    assert (natural(values, sizes, kind).upper == limits(values * sizes, sizes).upper).all()
    assert (natural(values, sizes, Kind.MEAN).upper == xmr(values).upper).all()
    sizes[4] = np.nan
    assert (natural(values, sizes, kind).upper == xmr(values).upper).all()


@pytest.mark.parametrize("values", [np.tile([-0.1, 0.2], 10), np.zeros(20)])
def test_what_falls_below_nothing_or_never_happens_is_no_rate(values):
    assert (natural(values, np.full(20, 500.0), Kind.RATE).upper == xmr(values).upper).all()


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=3, max_size=40))
def test_limits_are_those_of_a_slow_and_obvious_version(figures):
    values = np.array([np.nan if figure is None else figure for figure in figures])
    ranges = [abs(b - a) for a, b in pairwise(figures) if a is not None and b is not None]
    limits = xmr(values)
    if not ranges:
        assert np.isnan(limits.upper).all()
        return
    mean = sum(ranges) / len(ranges)
    kept = [one for one in ranges if one <= 3.268 * mean]
    present = [figure for figure in figures if figure is not None]
    expected = sum(present) / len(present) + 2.66 * sum(kept) / len(kept)
    assert limits.upper[0] == pytest.approx(expected, rel=1e-9, abs=1e-6)
