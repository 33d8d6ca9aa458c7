"""Control of false alarms: persistence within a pair, and the false-discovery rate across a family of pairs.

A finding must be as rare, were nothing wrong, as a point outside three-sigma limits (LIMIT_ALPHA), and still stand
when all the pairs judged of the same kind in the same period are counted (FALSE_DISCOVERY_RATE).
Sources: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995); Western Electric,
*Statistical Quality Control Handbook* (1956), for two out of three, with its own zones.
"""

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Bools, Floats, Ints, Verdict

LIMIT_ALPHA = 0.0027
FALSE_DISCOVERY_RATE = 0.05
ZONE = 0.05
"""One-sided chance from which a period by itself may still be blameless, whatever its neighbours did."""


def persistent_p(tested: Floats, one_is_enough: Bools, *, zone: float = ZONE) -> tuple[Floats, Floats]:
    """Chance of the last three periods looking this bad, and that of their persistence alone, one value a series.

    `tested` holds one-sided p-values, series × three periods, the judged one last; a missing one is no evidence. Were
    nothing wrong, at least two of three fall to x or below with chance 3x² − 2x³, and all three with chance x³.
    Persistence is the smaller of these, doubled for two looks. Where one period is enough, the period alone is a
    third look, and the smallest is tripled. Where the judged period's own chance exceeds `zone` the answer is 1: nobody
    is blamed for neighbours.
    """
    filled = np.where(np.isnan(tested), 1.0, tested)
    last, before = filled[:, -1], filled[:, :-1]
    two, three = np.maximum(last, before.min(axis=1)), filled.max(axis=1)
    repeated = np.minimum(3 * two**2 - 2 * two**3, three**3)
    combined = np.where(one_is_enough, 3 * np.minimum(last, repeated), 2 * repeated)
    inside = last > zone
    combined, repeated = (np.where(inside, 1.0, np.minimum(p, 1.0)) for p in (combined, 2 * repeated))
    missing = np.isnan(tested[:, -1])
    return np.where(missing, np.nan, combined), np.where(missing, np.nan, repeated)


def bounds_of(low: Floats, family: Ints, members: Ints, *, rate: float = FALSE_DISCOVERY_RATE) -> Floats:
    """The largest p-value of each family that stands once all are counted; -1 where none does.

    `low` are the p-values of the families that are at most `rate`, in any order, `family` says whose each is, `members`
    how many p-values each family has in all. A Benjamini–Hochberg q-value is within `rate` exactly where p is no larger
    than the largest that lies below its step of the ladder, and no step is higher than `rate`: the other p-values need
    not be known.
    """
    order = np.lexsort((low, family))
    ordered, own = low[order], family[order]
    step = np.arange(1, len(ordered) + 1) - own.searchsorted(np.arange(len(members)))[own]
    stands = ordered * members[own] / step <= rate
    bounds = np.full(len(members), -1.0)
    bounds[own[stands]] = ordered[stands]  # written last, the largest stands
    return bounds


def decide_within(verdict: NDArray[np.uint8], p: Floats, bound: float | Floats) -> NDArray[np.uint8]:
    """Verdicts once their family is counted, of any part of one whose bound is known, or of several with one a cell.

    A flag whose p lies beyond the bound becomes NOT_CONTROLLED, and a NOT_CONTROLLED one within it a flag again; no
    other verdict changes, nor one without chance.
    """
    candidate = (verdict == Verdict.FLAG) | (verdict == Verdict.NOT_CONTROLLED)
    decided = np.where(candidate & (p > bound), Verdict.NOT_CONTROLLED, verdict)
    return np.where(candidate & ~(p > bound), Verdict.FLAG, decided).astype(np.uint8)
