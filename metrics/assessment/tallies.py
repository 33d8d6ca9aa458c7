"""What is counted of a false-discovery family, so that its bound is known without reading its cells."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.detection.batch import Ints
from metrics.detection.control import FALSE_DISCOVERY_RATE, bound_of
from metrics.models.rule import LOW

STORE = """
    INSERT INTO metrics_tally (period_start, kind, grain, members, low) VALUES {}
    ON CONFLICT (kind, grain, period_start) DO UPDATE SET members = EXCLUDED.members, low = EXCLUDED.low"""
TALLY = "(%s, %s, %s, %s, %s)"
MEMBERS_WIDTH = 8
"""Bytes before the low p-values as they are read: how many p-values there are, as bigint."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many p-values a family or a part of it has, and its LOWs: those that could stand at all."""

    members: int
    low: NDArray[np.void]

    @classmethod
    def of(cls, rules: Ints, cells: NDArray[np.void]) -> Self:
        """What is counted of some cells; `rules[i]` is the rule of `cells[i]`."""
        p = cells["p"]
        chosen = np.flatnonzero(p <= FALSE_DISCOVERY_RATE)
        low = np.empty(len(chosen), LOW)
        low["rule"], low["segment"], low["p"] = rules[chosen], cells["segment"][chosen], p[chosen]
        return cls(int(np.count_nonzero(~np.isnan(p))), low)

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """As `metrics.assessment.cells` reads it: `int8send(members) || low`."""
        members = int.from_bytes(packed[:MEMBERS_WIDTH], "big")
        return cls(members, np.frombuffer(packed[MEMBERS_WIDTH:], LOW))

    @property
    def bound(self) -> float:
        """The largest p-value that stands in the whole family."""
        return bound_of(self.low["p"], self.members)

    def with_instead(self, now: Self, before: Self, rules: Ints) -> Self:
        """The family with `now` in the place of what some rules had before."""
        others = self.low[~np.isin(self.low["rule"], rules)]
        return type(self)(self.members - before.members + now.members, np.concatenate((others, now.low)))

    def rules_between(self, one: float, other: float) -> Ints:
        """Rules with a p-value that stands within one bound and not within the other."""
        p = self.low["p"]
        return np.unique(self.low["rule"][(p > min(one, other)) & (p <= max(one, other))])

    @property
    def packed(self) -> bytes:
        """Its low p-values as they are stored, by rule and segment."""
        return self.low[np.lexsort((self.low["segment"], self.low["rule"]))].tobytes()


class Change(NamedTuple):
    """The tally of a family (its start, kind and grain) as it is to be stored, and as it was; None where it was not."""

    where: tuple[date, str, str]
    now: Counted
    before: Counted | None


def store(changes: Iterable[Change]) -> None:
    """Store the tallies that say something else than before."""
    told = [(each, each.now.packed) for each in changes]
    rows = [(*each.where, each.now.members, packed) for each, packed in told if not _says(each, packed)]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(STORE.format(", ".join([TALLY] * len(rows))), [part for row in rows for part in row])


def _says(change: Change, packed: bytes) -> bool:
    """Was this very tally stored before?"""
    before = change.before
    return before is not None and (before.members, before.low.tobytes()) == (change.now.members, packed)
