"""A process as its chart shows it: limits by stretch, special causes, and what both say in words.

Variation: does the latest figure belong to a process that goes on as it did, or has something changed, and for the
better? Assurance: will the process meet its target as it stands? Both as NHS England, *Making Data Count*, reads an
XmR chart. Limits are set anew only where somebody re-based the series, with a reason: `since` lists the positions from
which it is; what changed does not become common cause by lasting.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Bools, Floats, Ints
from metrics.detection.statistics.limits import Kind, natural, sized
from metrics.detection.statistics.marks import Signs, beyond, shifts, trends, two_of_three
from metrics.detection.targets import meets, misses


class Variation(StrEnum):
    """What the latest figure says of the process; RISING and FALLING where no direction is good."""

    IMPROVING = "improving"
    DETERIORATING = "deteriorating"
    RISING = "rising"
    FALLING = "falling"
    COMMON_CAUSE = "common cause"
    NOT_KNOWN = "not known"


class Assurance(StrEnum):
    """Whether the process, going on as it is, meets its target."""

    PASSES = "will pass"
    FAILS = "will fail"
    DOES_NOT_TELL = "will not tell"
    NOT_KNOWN = "not known"


class Cause(StrEnum):
    """The rule by which a point is special-cause variation, in the order in which they count."""

    OUTSIDE = "outside"
    TWO_OF_THREE = "two of three"
    RUN = "run"
    TREND = "trend"


@dataclass(frozen=True, slots=True)
class Process:
    """One series on its chart; all arrays have one value a period, missing where nothing is known.

    `lowest` and `highest` are the limits, or where those of a count follow its denominators, how far they go in all
    of their stretch. `provisional` says that fewer than twelve figures stand behind the limits there, `screened` which
    figures ended a moving range that was left out, `marks` which points each rule marks, high or rising +1, low or
    falling −1.
    """

    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    lowest: Floats
    highest: Floats
    provisional: Bools
    screened: Bools
    marks: MappingProxyType[Cause, Signs]

    @property
    def special(self) -> Bools:
        """Points that any rule marks."""
        return np.any([signs != 0 for signs in self.marks.values()], axis=0)

    def at(self, places: Ints) -> "Process":
        """The same process at some of its places: each keeps the limits and marks that it has among all of them."""
        return _put_together([self], lambda arrays: arrays[0][places])

    def cause(self, at: int) -> tuple[Cause, int] | None:
        """The first rule that marks a point, and its direction; None where it is common cause."""
        told = [(cause, int(signs[at])) for cause, signs in self.marks.items() if signs[at]]
        return told[0] if told else None

    @property
    def _limited(self) -> int | None:
        """Where the latest figure stands, if it has limits: those of an earlier stretch say nothing of it."""
        known = np.flatnonzero(~np.isnan(self.values))
        return int(known[-1]) if len(known) and not np.isnan(self.upper[known[-1]]) else None

    def variation(self, direction: float) -> Variation:
        """What the latest figure says; `direction` is +1 where higher is better, −1 where lower is, 0 where neither."""
        at = self._limited
        if at is None:
            return Variation.NOT_KNOWN
        cause = self.cause(at)
        if cause is None:
            return Variation.COMMON_CAUSE
        if not direction:
            return Variation.RISING if cause[1] > 0 else Variation.FALLING
        return Variation.IMPROVING if cause[1] * direction > 0 else Variation.DETERIORATING

    def assurance(self, target: float, direction: float, decimals: int) -> Assurance:
        """Whether the target lies beyond the limits in force, on which side; a limit at the target meets it."""
        at = self._limited
        if at is None or np.isnan(target):
            return Assurance.NOT_KNOWN
        lower, upper = self.lowest[at], self.highest[at]
        worst, best = (lower, upper) if direction > 0 else (upper, lower)
        if meets(worst, target, direction, decimals):
            return Assurance.PASSES
        return Assurance.FAILS if misses(best, target, direction, decimals) else Assurance.DOES_NOT_TELL


def process(
    values: Floats, denominators: Floats | None = None, *, kind: Kind = Kind.MEAN, since: Iterable[int] = ()
) -> Process:
    """Chart one series; `since` are the positions at which it was re-based, each beginning limits of its own.

    A count over denominators is judged as the rate that it makes with them: its limits follow them.
    """
    values = np.asarray(values, float)
    sizes = np.full(len(values), np.nan) if denominators is None else np.asarray(denominators, float)
    parts = [_stretch(values[part], sizes[part], kind) for part in _parts(len(values), since)]
    return _put_together(parts, np.concatenate)


def _put_together(parts: Sequence[Process], how: Callable[[list[NDArray]], NDArray]) -> Process:
    arrays: dict[str, Any] = {name: how([getattr(part, name) for part in parts]) for name in ARRAYS}
    marks = MappingProxyType({cause: how([part.marks[cause] for part in parts]) for cause in Cause})
    return Process(**arrays, marks=marks)


def _parts(length: int, since: Iterable[int]) -> Iterator[slice]:
    begins = [0, *sorted({at for at in since if 0 < at < length}), length]
    return (slice(first, end) for first, end in pairwise(begins))


def _stretch(values: Floats, sizes: Floats, kind: Kind) -> Process:
    """Figures that share their limits."""
    if kind is Kind.COUNT and sized(values, sizes):
        return _as_counts(values, sizes, _stretch(values / sizes, sizes, Kind.RATE))
    limits = natural(values, sizes, kind)
    lower, upper, known = limits.lower, limits.upper, ~np.isnan(limits.upper)
    centre, provisional = np.where(known, limits.centre, np.nan), np.full(len(values), limits.provisional)
    marks = {
        Cause.OUTSIDE: beyond(values, lower, upper),
        Cause.TWO_OF_THREE: two_of_three(values, centre, lower, upper),
        Cause.RUN: shifts(values, centre),
        Cause.TREND: np.where(known, trends(values), 0).astype(np.int8),
    }
    return Process(values, centre, lower, upper, lower, upper, provisional, limits.screened, MappingProxyType(marks))


def _as_counts(values: Floats, sizes: Floats, rates: Process) -> Process:
    """What was judged as rates, told as the counts that they make over their denominators."""
    lower, upper = rates.lower * sizes, rates.upper * sizes
    lowest, highest = (np.full(len(sizes), each) for each in (_least(lower), -_least(-upper)))
    return replace(
        rates, values=values, centre=rates.centre * sizes, lower=lower, upper=upper, lowest=lowest, highest=highest
    )


def _least(values: Floats) -> float:
    """The least of those known; NaN where none is."""
    return float(np.fmin.reduce(values, initial=np.nan))


ARRAYS = tuple(each.name for each in fields(Process) if each.name != "marks")
