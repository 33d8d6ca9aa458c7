"""False-discovery families: all pairs judged of one kind in one period, whoever judged them and when.

A verdict must not depend on what happened to be assessed together. So every p-value is stored, and a family is decided
anew whenever some of it changes: its bound follows from its tally, and only rules that changed, or have a p-value
between the bound before and the bound now, are read and written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment import cells
from metrics.assessment.calendar import start_of
from metrics.assessment.cells import Where
from metrics.assessment.joins import find
from metrics.assessment.judging import Sheet
from metrics.assessment.silence import Silence
from metrics.assessment.tallies import Counted
from metrics.assessment.verdicts import one_verdict
from metrics.detection.batch import Ints, Verdict
from metrics.detection.control import decide_within
from metrics.models import Rule
from metrics.models.rule import CELL
from truthgov.periods import Grain

LOCKS = 727_100
"""The advisory locks of assessment: one a kind of contradiction, numbered in the order of their names."""
LOCK = "SELECT pg_advisory_xact_lock(%s, number) FROM unnest(%s::int[]) AS number"
SEGMENT = 2**32 - 1
"""What a key of a rule and a segment has of the segment."""


@dataclass(frozen=True, slots=True)
class News:
    """What changed in a family: cells that are findings now, and were not with these very figures, or were before.

    `rule`, `segment`, `is_finding` have one value a cell; `start` is the first day of the family's period.
    """

    kind: str
    grain: Grain
    ordinal: int
    start: date
    rule: Ints
    segment: Ints
    is_finding: NDArray[np.bool_]


def lock(kinds: Sequence[str]) -> None:
    """Let nobody else judge these kinds until commit.

    A family is shared by every rule of its kind: two workers who each stored half of one, unseen by the other, would
    both decide on half. In the order of names, so that two workers never wait for each other.
    """
    names = sorted(Rule.Kind.values)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [LOCKS, sorted(names.index(kind) for kind in set(kinds))])


def settle(kind: str, grain: Grain, sheets: Sequence[Sheet | Silence]) -> list[News]:
    """Store what was newly judged of one kind and grain, and decide its families, a period each; what came of it."""
    periods = sorted({ordinal for sheet in sheets for ordinal in sheet.ordinals.tolist()})
    families = [(period, _told(kind, [sheet.cells(period) for sheet in sheets])) for period in periods]
    return [Family.read(kind, grain, period, judged["rule"]).settle(judged) for period, judged in families]


def _told(kind: str, cells: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """What was judged of a period, one cell a rule and segment."""
    together = np.concatenate(cells)
    return one_verdict(together) if kind == Rule.Kind.DEFINITION_BREAK else together


@dataclass(slots=True)
class Family:
    """The judged cells of a kind in a period, those of some rules, in order of rules and segments.

    `rules[i]` is the rule of `cells[i]`; `tally` counts the whole family as it is stored, `known` says whether it was.
    """

    where: Where
    grain: Grain
    ordinal: int
    rules: Ints
    cells: NDArray[np.void]
    tally: Counted
    known: bool

    @classmethod
    def read(cls, kind: str, grain: Grain, ordinal: int, rules: Ints) -> Self:
        """The part of the family that some rules have; all of it where it was never counted."""
        where = Where(start_of(ordinal, grain), kind, grain.value)
        tally, owners, part = cells.read(where, rules)
        if tally is not None:
            return cls(where, grain, ordinal, owners, part, tally, known=True)
        owners, part = cells.read_all(where)
        return cls(where, grain, ordinal, owners, part, Counted.of(owners, part), known=False)

    def settle(self, judged: NDArray[np.void]) -> News:
        """Take judged cells in, decide, store the rules that changed."""
        before, fresh = self._take_in(judged)
        was, now = (Counted.of(self.rules, each) for each in (before, self.cells))
        tally = self.tally.with_instead(now, was, self.rules)
        bound = tally.bound
        beside = np.setdiff1d(tally.rules_between(bound, self.tally.bound), self.rules)
        if len(beside):
            before, fresh = self._read_beside(beside, before, fresh)
        self.cells["verdict"] = decide_within(self.cells["verdict"], self.cells["p"], bound)
        cells.store(self.where, self.rules, self.cells, before=before)
        tally.store(self.where, instead_of=self.tally if self.known else None)
        return self._news(before, fresh)

    def _news(self, before: NDArray[np.void], fresh: NDArray[np.bool_]) -> News:
        was, is_finding = (each["verdict"] == Verdict.FLAG for each in (before, self.cells))
        same = (before["effect"] == self.cells["effect"]) & _alike(before["p"], self.cells["p"])
        told = (fresh & was & is_finding & ~same) | (was != is_finding)
        where, segments = self.where, self.cells["segment"]
        return News(
            where.kind, self.grain, self.ordinal, where.start, self.rules[told], segments[told], is_finding[told]
        )

    def _read_beside(
        self, rules: Ints, before: NDArray[np.void], fresh: NDArray[np.bool_]
    ) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
        """Add the cells of rules that nobody judged now, which the bound has moved across, behind the others."""
        beside = Family.read(self.where.kind, self.grain, self.ordinal, rules)
        self.rules = np.concatenate((self.rules, beside.rules))
        self.cells = np.concatenate((self.cells, beside.cells))
        return np.concatenate((before, beside.cells)), np.append(fresh, np.zeros(len(beside.cells), bool))

    def _take_in(self, judged: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.bool_]]:
        """Put judged cells in the place of those stored, and add those that are new; which cells these are.

        Comes with what was stored of every cell; a cell that was not has the verdict NOT_JUDGED.
        """
        keys, theirs = _keys(self.rules, self.cells["segment"]), _keys(judged["rule"], judged["segment"])
        place, found = find(keys, theirs)
        if not found.all():
            keys = self._make_room(keys, theirs[~found])
            place, _ = find(keys, theirs)
        before, fresh = self.cells, np.zeros(len(keys), bool)
        self.cells, fresh[place] = before.copy(), True
        for name in CELL.names or ():
            self.cells[name][place] = judged[name]
        return before, fresh

    def _make_room(self, keys: Ints, added: Ints) -> Ints:
        """Add blank cells for rules and segments that are new; the keys of all cells then."""
        blank = np.zeros(len(added), CELL)
        blank["segment"], blank["p"] = added & SEGMENT, np.nan
        keys = np.concatenate((keys, added))
        order = np.argsort(keys, kind="stable")
        self.rules = (keys >> 32)[order]
        self.cells = np.concatenate((self.cells, blank))[order]
        return keys[order]


def _keys(rules: Ints, segments: Ints) -> Ints:
    return (rules << 32) + segments


def _alike(before: NDArray, now: NDArray) -> NDArray[np.bool_]:
    """Equal, or both unknown."""
    return (before == now) | (np.isnan(before) & np.isnan(now))
