"""Divergence: a function's KPI is on target or improving while an outcome it serves is off target or worsening.

Two ways to be a finding. LEVEL, the standing one: the KPI holds its target while the outcome lies off its own by more
than chance and by at least the smallest change that matters. TREND, the new one: the outcome has worsened by that
much against its own past, while the KPI holds and the outcome is off target (or has none), or while the KPI improves:
two movements are answered by two movements, and the larger p-value counts. A trend is told from the period and the
two before it against the same period last year or the mean of the past, and from the last one to six periods pooled
(`pooled`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Ints, Side, Verdict
from metrics.detection.claims import Claim, Claims, bad_run, claim, leant_on, reaches
from metrics.detection.control import LIMIT_ALPHA, ZONE, persistent_p
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.pooled import Against, Pooled, against
from metrics.detection.showing import Showing, Showings
from metrics.detection.statistics.expectation import Expectation, expect

LOOKS = 2.0
"""What p is multiplied with for having looked at the level and twice for a trend; the three overlap."""
OUTCOMES = 512
"""Outcomes judged at a time: with the pairs that share them, a block that stays in the processor's cache."""


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


Part = TypeVar("Part", Claim, Test)


@dataclass(frozen=True, slots=True)
class Served:
    """What outcomes show in one period, whoever serves them; one value an outcome, or one a pair.

    `level` and `trend` are asked of the outcome alone: what the KPI claims decides whether they may be.
    """

    claim: Claim
    level: Test
    trend: Test
    pooled: Pooled

    @classmethod
    def read(cls, outcome: Side, expected: Expectation, pooled: Pooled, one_is_enough: Bools, column: int) -> Self:
        """Hold outcomes against their targets and against their own past."""
        worsened = expected.worsened(outcome.direction, zone=ZONE)
        served = claim(outcome, worsened[:, -1], column)
        level = _level(outcome, expected, served, one_is_enough)
        trend = _trend(outcome, expected, worsened, served, one_is_enough)
        return cls(served, level, trend, pooled)

    def rows(self, chosen: Ints) -> Self:
        """The same for the pairs that these outcomes have."""
        claim, level, trend = _rows(self.claim, chosen), _rows(self.level, chosen), _rows(self.trend, chosen)
        return type(self)(claim, level, trend, self.pooled)


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs whose outcomes are judged together: `pairs` of the batch, and which row of `outcome` each has."""

    pairs: Ints
    which: Ints
    outcome: Side
    one_is_enough: Bools

    @classmethod
    def all_of(cls, batch: Batch) -> Iterator[Self]:
        """All pairs of a batch, those of an outcome in one group."""
        wanted, which = np.unique(batch.outcome_of, return_inverse=True)
        order = np.argsort(which, kind="stable")
        ends = np.searchsorted(which[order], np.arange(0, len(wanted) + OUTCOMES, OUTCOMES))
        for begin, (first, last) in zip(range(0, len(wanted), OUTCOMES), pairwise(ends), strict=False):
            pairs = order[first:last]
            outcomes = wanted[begin : begin + OUTCOMES]
            one_is_enough = np.ones(len(outcomes), bool)
            one_is_enough[which[pairs] - begin] = batch.one_is_enough[pairs]
            yield cls(pairs, which[pairs] - begin, batch.outcome.rows(outcomes), one_is_enough)


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask; the family of all pairs is counted afterwards, as `control` says.

    What a series shows by itself is worked out once, however many pairs it is part of.
    """
    answer = Judgements.empty(batch)
    seasons = batch.seasons
    for season in seasons:
        pairs = np.flatnonzero(batch.season == season)
        _judge_alike(answer, pairs, batch if len(seasons) == 1 else batch.rows(pairs), season)
    return answer


