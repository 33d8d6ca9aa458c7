"""A process as its chart shows it: limits by stretch, special causes, and what both say in words.

Variation: does the latest figure belong to a process that goes on as it did, or has something changed, and for the
better? Assurance: will the process meet its target as it stands? Both as NHS England, *Making Data Count*, reads an
XmR chart. Limits are set anew only where somebody re-based the series, with a reason: `since` lists the positions from
which it is; what changed does not become common cause by lasting.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from metrics.detection.batch import Bools, Floats, Ints
from metrics.detection.statistics.limits import natural
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

    `provisional` says that fewer than twelve figures stand behind the limits there, `screened` which figures ended a
    moving range that was left out, `marks` which points each rule marks, high or rising +1, low or falling −1.
    """

    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    provisional: Bools
    screened: Bools
    marks: MappingProxyType[Cause, Signs]

    @property
    def special(self) -> Bools:
        """Points that any rule marks."""
        return np.any([signs != 0 for signs in self.marks.values()], axis=0)

    def at(self, places: Ints) -> "Process":
        """The same process at some of its places: each keeps the limits and marks that it has among all of them."""
        marks = MappingProxyType({cause: signs[places] for cause, signs in self.marks.items()})
        return Process(
            self.values[places], self.centre[places], self.lower[places], self.upper[places],
            self.provisional[places], self.screened[places], marks,
        )  # fmt: skip

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
        lower, upper = self.lower[at], self.upper[at]
        worst, best = (lower, upper) if direction > 0 else (upper, lower)
        if meets(worst, target, direction, decimals):
            return Assurance.PASSES
        return Assurance.FAILS if misses(best, target, direction, decimals) else Assurance.DOES_NOT_TELL


def process(
    values: Floats, denominators: Floats | None = None, *, fraction: bool = False, since: Iterable[int] = ()
) -> Process:
    """Chart one series; `since` are the positions at which it was re-based, each beginning limits of its own."""
    values = np.asarray(values, float)
    sizes = np.full(len(values), np.nan) if denominators is None else np.asarray(denominators, float)
    parts = [_stretch(values[part], sizes[part], fraction=fraction) for part in _parts(len(values), since)]
    if not parts:
        nothing = np.empty(0)
        parts = [_stretch(nothing, nothing, fraction=fraction)]
    centre, lower, upper, provisional, screened, *marks = (np.concatenate(each) for each in zip(*parts, strict=True))
    named = MappingProxyType(dict(zip(Cause, marks, strict=True)))
    return Process(values, centre, lower, upper, provisional, screened, named)


def _parts(length: int, since: Iterable[int]) -> Iterator[slice]:
    begins = sorted({0, length, *(at for at in since if 0 < at < length)})
    return (slice(first, end) for first, end in pairwise(begins))


def _stretch(values: Floats, sizes: Floats, *, fraction: bool) -> tuple[NDArray, ...]:
    """Limits and marks of figures that share their limits, in the order of `Process` and `Cause`."""
    limits = natural(values, sizes, fraction=fraction)
    told = ~np.isnan(limits.upper)
    centre = np.where(told, limits.centre, np.nan)
    marks = (
        beyond(values, limits.lower, limits.upper),
        two_of_three(values, centre, limits.lower, limits.upper),
        shifts(values, centre),
        np.where(told, trends(values), 0).astype(np.int8),
    )
    return centre, limits.lower, limits.upper, np.full(len(values), limits.provisional), limits.screened, *marks
