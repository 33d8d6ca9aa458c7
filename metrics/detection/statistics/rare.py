"""Rare cases: where few are expected, no chance is told smaller than counting them exactly makes it.

Of few cases the normal tail ends too soon: where 0.2 are expected two and more come once in 57 times, of which it says
once in thirty thousand; and a count of nothing but zeros has no σ at all. A bound is held against binomial chance, or
Poisson's of events, two stretches given the sum of their cases (C. J. Clopper and E. S. Pearson, Biometrika 26, 1934;
see `intervals.rates_differ`). Not the mid-p (H. O. Lancaster, "Significance tests in discrete distributions", JASA 56,
1961): it keeps to its level on average over all rates, and what is promised is to hold at each.

What stands still for longer than events do is planned, and no event: its index of dispersion is too small to be
Poisson's (R. A. Fisher, H. G. Thornton and W. A. Mackenzie, Annals of Applied Biology 9, 1922). It moves when it moves.
"""

from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np

from metrics.detection.batch import Bools, Floats, Side, Unit
from metrics.detection.statistics import rows
from metrics.detection.statistics.intervals import rates_differ
from metrics.detection.statistics.special import special

FEW = 3.0
"""Cases expected among their denominators below which they are counted: of more the other tails hold."""
FEW_EVENTS = 30.0
"""The same of events, whose σ nothing but their own past bounds."""
STILL, ENOUGH = 0.01, 8
"""Chance below which events would stand as still as figures do, and how many figures it takes to say so."""
EXACT = 1e-9
"""What binary fractions may add to a level of nothing."""
EVEN = 0.5
"""Of both sides no chance grows beyond this one: who has not moved has done so neither way."""


class Cases(NamedTuple):
    """Which series count cases: parts of their denominators, or events of which any number may happen."""

    parts: Bools
    events: Bools

    @classmethod
    def of(cls, side: Side, parts: Bools, level: Floats, scores: Floats) -> Self:
        """Read off what a past shows; `scores` are its figures about a level, series × periods, NaN where unknown."""
        events = (side.unit == Unit.COUNT) & (level >= 0) & (level < 2 * FEW_EVENTS)
        asked = np.flatnonzero(events)
        if len(asked):
            events[asked] = ~_stands_still(level[asked], scores[asked])
        return cls(parts, events)


def _stands_still(level: Floats, scores: Floats) -> Bools:
    known = ~np.isnan(scores)
    own, number = rows.mean(scores, known), rows.count(known)
    squares = rows.total(rows.filled(scores - own[:, None], known) ** 2)
    seen = (number >= ENOUGH) & (level + own > EXACT)
    index = squares / np.where(seen, level + own, 1.0)
    return seen & (special.chdtr(np.maximum(number - 1, 1), index) < STILL)


Figures = tuple[Floats, ...]
Exact = Callable[[Figures, Bools, float], Floats]
"""The chance of so many cases or more (+1), or fewer (−1), of what is rare."""


def beyond_bound(p: Floats, value: Floats, size: Floats, bound: Floats, sign: Floats, cases: Cases) -> Floats:
    """Chances of figures lying `sign`-wards of a bound, as they are told and counted; series × periods.

    `size` is what stands behind each, 1 for events; `sign` is one value a series, `bound` too, or one a period.
    """
    return _counted(p, (value, size, bound), bound, sign, cases, _at_a_bound)


def apart(p: Floats, value: Floats, size: Floats, other: Floats, behind: Floats, sign: Floats, cases: Cases) -> Floats:
    """The same of figures lying `sign`-wards of others, each with what stands behind both."""
    if not (cases.parts.any() or cases.events.any()):
        return p
    with np.errstate(divide="ignore", invalid="ignore"):
        null = (value * size + other * behind) / (size + behind)
    return _counted(p, (value, size, other, behind), null, sign, cases, _of_two)


def _counted(p: Floats, figures: Figures, null: Floats, sign: Floats, cases: Cases, exact: Exact) -> Floats:
    parts, events = (each[:, None] for each in cases)
    with np.errstate(invalid="ignore"):
        few = parts & (np.minimum(null, 1 - null) * figures[1] < FEW) | (events & (null >= 0) & (null < FEW_EVENTS))
    few &= ~np.isnan(p)
    if not few.any():
        return p
    chosen = np.nonzero(few)
    picked = [np.broadcast_to(each, p.shape)[chosen] for each in figures]
    level, is_event = np.broadcast_to(null, p.shape)[chosen], np.broadcast_to(events, p.shape)[chosen]
    is_common = ~is_event & (level > EVEN)
    ours = tuple(np.where(is_common, 1 - each, each) if at % 2 == 0 else each for at, each in enumerate(picked))
    more, fewer = exact(ours, is_event, 1.0), exact(ours, is_event, -1.0)
    is_more = (sign[chosen[0]] > 0) != is_common
    this_way, other_way = (np.minimum(np.where(way, more, fewer), EVEN) for way in (is_more, ~is_more))
    before, counted = p[chosen], p.copy()
    counted[chosen] = np.where(before <= EVEN, np.maximum(before, this_way), np.minimum(before, 1 - other_way))
    return counted


def _at_a_bound(given: Figures, is_event: Bools, sign: float) -> Floats:
    share, size, null = given
    found = np.maximum(share * size, 0)
    of = np.where(is_event, found, np.maximum(found, size))
    if sign > 0:
        some = np.maximum(found, 1e-9)
        told = np.where(is_event, special.gammainc(some, null), special.betainc(some, of - found + 1, null))
        return np.where(found > 0, told, 1.0)
    left = np.maximum(of - found, 1e-9)
    told = np.where(is_event, special.gammaincc(found + 1, null), special.betainc(left, found + 1, 1 - null))
    return np.where(is_event | (of > found), told, 1.0)


def _of_two(given: Figures, _: Bools, sign: float) -> Floats:
    value, size, other, behind = given
    return rates_differ(np.maximum(value, 0) * size, size, np.maximum(other, 0) * behind, behind, sign=sign)