def _judge_alike(answer: Judgements, pairs: Ints, batch: Batch, season: int) -> None:
    """Judge a batch of one season length; `pairs` are its places in the answer."""
    columns = answer.columns
    leaning = columns, batch.lag, batch.kpi_of
    claims = Claims.of(batch.kpi, leant_on(*leaning, at_once=True), season)
    showings = Showings.of(batch.kpi, leant_on(*leaning, at_once=False), season)
    for group in Group.all_of(batch):
        lag, kpi = batch.lag[group.pairs], batch.kpi_of[group.pairs]
        for position, column in enumerate(columns.tolist()):
            judged = batch.judge[group.pairs, column]
            if judged.any():
                made = Made(claims.over(column, lag, kpi), showings.over(column, lag, kpi))
                cells = _judge_column(group, made, column, season, in_full=batch.in_full)
                answer.write(pairs[group.pairs], position, judged, cells)


@dataclass(frozen=True, slots=True)
class Made:
    """What KPIs claim of a period, by the period alone and by the run of periods up to it."""

    claim: Claim
    showing: Showing


def _judge_column(group: Group, made: Made, column: int, season: int, *, in_full: bool) -> dict[str, NDArray]:
    expected = expect(group.outcome, column, season)
    pooled = Pooled.of(group.outcome, column, season, group.one_is_enough)
    served = Served.read(group.outcome, expected, pooled, group.one_is_enough, column).rows(group.which)
    claimed = made.claim
    level, trend = _level_asked(served, claimed), _trend_asked(served, claimed)
    together = against(pooled, group.which, made.showing, served.claim, claimed)
    p = np.where(served.claim.readable & claimed.readable, _joint_p(level, trend, together), np.nan)
    basis = np.where(p <= LIMIT_ALPHA, _basis(level, trend, together), Basis.NONE)
    stands = (basis & Basis.LEVEL > 0) | ((basis == Basis.NONE) & served.claim.off_target)
    over = ~stands & (together.p < np.where(trend.eligible, trend.p, 1.0))
    cells = {
        "verdict": _verdict(claimed, served, level, trend, together, p),
        "p": p,
        "effect": np.select([stands, over], [level.effect, together.at(served.pooled.effect)], trend.effect),
    }
    if not in_full:
        return cells
    figures = {"basis": basis, "kpi_value": claimed.value, "value": served.claim.value}
    return (
        cells | figures | _evidence(group, expected, stands, column) | _window(served, together, over, expected, group)
    )


def _evidence(group: Group, expected: Expectation, stands: Bools, column: int) -> dict[str, NDArray]:
    outcome, which = group.outcome, group.which
    baseline, reach = expected.baseline()[which], expected.reach()[which]
    reference = np.where(stands, outcome.target[which], baseline)
    return {
        "size": outcome.sizes_at(column)[which],
        "reference": reference,
        "baseline": baseline,
        "lower": baseline - reach,
        "upper": baseline + reach,
        "dispersion": expected.sigma[which],
        "history": expected.history[which],
        "run": bad_run(outcome.rows(which), column, reference),
        "seasonal": expected.seasonal[which],
    }


def _window(served: Served, together: Against, over: Bools, expected: Expectation, group: Group) -> dict[str, NDArray]:
    """The figures of the window that told a trend, in place of those of the judged period alone."""
    pooled, which = served.pooled, group.which
    baseline, reach = expected.baseline()[which], expected.reach()[which]
    pooled_baseline, pooled_reach = together.at(pooled.expected), 3 * together.at(pooled.error)
    baseline, reach = np.where(over, pooled_baseline, baseline), np.where(over, pooled_reach, reach)
    return {
        "baseline": baseline,
        "lower": baseline - reach,
        "upper": baseline + reach,
        "window": np.where(over, together.window, 1),
        "average": np.where(over, together.at(pooled.mean), served.claim.value),
        "joined": np.where(over, together.joined, np.nan),
        "seasonal": expected.seasonal[which] & ~over,
    }


