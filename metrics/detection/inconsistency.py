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
league table contradicts nobody: the gap must be three σ of a single period at least, the segment off target, and no
detail of its whole.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from metrics.detection import rows
from metrics.detection.batch import Basis, Batch, Bools, Floats, Side, Unit, Verdict
from metrics.detection.claims import reaches
from metrics.detection.control import LIMIT_ALPHA
from metrics.detection.intervals import newcombe, rates_differ
from metrics.detection.judgements import Judgements, first_true
from metrics.detection.parts import Apart, comparable, is_detail, spread_of
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
class Pooled:
    """Parts and rests over the window, one value a pair.

    `gap` is positive where the part is worse. For counts, part and rest are rates, and the gap is in cases a period.
    `periods` are known in both, `agreeing` of them worse; `halves` says that both halves of the time are.
    """

    part: Floats
    rest: Floats
    sizes: tuple[Floats, Floats]
    gap: Floats
    periods: Floats
    agreeing: Floats
    halves: Bools
    sigma: Floats
    error: Floats
    freedom: Floats
    single: Floats

    @classmethod
    def of(cls, apart: Apart, side: Side) -> Self:
        """Pool a window: proportions and rates by their cases, means by period."""
        known = ~np.isnan(apart.gap)
        weights = [rows.filled(np.where(apart.counted[:, None], size, 1.0), known) for size in apart.sizes]
        masses = [rows.total(weight) for weight in weights]
        with np.errstate(divide="ignore", invalid="ignore"):
            part, rest = (
                rows.total(weight * rows.filled(values, known)) / mass
                for weight, values, mass in zip(weights, (apart.part, apart.rest), masses, strict=True)
            )
            periods = rows.count(known)
            a_period = np.where(side.unit == Unit.COUNT, masses[0] / periods, 1.0)
            about = (apart.gap - rows.mean(apart.gap, known)[:, None]) / apart.chance
        spread = spread_of(about, apart, drifting=True)
        told = np.where(apart.counted, _chance_of(part, rest, masses, side), 1 / np.sqrt(np.maximum(periods, 1)))
        middle = apart.gap.shape[1] // 2
        halves = [rows.mean(apart.gap[:, half], known[:, half]) > 0 for half in (slice(middle), slice(middle, None))]
        return cls(
            part=part,
            rest=rest,
            sizes=(masses[0], masses[1]),
            gap=side.direction * (rest - part) * a_period,
            periods=periods,
            agreeing=rows.count(known & (apart.gap > 0)),
            halves=halves[0] & halves[1],
            sigma=spread.sigma,
            error=spread.sigma * told * a_period,
            freedom=spread.freedom,
            single=3 * spread.sigma * apart.chance[:, -1] * a_period,
        )

    def chance(self, side: Side) -> Floats:
        """One-sided p of a gap this wide; exact for counts, whose cases tell as much as fewer independent ones."""
        with np.errstate(divide="ignore", invalid="ignore"):
            p = stdtr(self.freedom, np.where(self.gap == 0, 0.0, -self.gap / self.error))
        counts = (side.unit == Unit.COUNT) & (self.gap > 0)
        if counts.any():
            p[counts] = self._rates(side, counts)
        return p

    def _rates(self, side: Side, chosen: Bools) -> Floats:
        dispersion = self.sigma[chosen] ** 2
        ours, theirs = (size[chosen] / dispersion for size in self.sizes)
        given = self.part[chosen] * ours, ours, self.rest[chosen] * theirs, theirs
        fewer = side.direction[chosen] > 0
        return np.where(fewer, rates_differ(*given, sign=-1.0), rates_differ(*given))

    def apart_by_interval(self, side: Side) -> Bools:
        """Whether Newcombe's interval of the difference excludes none; asked of proportions, where tails are short."""
        (ours, theirs), lower = self.sizes, side.direction > 0
        dispersion = np.where(side.unit == Unit.FRACTION, self.sigma**2, 1.0)
        told = self.part * ours, ours, self.rest * theirs, theirs
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = newcombe(*told, level=1 - 2 * LIMIT_ALPHA, dispersion=dispersion)
        return (side.unit != Unit.FRACTION) | np.isnan(ours) | np.where(lower, high < 0, low > 0)


def _chance_of(part: Floats, rest: Floats, masses: list[Floats], side: Side) -> Floats:
    """Standard error that counting gives a pooled gap, were part and rest one."""
    ours, theirs = masses
    with np.errstate(divide="ignore", invalid="ignore"):
        level = (part * ours + rest * theirs) / (ours + theirs)
        each = np.where(side.unit == Unit.FRACTION, np.clip(level * (1 - level), 0, None), level)
        return np.sqrt(each * (1 / ours + 1 / theirs))


def _least(block: Batch, pooled: Pooled) -> Floats:
    """The smallest gap that matters: where nobody declared the comparison, three σ of a period's gap at least."""
    stated = block.outcome.min_effect
    return np.where(block.of_parent | np.isnan(stated), np.fmax(stated, pooled.single), stated)


def _judge_column(block: Batch, column: int) -> dict[str, NDArray]:
    part, whole = block.outcome, block.kpi
    apart = Apart.of(whole, part, column, reach=WINDOW)
    pooled = Pooled.of(apart, part)
    value, size = part.values[:, column], part.sizes_at(column)
    missing, small = np.isnan(apart.gap[:, -1]), size < part.reliable_from
    detail = block.of_parent & is_detail(whole, part, column)
    asked = comparable(whole, part, column) & ~missing & ~small & ~detail & (pooled.periods >= FEWEST)
    fails = misses(pooled.part, part.target, part.direction, part.decimals) | ~block.of_parent
    matters = (pooled.gap > 0) & reaches(pooled.gap, _least(block, pooled)) & fails
    lasting = pooled.halves & (apart.gap[:, -1] > 0) & (pooled.agreeing >= AGREE * pooled.periods)
    chance = np.where(asked, pooled.chance(part), np.nan)
    p = np.where(matters & lasting & pooled.apart_by_interval(part), chance, np.where(asked, 1.0, np.nan))
    conditions = [
        (np.isnan(value) | np.isnan(whole.values[:, column]), Verdict.MISSING),
        (~comparable(whole, part, column), Verdict.NOTHING_STATED),
        (small, Verdict.TOO_SMALL),
        (detail, Verdict.A_DETAIL),
        (~asked, Verdict.NO_BASELINE),
        (p <= LIMIT_ALPHA, Verdict.FLAG),
        (~(pooled.gap > 0) | ~fails, Verdict.QUIET),
        (~matters, Verdict.BELOW_MINIMUM_EFFECT),
        ((chance <= LIMIT_ALPHA) & ~lasting, Verdict.NOT_PERSISTENT),
    ]
    return {
        "verdict": first_true(conditions, Verdict.WITHIN_NOISE),
        "basis": np.where(p <= LIMIT_ALPHA, Basis.LEVEL, Basis.NONE),
        "p": p,
        "kpi_value": whole.values[:, column],
        "value": pooled.part,
        "size": size,
        "reference": pooled.rest,
        "effect": pooled.gap,
        "baseline": pooled.rest,
        "lower": pooled.rest - 3 * pooled.error,
        "upper": pooled.rest + 3 * pooled.error,
        "dispersion": pooled.sigma,
        "history": pooled.periods,
        "run": pooled.agreeing,
        "seasonal": np.zeros(len(value), bool),
    }
