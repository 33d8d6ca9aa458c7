"""Did a decision work? Its expected measures before and after it, judged against natural process limits. Pure.

Natural process limits (XmR, p′): see `metrics.detection.statistics.limits`. The mean of n figures after the decision
is compared with the centre before it, at the limits' distance over √n: the same three-sigma evidence for a mean of n.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from forums.reconciliation.verdicts import listed
from metrics.detection.statistics.limits import Limits, p_prime, xmr

ENOUGH_BEFORE = 6
ENOUGH_AFTER = 2


class Worked(StrEnum):
    HELD = "held"
    NO_EFFECT = "no effect"
    WORSE = "worse"
    TOO_EARLY = "too early"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Course:
    """Figures of one measure in its unit, in order of time: before the decision and after it (NaN: missing).

    Numerators and denominators, where the measure is a proportion, give its limits their size.
    """

    before: Sequence[float]
    after: Sequence[float]
    higher_is_better: bool
    numerators: Sequence[float] | None = None
    denominators: Sequence[float] | None = None

    def limits(self) -> Limits:
        if self.numerators is not None and self.denominators is not None:
            return p_prime(np.array(self.numerators, float), np.array(self.denominators, float))
        return xmr(np.array(self.before, float))


def judge(course: Course) -> Worked:
    """Whether the figures after a decision left the limits that held before it, and which way.

    What got better and fell back behind the centre before it by the latest figure has not held.
    """
    before, after = _known(course.before), _known(course.after)
    if len(before) < ENOUGH_BEFORE or len(after) < ENOUGH_AFTER:
        return Worked.TOO_EARLY
    limits = course.limits()
    reach = np.nanmean(limits.upper - limits.centre) / np.sqrt(len(after))
    moved = float(after.mean()) - limits.centre
    if np.isnan(moved) or np.isnan(reach) or abs(moved) <= reach:
        return Worked.NO_EFFECT
    if (moved > 0) != course.higher_is_better:
        return Worked.WORSE
    return Worked.HELD if (after[-1] - limits.centre) * moved > 0 else Worked.NO_EFFECT


def judge_holding(met: Sequence[bool | None]) -> Worked:
    """Whether a target that was to hold has held in every period since that has a figure."""
    known = [each for each in met if each is not None]
    if len(known) < ENOUGH_AFTER:
        return Worked.TOO_EARLY
    return Worked.HELD if all(known) else Worked.WORSE


def together(judged: dict[str, Worked]) -> tuple[Worked, str]:
    """One verdict for all expected measures, with its words: any worse counts first, then any without effect."""
    for worked in (Worked.WORSE, Worked.NO_EFFECT, Worked.TOO_EARLY, Worked.HELD):
        names = [name for name, each in judged.items() if each is worked]
        if names:
            return worked, f"{listed(names)}: {worked.value}"
    return Worked.NOT_ASKED, "no measure was named that it should move"


def _known(values: Sequence[float]) -> np.ndarray:
    array = np.array(values, float)
    return array[~np.isnan(array)]