def _level(outcome: Side, expected: Expectation, served: Claim, one_is_enough: Bools) -> Test:
    alone = expected.beyond(outcome.target, -outcome.direction, zone=ZONE)
    p, repeated = persistent_p(alone, one_is_enough)
    effect = outcome.direction * (outcome.target - served.value)
    testable = ~np.isnan(outcome.target) & expected.bounded()
    matters = served.off_target & reaches(effect, outcome.min_effect)
    return Test(testable, matters, effect, alone[:, -1], p, repeated)


def _trend(outcome: Side, expected: Expectation, worsened: Floats, served: Claim, one_is_enough: Bools) -> Test:
    p, repeated = persistent_p(worsened, one_is_enough)
    effect = outcome.direction * (expected.baseline() - served.value)
    matters = (effect > 0) & reaches(effect, outcome.min_effect)
    return Test(~np.isnan(worsened[:, -1]), matters, effect, worsened[:, -1], p, repeated)


def _rows(part: Part, chosen: Ints) -> Part:
    return type(part)(*(getattr(part, name)[chosen] for name in part.__match_args__))


def _level_asked(served: Served, claimed: Claim) -> Test:
    return replace(served.level, testable=served.level.testable & claimed.holds)


def _trend_asked(served: Served, claimed: Claim) -> Test:
    alone, holds, improving = served.trend, claimed.holds, claimed.improving
    standing = holds & ~served.claim.on_target
    return replace(
        alone,
        testable=alone.testable & (holds | improving),
        matters=alone.matters & (standing | improving),
        p=np.where(standing, alone.p, np.maximum(alone.p, claimed.p_better)),
    )


def _joint_p(level: Test, trend: Test, together: Against) -> Floats:
    """The smallest p of the ways open to the pair, times the looks; 1 where none matters, NaN where not asked."""
    ways = np.minimum(np.where(level.eligible, level.p, 1.0), np.where(trend.eligible, trend.p, 1.0))
    smallest = np.minimum(ways, np.where(together.asked, together.p, 1.0))
    asked = level.testable | trend.testable | together.asked
    return np.where(asked, np.minimum(1.0, LOOKS * smallest), np.nan)


def _basis(level: Test, trend: Test, together: Against) -> NDArray[np.uint8]:
    stands, moved = (test.eligible & (LOOKS * test.p <= LIMIT_ALPHA) for test in (level, trend))
    moved |= together.asked & (LOOKS * together.p <= LIMIT_ALPHA)
    return (Basis.LEVEL * stands + Basis.TREND * moved).astype(np.uint8)


def _verdict(
    claimed: Claim, served: Served, level: Test, trend: Test, together: Against, p: Floats
) -> NDArray[np.int64]:
    """The first of these that is true, in the order in which a reader would ask."""
    asked, outcome = level.testable | trend.testable | together.claims, served.claim
    suffers = outcome.off_target | outcome.worsening
    sudden = np.fmin(level.alone, trend.alone) <= LIMIT_ALPHA / 2
    untold = np.isnan(level.p) | (claimed.holds & ~served.level.testable)
    unjudged = untold & ~outcome.on_target & np.isnan(trend.alone)
    matters = level.eligible | trend.eligible | (together.p < 1)
    conditions = [
        (claimed.missing | outcome.missing, Verdict.MISSING),
        (claimed.small | outcome.small, Verdict.TOO_SMALL),
        (~asked & unjudged, Verdict.NO_BASELINE),
        (~asked & suffers, Verdict.CONCORDANT),
        (~asked, Verdict.QUIET),
        (p <= LIMIT_ALPHA, Verdict.FLAG),
        (~(outcome.off_target | (trend.effect > 0)), Verdict.QUIET),
        (~matters, Verdict.BELOW_MINIMUM_EFFECT),
        (sudden & ~(np.fmin(level.repeated, trend.repeated) <= LIMIT_ALPHA), Verdict.NOT_PERSISTENT),
    ]
    return first_true(conditions, Verdict.WITHIN_NOISE)
