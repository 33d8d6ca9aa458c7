"""What is counted of false-discovery families, so that their bounds are known without reading their cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment.joins import find, once, together
from metrics.detection.batch import Floats, Ints
from metrics.detection.control import FALSE_DISCOVERY_RATE, bounds_of
from metrics.models.rule import LOW

STORE = """
    INSERT INTO metrics_tally (period_start, kind, grain, members, low) VALUES {}
    ON CONFLICT (kind, grain, period_start) DO UPDATE SET members = EXCLUDED.members, low = EXCLUDED.low"""
TALLY = "(%s, %s, %s, %s, %s)"
MEMBERS_WIDTH = 8
"""Bytes before the low p-values as they are read: how many p-values there are, as bigint."""
SHIFT = 32
RULE = 2**SHIFT - 1
"""What an owner of cells, a family's number << SHIFT + rule, has of the rule."""


class Kept(NamedTuple):
    """What is stored of one family: how many p-values it has, and its LOWs, by rule and segment."""

    members: int = 0
    low: NDArray[np.void] = np.empty(0, LOW)

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """As `metrics.assessment.cells` reads it: `int8send(members) || low`."""
        members = int.from_bytes(packed[:MEMBERS_WIDTH], "big")
        return cls(members, np.frombuffer(packed[MEMBERS_WIDTH:], LOW))


@dataclass(frozen=True, slots=True)
class Counted:
    """How many p-values some families have, or a part of each, and the LOWs of all: those that could stand at all.

    The LOWs come by owner, that is by family and rule, and by segment; `owners[i]` is that of `low[i]`.
    """

    members: Ints
    owners: Ints
    low: NDArray[np.void]

    @classmethod
    def of(cls, owners: Ints, cells: NDArray[np.void], families: int) -> Self:
        """What is counted of some cells, which come by owner and segment."""
        p = cells["p"]
        chosen = np.flatnonzero(p <= FALSE_DISCOVERY_RATE)
        low = np.empty(len(chosen), LOW)
        low["rule"], low["segment"], low["p"] = owners[chosen] & RULE, cells["segment"][chosen], p[chosen]
        return cls(np.bincount(owners[~np.isnan(p)] >> SHIFT, minlength=families), owners[chosen], low)

    @classmethod
    def kept(cls, tallies: Mapping[int, Kept], families: int) -> Self:
        """What is stored of so many families, by their numbers; nothing of those that were never counted."""
        members = np.zeros(families, np.int64)
        members[list(tallies)] = [each.members for each in tallies.values()]
        lows = [(number, tallies[number].low) for number in sorted(tallies)]
        owners = [(number << SHIFT) + low["rule"] for number, low in lows]
        return cls(members, np.concatenate([NONE, *owners]), together([Kept().low, *(low for _, low in lows)]))

    @property
    def bounds(self) -> Floats:
        """The largest p-value that stands in each family."""
        return bounds_of(self.low["p"], self.owners >> SHIFT, self.members)

    def lows(self) -> Iterator[NDArray[np.void]]:
        """The LOWs of each family."""
        ends = np.searchsorted(self.owners, np.arange(len(self.members) + 1) << SHIFT)
        return (self.low[first:last] for first, last in pairwise(ends.tolist()))

    def with_instead(self, now: Self, before: Self, judged: Ints) -> Self:
        """The families with `now` in the place of what some owners, in order, had before."""
        others = ~find(judged, self.owners)[1]
        owners = np.concatenate((self.owners[others], now.owners))
        low, order = together((self.low[others], now.low)), np.argsort(owners, kind="stable")
        return type(self)(self.members - before.members + now.members, owners[order], low[order])

    def with_also(self, others: Self) -> Self:
        """The same with what is counted of families of which nothing was counted here."""
        return self.with_instead(others, type(self).kept({}, len(self.members)), NONE)

    def between(self, one: Floats, other: Floats) -> Ints:
        """Owners with a p-value that stands within one bound of its family and not within the other."""
        family, p = self.owners >> SHIFT, self.low["p"]
        return once(self.owners[(p > np.minimum(one, other)[family]) & (p <= np.maximum(one, other)[family])])


NONE = np.empty(0, np.int64)


def store(wheres: Sequence[tuple[date, str, str]], now: Counted, kept: Mapping[int, Kept]) -> None:
    """Store the tallies that say something else than is kept of their families (start, kind and grain)."""
    rows: list[Any] = []
    for number, (where, members, low) in enumerate(zip(wheres, now.members.tolist(), now.lows(), strict=True)):
        packed, before = low.tobytes(), kept.get(number)
        if before is None or (before.members, before.low.tobytes()) != (members, packed):
            rows += [*where, members, packed]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(STORE.format(", ".join([TALLY] * (len(rows) // 5))), rows)
