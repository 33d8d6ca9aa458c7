from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.detection.targets import meets, misses, rounded


@pytest.mark.parametrize("direction", [1.0, -1.0])
@pytest.mark.parametrize("value", [0.3, 0.29999999999999993, 0.30000000000000004, 0.300049])
def test_equality_at_the_decimals_meets_a_target(value, direction):
    assert meets(np.array([value]), 0.3, direction, 4).all()
    assert not misses(np.array([value]), 0.3, direction, 4).any()


def test_the_last_stated_decimal_decides():
    assert misses(np.array([0.3001]), 0.3, -1.0, 4).all()
    assert meets(np.array([0.3001]), 0.3, -1.0, 3).all()


def test_a_missing_figure_or_target_neither_meets_nor_misses():
    for value, target in ((np.nan, 0.3), (0.3, np.nan)):
        assert not meets(np.array([value]), target, 1.0, 4).any()
        assert not misses(np.array([value]), target, 1.0, 4).any()


@given(st.decimals("-99999", "99999", places=6), st.integers(0, 4))
def test_figures_round_as_exact_decimals_do(figure, decimals):
    exact = figure.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN).scaleb(decimals)
    assert rounded(np.array([float(figure)]), decimals)[0] == float(exact)
