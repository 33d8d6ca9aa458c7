import numpy as np
import pytest

from metrics.detection.claims import reaches


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1.0, 1e3, 1e9])
@pytest.mark.parametrize(
    ("value", "target", "least"), [(100_000.2, 100_000.1, 0.1), (0.85, 0.8, 0.05), (7.3, 7.1, 0.2)]
)
def test_an_effect_exactly_as_large_as_the_smallest_that_matters_reaches_it_in_whatever_unit(
    unit, value, target, least
):
    effect, least = np.array([value * unit - target * unit]), np.array([least * unit])
    assert reaches(effect, least)
    assert not reaches(0.999 * effect, least)


def test_where_none_is_named_every_effect_does():
    assert reaches(np.array([1e-20, -1.0]), np.full(2, np.nan)).all()
