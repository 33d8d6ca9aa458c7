import numpy as np

from benchmarks.organisation import TINY, Organisation
from benchmarks.report import Measured


def test_the_same_seed_gives_the_same_figures():
    once, again, other = (Organisation(TINY, seed).figures for seed in (1, 1, 2))

    assert all(np.array_equal(*pair, equal_nan=True) for pair in zip(once, again, strict=True))
    assert not np.array_equal(once[0], other[0])


def test_a_goal_missed_is_told():
    assert str(Measured("assessment", 2.5, "≤ 2")) == "assessment | 2.5 | ≤ 2 | NO"
    assert Measured("ingest", 0.6, "≥ 0.6").holds
    assert Measured("rows a second", 75_000).holds
