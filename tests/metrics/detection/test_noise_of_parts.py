"""Figures in which nothing happens, for kinds of parts, gaming and promises: no more findings than is promised."""

import numpy as np
import pytest

from metrics.detection import gaming, inconsistency, mix, overcommitment
from metrics.detection.batch import Batch, Floats, Side, Unit
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.judgements import Judgements

PAIRS, PERIODS = 3000, 50
PERIOD = pytest.mark.parametrize("period", [8, 14, 49])
DISPERSION = pytest.mark.parametrize("rho", [0.0, 0.002, 0.01])
"""Over-dispersion of a share: from none to four times what four hundred cases have by chance."""


def cases(rng: np.random.Generator, sizes: Floats, rho: float, share: float = 0.3) -> Floats:
    shares = rng.beta(share * (1 / rho - 1), (1 - share) * (1 / rho - 1), sizes.shape) if rho else share
    return rng.binomial(sizes.astype(int), shares).astype(float)


def part_of_a_whole(rho: float, seed: int, **given: float) -> tuple[Side, Side]:
    """A fifth of a whole, of which less is better; both are one."""
    rng = np.random.default_rng(seed)
    sizes, others = (rng.poisson(mean, (PAIRS, PERIODS)).astype(float) for mean in (400, 1600))
    ours, rest = cases(rng, sizes, rho), cases(rng, others, rho)
    whole = Side.of((ours + rest) / (sizes + others), sizes + others, direction=-1.0, target=0.35)
    return whole, Side.of(ours / sizes, sizes, direction=-1.0, **given)


def is_as_promised(answer: Judgements) -> bool:
    allowed = LIMIT_ALPHA * PAIRS
    return bool(answer.flagged.sum() <= allowed + 3 * np.sqrt(allowed))


@PERIOD
@DISPERSION
@pytest.mark.parametrize("of_parent", [False, True])
def test_parts_that_are_as_their_whole_are_hidden_by_nothing(rho, period, of_parent):
    whole, part = part_of_a_whole(rho, period, target=0.29, min_effect=0.0)
    assert is_as_promised(mix.judge(Batch.of(whole, part, np.array([period]), of_parent=of_parent)))


@PERIOD
@DISPERSION
def test_segments_that_are_alike_do_not_differ(rho, period):
    whole, part = part_of_a_whole(rho, period, min_effect=0.0)
    assert is_as_promised(inconsistency.judge(Batch.of(whole, part, np.array([period]))))


@PERIOD
@DISPERSION
def test_a_kpi_and_a_guard_that_have_nothing_to_do_with_each_other_are_no_gaming(rho, period):
    guard, kpi = part_of_a_whole(rho, period, target=0.31)
    assert is_as_promised(gaming.judge(Batch.of(kpi, guard, np.array([period]))))


@PERIOD
@pytest.mark.parametrize("lag", [0, 2])
def test_what_is_promised_as_it_can_be_kept_is_not_too_much(period, lag):
    rng = np.random.default_rng(period)
    due, kept = (Side.of(rng.poisson(100, (PAIRS, PERIODS)), unit=int(Unit.COUNT)) for _ in range(2))
    told = {"lag": lag, "shares_unit": True, "tolerance": 0.0}
    assert is_as_promised(overcommitment.judge(Batch.of(due, kept, np.array([period]), **told)))
