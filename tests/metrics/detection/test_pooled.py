import numpy as np
import pytest

from metrics.detection.batch import Basis, Batch, Side, Unit, Verdict
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.divergence import judge
from metrics.detection.pooled import OWN
from metrics.detection.showing import shown
from tests.metrics.detection.cast import FOREVER, kpi, last_cell, outcome, same, steady

LONG = 4
PAIRS = 20_000


def slipping(by: float, *, months: int = LONG, wobble: float = 0.012, **given: float) -> Side:
    """An outcome that wobbles about 26 % and is `by` worse in its last months, its target too far off to matter."""
    values, sizes = steady(0.26, wobble=wobble)
    values[-months:] += by
    return outcome(values, sizes, **{"min_effect": np.nan, "target": 0.265} | given)


def gaining(by: float, *, months: int = LONG, **given: float) -> Side:
    values, sizes = steady(0.5, wobble=0.012)
    values[-months:] += by
    return kpi(values, sizes, **{"target": np.nan} | given)


def test_months_that_slip_together_are_a_finding_where_each_alone_is_none():
    alone = last_cell("divergence", kpi(*steady(0.85)), slipping(0.03, months=1))
    together = last_cell("divergence", kpi(*steady(0.85)), slipping(0.03))
    assert alone.verdict != Verdict.FLAG
    assert (together.verdict, together.basis) == (Verdict.FLAG, Basis.TREND)
    assert together.window == LONG
    assert together.average == pytest.approx(0.29, abs=0.003)
    assert together.lower < together.baseline < together.average
    assert together.effect == pytest.approx(together.average - together.baseline)


def test_a_claim_holds_over_the_months_whose_mean_is_on_target():
    values, sizes = steady(0.79, wobble=0.001)
    values[-2:] = [0.795, 0.806]
    holds = shown(kpi(values, sizes), FOREVER - 1, 12).holds[0]
    assert holds.tolist() == [True, True, False, False, False, False]


def test_a_kpi_without_target_claims_by_improving_over_the_same_months():
    standing, improving = (last_cell("divergence", gaining(by), slipping(0.03)) for by in (0.0, 0.05))
    assert standing.verdict != Verdict.FLAG
    assert improving.verdict == Verdict.FLAG


def test_the_kpis_improvement_is_counted_with_what_the_outcome_shows_and_told():
    weaker = slipping(0.022)
    counted = last_cell("divergence", gaining(0.06), weaker)
    alone = last_cell("divergence", gaining(0.02), weaker)
    assert counted.p < alone.p
    assert counted.joined < 0.001


def test_what_was_as_bad_a_year_ago_is_the_season():
    values, sizes = steady(0.26, wobble=0.012)
    for year in (1, 2, 3):
        values[-12 * year - LONG : FOREVER - 12 * year] += 0.06
    values[-LONG:] += 0.06
    seasonal = outcome(values, sizes, target=np.nan, min_effect=np.nan)
    assert last_cell("divergence", kpi(*steady(0.85)), seasonal).verdict != Verdict.FLAG


def test_an_outcome_that_stands_still_is_no_finding_however_its_kpi_improves():
    """The outcome's own chance stays below OWN: of outcomes in which nothing happens no more are struck."""
    rng = np.random.default_rng(4)
    better = rng.normal(50, 2, (PAIRS, 40))
    better[:, -6:] += 8
    side = {"unit": int(Unit.MEAN)}
    still = Side.of(rng.normal(50, 2, (PAIRS, 40)), direction=-1.0, **side)
    answer = judge(Batch.of(Side.of(better, direction=1.0, **side), still, np.array([39])))
    assert answer.flagged.mean() <= OWN


@pytest.mark.parametrize("period", [20, 39])
def test_movements_of_both_by_chance_are_a_finding_no_more_often_than_is_promised(period):
    rng = np.random.default_rng(period)
    ours, theirs = (Side.of(rng.normal(50, 2, (PAIRS, 40)), direction=sign, unit=int(Unit.MEAN)) for sign in (1, -1))
    answer = judge(Batch.of(ours, theirs, np.array([period])))
    allowed = LIMIT_ALPHA * PAIRS
    assert answer.flagged.sum() <= allowed + 3 * np.sqrt(allowed)


def test_a_pair_is_pooled_alone_as_among_others():
    rng = np.random.default_rng(6)
    sides = [Side.of(rng.normal(50, 2, (500, 40)), direction=sign, unit=1, target=51.0) for sign in (1, -1)]
    batch = Batch.of(*sides, lag=rng.integers(0, 4, 500))
    together = judge(batch)
    for pair in (0, 123, 499):
        assert same(together, judge(batch.rows(np.array([pair]))), pair, 0)
