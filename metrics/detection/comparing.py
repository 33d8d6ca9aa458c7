"""Which figures of a measure compare with which: across a change of counting none do, unless a bridge is given.

Pure: the versions of a definition in, figures with what does not compare taken out and the rest bridged.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from metrics.detection.batch import Floats

EVER, NEVER = -(2**40), 2**40
"""Ordinals before the first period and after the last."""


class Change(NamedTuple):
    """A change of counting: a figure from before it, × factor + offset, compares with those after; NaN: none does."""

    factor: float = float("nan")
    offset: float = 0.0

    @property
    def is_bridged(self) -> bool:
        return self.factor == self.factor


class Bridge(NamedTuple):
    """What figures of periods before an ordinal are taken as."""

    before: int
    factor: float
    offset: float


class Comparable(NamedTuple):
    """The figures that a version may be compared with: from `since` until before `until`, early ones by bridges."""

    since: int = EVER
    until: int = NEVER
    bridges: tuple[Bridge, ...] = ()

    def taken(self, values: Floats, start: int) -> Floats:
        """Figures (series × periods, column 0 being the period `start`) as this version may be compared with them."""
        ordinals = np.arange(start, start + values.shape[1])
        bridged = values
        for before, factor, offset in self.bridges:
            bridged = np.where(ordinals < before, bridged * factor + offset, bridged)
        return np.where((ordinals >= self.since) & (ordinals < self.until), bridged, np.nan)


EVERYTHING = Comparable()


def comparable(versions: Sequence[tuple[int, Change | None]]) -> list[Comparable]:
    """For each version, as (first ordinal, its change of counting if it is one) in order, what compares with it."""
    return [
        Comparable(_since(versions, at), _until(versions, at), _bridges(versions, at)) for at in range(len(versions))
    ]


def _since(versions: Sequence[tuple[int, Change | None]], at: int) -> int:
    breaks = [start for start, change in versions[1 : at + 1] if change and not change.is_bridged]
    return breaks[-1] if breaks else EVER


def _until(versions: Sequence[tuple[int, Change | None]], at: int) -> int:
    return next((start for start, change in versions[at + 1 :] if change), NEVER)


def _bridges(versions: Sequence[tuple[int, Change | None]], at: int) -> tuple[Bridge, ...]:
    """The earliest first: a figure crosses every change between its period and the version's."""
    since = _since(versions, at)
    crossed = versions[1 : at + 1]
    return tuple(Bridge(start, *change) for start, change in crossed if change and change.is_bridged and start > since)
