"""Divergence: a function's KPI is on target or improving while an outcome it serves is off target or worsening.

Two ways to be a finding. LEVEL, the standing one: the KPI holds its target while the outcome lies off its own by more
than chance and by at least the smallest change that matters. TREND, the new one: the outcome has worsened by that
much against its own past, while the KPI holds and the outcome is off target (or has none), or while the KPI improves:
two movements are answered by two movements, and the larger p-value counts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Side, Verdict
from metrics.detection.claims import Claim, bad_run, claim, lagged_claim, reaches
from metrics.detection.control import LIMIT_ALPHA, persistent_p
from metrics.detection.expectation import Expectation, expect
from metrics.detection.judgements import Judgements, first_true


@dataclass(frozen=True, slots=True)
class Test:
    """One way to be a finding: whom it may be asked of, whether the effect matters, and the p-values it gave."""

    testable: Bools
    matters: Bools
    effect: Floats
    alone: Floats
    p: Floats
    repeated: Floats

    @property
    def eligible(self) -> Bools:
        """Asked, and large enough to matter."""
        return self.testable & self.matters


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask; the family of all pairs is counted afterwards, by `control.decide`."""
    answer = Judgements.empty(batch)
    for pairs, block in batch.blocks():
        made = block.kpi.delayed(block.lag)
        for position, column in enumerate(answer.columns.tolist()):
            judged = block.judge[:, column]
            if judged.any():
                answer.write(pairs, position, judged, _judge_column(block, made, column))
    return answer


def _judge_column(block: Batch, made: Side, column: int) -> dict[str, NDArray]:
    season, outcome = int(block.season[0]), block.outcome
    expected = expect(outcome, column, season)
    worsened = expected.worsened(outcome.direction)
    claimed = lagged_claim(made, block.kpi, column, season)
    served = claim(outcome, worsened[:, -1], column)
    level = _level(block, expected, claimed, served)
    trend = _trend(block, worsened, expected.baseline(), claimed, served)
    looks = 1.0 + ~np.isnan(outcome.target)
    p = np.where(served.readable & claimed.readable, _joint_p(level, trend, looks), np.nan)
    basis = np.where(p <= LIMIT_ALPHA, _basis(level, trend, looks), Basis.NONE)
    stands = (basis & Basis.LEVEL > 0) | ((basis == Basis.NONE) & served.off_target)
    baseline, reach = expected.baseline(), expected.reach()
    reference = np.where(stands, outcome.target, baseline)
    return {
        "verdict": _verdict(claimed, served, level, trend, p),
        "basis": basis,
        "p": p,
        "kpi_value": claimed.value,
        "value": served.value,
        "size": outcome.sizes_at(column),
        "reference": reference,
        "effect": np.where(stands, level.effect, trend.effect),
        "baseline": baseline,
        "lower": baseline - reach,
        "upper": baseline + reach,
        "dispersion": expected.sigma,
        "history": expected.history,
        "run": bad_run(outcome, column, reference),
        "seasonal": expected.seasonal,
    }


def _level(block: Batch, expected: Expectation, claimed: Claim, served: Claim) -> Test:
    outcome = block.outcome
    alone = expected.beyond(outcome.target, -outcome.direction)
    p, repeated = persistent_p(alone, block.one_is_enough)
    effect = outcome.direction * (outcome.target - served.value)
    testable = claimed.holds & ~np.isnan(outcome.target) & (expected.known() | expected.proportion)
    matters = served.off_target & reaches(effect, outcome.min_effect)
    return Test(testable, matters, effect, alone[:, -1], p, repeated)


def _trend(block: Batch, worsened: Floats, baseline: Floats, claimed: Claim, served: Claim) -> Test:
    outcome = block.outcome
    p, repeated = persistent_p(worsened, block.one_is_enough)
    standing = claimed.holds & ~served.on_target
    answered = np.where(standing, p, np.maximum(p, claimed.p_better))
    effect = outcome.direction * (baseline - served.value)
    testable = (claimed.holds | claimed.improving) & ~np.isnan(worsened[:, -1])
    matters = (standing | claimed.improving) & (effect > 0) & reaches(effect, outcome.min_effect)
    return Test(testable, matters, effect, worsened[:, -1], answered, repeated)


def _joint_p(level: Test, trend: Test, looks: Floats) -> Floats:
    """The smaller p of the ways open to the pair, times their number; 1 where none matters, NaN where not asked."""
    smaller = np.minimum(np.where(level.eligible, level.p, 1.0), np.where(trend.eligible, trend.p, 1.0))
    return np.where(level.testable | trend.testable, np.minimum(1.0, looks * smaller), np.nan)


def _basis(level: Test, trend: Test, looks: Floats) -> NDArray[np.uint8]:
    found = [test.eligible & (looks * test.p <= LIMIT_ALPHA) for test in (level, trend)]
    return (Basis.LEVEL * found[0] + Basis.TREND * found[1]).astype(np.uint8)


def _verdict(claimed: Claim, served: Claim, level: Test, trend: Test, p: Floats) -> NDArray[np.int64]:
    """The first of these that is true, in the order in which a reader would ask."""
    asked = level.testable | trend.testable
    suffers = served.off_target | served.worsening
    sudden = np.fmin(level.alone, trend.alone) <= LIMIT_ALPHA / 2
    unjudged = np.isnan(level.p) & ~served.on_target & np.isnan(trend.alone)
    conditions = [
        (claimed.missing | served.missing, Verdict.MISSING),
        (claimed.small | served.small, Verdict.TOO_SMALL),
        (~asked & unjudged, Verdict.NO_BASELINE),
        (~asked & suffers, Verdict.CONCORDANT),
        (~asked, Verdict.QUIET),
        (p <= LIMIT_ALPHA, Verdict.FLAG),
        (~(served.off_target | (trend.effect > 0)), Verdict.QUIET),
        (~(level.eligible | trend.eligible), Verdict.BELOW_MINIMUM_EFFECT),
        (sudden & ~(np.fmin(level.repeated, trend.repeated) <= LIMIT_ALPHA), Verdict.NOT_PERSISTENT),
    ]
    return first_true(conditions, Verdict.WITHIN_NOISE)
