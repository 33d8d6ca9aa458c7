"""Inconsistency: one measure differs between channels, regions or teams beyond what chance explains.

Each segment is held against the rest of its whole (so that it is not compared with itself), over the last twelve
periods together, as on a funnel plot (D. J. Spiegelhalter, "Funnel plots for comparing institutional performance",
Statistics in Medicine 24 (2005)): what chance carries a gap to is counted from both sizes and widened by how far the
gaps really move from period to period. Differences of proportions have R. G. Newcombe's interval (Statistics in
Medicine 17 (1998) 873, method 10), counts with a denominator are compared as rates, exactly, given their sum.

A finding is a standing one: three quarters of the periods must agree, the judged one and both halves of the time among
them, and the gap must be the smallest that matters, or three σ of a single period where the definition names none. Only
worse is a finding: where one segment does better it is the others who answer for it, each judged for itself, and there
is nothing to decide about one that does well.

Where no link says that segments are to be alike, more is asked, for of many branches some always stand apart, and a
league table contradicts nobody: the gap must be three σ of a single period at least, the segment off target, over the
time as in the judged period, and no detail of its whole.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Basis, Batch, Bools, Floats, Verdict
from metrics.detection.claims import reaches
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.gaps import Pooled
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.parts import Apart, comparable, falls_behind, is_detail
from metrics.detection.statistics import rows
from metrics.detection.targets import misses

WINDOW = 12
"""Periods taken together."""
FEWEST = 6
"""Periods needed before anything is said to stand."""
AGREE = 0.75
"""Share of the periods that must show the same."""


def judge(batch: Batch) -> Judgements:
    """Judge every cell of a batch's mask: the `kpi` side is the whole, the `outcome` side the segment in it."""
    answer = Judgements.empty(batch)
    for pairs, block in batch.blocks():
        for position, column in enumerate(answer.columns.tolist()):
            judged = block.judge[:, column]
            if judged.any():
                answer.write(pairs, position, judged, _judge_column(block, column))
    return answer


@dataclass(frozen=True, slots=True)
class Gap:
    """What sets segments apart, one value a pair that was asked; `p` is 1 where it does not matter or does not last."""

    p: Floats
    chance: Floats
    matters: Floats
    part: Floats
    rest: Floats
    gap: Floats
    error: Floats
    sigma: Floats
    agreeing: Floats

    @classmethod
    def of(cls, block: Batch, column: int) -> Self:
        """Pool the window of a block's pairs."""
        part = block.outcome
        apart = Apart.of(block.kpi, part, column, window=WINDOW)
        pooled = Pooled.of(apart, part)
        fails = misses(pooled.part, part.target, part.direction, part.decimals) | ~block.of_parent
        matters = (pooled.gap > 0) & reaches(pooled.gap, _least(block, pooled)) & fails
        lasting = pooled.halves & (pooled.agreeing >= AGREE * pooled.periods)
        chance = pooled.chance(part)
        p = np.where(matters & lasting & pooled.apart_by_interval(part), chance, 1.0)
        return cls(p, chance, matters.astype(float), pooled.part, pooled.rest, pooled.gap, pooled.error, pooled.sigma,
                   pooled.agreeing)  # fmt: skip

    def among(self, asked: Bools) -> Self:
        """The same with a place for every pair, empty where it was not asked."""
        return type(self)(*(rows.placed(getattr(self, name), asked) for name in self.__match_args__))


def _least(block: Batch, pooled: Pooled) -> Floats:
    """The smallest gap that matters: where nobody declared the comparison, three σ of a period's gap at least."""
    stated = block.outcome.min_effect
    return np.where(block.of_parent | np.isnan(stated), np.fmax(stated, pooled.single), stated)


def _judge_column(block: Batch, column: int) -> dict[str, NDArray]:
    part, whole = block.outcome, block.kpi
    value, size = part.values[:, column], part.sizes_at(column)
    periods = _periods(block, column)
    refused = [
        (np.isnan(value) | np.isnan(whole.values[:, column]), Verdict.MISSING),
        (~comparable(whole, part, column), Verdict.NOTHING_STATED),
        (size < part.reliable_from, Verdict.TOO_SMALL),
        (block.of_parent & is_detail(whole, part, column), Verdict.A_DETAIL),
        (periods < FEWEST, Verdict.NO_BASELINE),
    ]
    asked = ~np.any([each for each, _ in refused], axis=0)
    off = misses(value, part.target, part.direction, part.decimals) | ~block.of_parent
    tested = asked & off & falls_behind(whole, part, column)
    gap = Gap.of(block.rows(np.flatnonzero(tested)), column).among(tested)
    p = np.where(asked, np.where(tested, gap.p, 1.0), np.nan)
    conditions = [
        *refused,
        (p <= LIMIT_ALPHA, Verdict.FLAG),
        (~(gap.gap > 0), Verdict.QUIET),
        (gap.matters == 0, Verdict.BELOW_MINIMUM_EFFECT),
        (gap.chance <= LIMIT_ALPHA, Verdict.NOT_PERSISTENT),
    ]
    cells = {"verdict": first_true(conditions, Verdict.WITHIN_NOISE), "p": p, "effect": gap.gap}
    if not block.in_full:
        return cells
    return cells | {
        "basis": np.where(p <= LIMIT_ALPHA, Basis.LEVEL, Basis.NONE),
        "kpi_value": whole.values[:, column],
        "value": np.where(tested, gap.part, value),
        "size": size,
        "reference": gap.rest,
        "baseline": gap.rest,
        "lower": gap.rest - 3 * gap.error,
        "upper": gap.rest + 3 * gap.error,
        "dispersion": gap.sigma,
        "history": periods,
        "run": gap.agreeing,
        "seasonal": np.zeros(len(value), bool),
    }


def _periods(block: Batch, column: int) -> Floats:
    """In how many periods of the window both have a figure."""
    window = slice(max(0, column + 1 - WINDOW), column + 1)
    return rows.count(~np.isnan(block.outcome.values[:, window] + block.kpi.values[:, window]))
