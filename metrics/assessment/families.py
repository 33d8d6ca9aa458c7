"""False-discovery families: all pairs judged of one kind in one period, whoever judged them and when.

A verdict must not depend on what happened to be assessed together. So every p-value is stored, and a family is decided
anew whenever some of it changes: its bound follows from its tally, and only rules that changed, or have a p-value
between the bound before and the bound now, are read and written.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment import cells, tallies
from metrics.assessment.calendar import start_of
from metrics.assessment.cells import Where
from metrics.assessment.joins import find, once, together
from metrics.assessment.judging import Sheet
from metrics.assessment.silence import Silence
from metrics.assessment.tallies import RULE, SHIFT, Counted, Kept
from metrics.assessment.verdicts import one_verdict
from metrics.detection.batch import Ints, Verdict
from metrics.detection.control import decide_within
from metrics.models import Rule
from metrics.models.rule import CELL
from truthgov.periods import Grain

LOCKS = 727_100
"""The advisory locks of assessment: one a kind of contradiction, numbered in the order of their names."""
LOCK = "SELECT pg_advisory_xact_lock(%s, number) FROM unnest(%s::int[]) AS number"
AT_ONCE = 125_000
"""Judged cells whose families are settled together: bounds the memory that they take."""
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


def lock() -> None:
    """Let nobody else judge until commit.

    A family is shared by every rule of its kind: two workers who each stored half of one, unseen by the other, would
    both decide on half. Of all kinds, since every measure is judged for two of them: nobody could go on beside anyway.
    In the order of names, so that two workers never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [LOCKS, list(range(len(Rule.Kind.values)))])


def settle(sheets: Iterable[tuple[tuple[str, Grain], Sequence[Sheet | Silence]]]) -> list[News]:
    """Store what was newly judged of kinds and grains, and decide its families, a period each; what came of it.

    Sheets are asked for as they are needed: those of one kind are let go before the next is judged.
    """
    return [news for judged in _together(_judged(sheets)) for news in _settle(judged)]


class Judged(NamedTuple):
    """The newly judged cells of a family, as JUDGED rows."""

    kind: str
    grain: Grain
    ordinal: int
    cells: NDArray[np.void]

    @property
    def where(self) -> Where:
        return Where(start_of(self.ordinal, self.grain), self.kind, self.grain.value)


def _judged(sheets: Iterable[tuple[tuple[str, Grain], Sequence[Sheet | Silence]]]) -> Iterator[Judged]:
    for (kind, grain), some in sheets:
        for ordinal in sorted({ordinal for sheet in some for ordinal in sheet.ordinals.tolist()}):
            yield Judged(kind, grain, ordinal, told(kind, [sheet.cells(ordinal) for sheet in some]))
        del some


def _together(judged: Iterable[Judged]) -> Iterator[list[Judged]]:
    """Families that are settled with the same few queries."""
    some: list[Judged] = []
    held = 0
    for each in judged:
        if some and held + len(each.cells) > AT_ONCE:
            yield some
            some, held = [], 0
        some.append(each)
        held += len(each.cells)
    if some:
        yield some


def _settle(judged: Sequence[Judged]) -> Iterator[News]:
    fresh = together([each.cells for each in judged])
    owners = np.repeat(np.arange(len(judged)) << SHIFT, [len(each.cells) for each in judged]) + fresh["rule"]
    families = Families.read([each.where for each in judged], once(owners))
    families.take_in(owners, fresh)
    families.decide()
    families.store()
    return families.news(judged)


def told(kind: str, cells: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """What was judged of a period, one cell a rule and segment."""
    of_all = together(cells)
    return one_verdict(of_all) if kind == Rule.Kind.DEFINITION_BREAK else of_all


@dataclass(slots=True)
class Families:
    """The judged cells of families, those of some rules in each, by owner (family and rule, see `tallies`) and segment.

    `owners[i]` is the owner of `cells[i]`, `before[i]` what was stored of it, a cell that was not with the verdict
    NOT_JUDGED; `fresh[i]` says whether it was judged now. `tally` counts the whole families, `counted` as they were
    before; `kept` are the tallies that were stored.
    """

    wheres: list[Where]
    owners: Ints
    cells: NDArray[np.void]
    before: NDArray[np.void]
    fresh: NDArray[np.bool_]
    tally: Counted
    counted: Counted
    kept: dict[int, Kept]

    @classmethod
    def read(cls, wheres: list[Where], owners: Ints) -> Self:
        """The part of each family that some owners have; all of one that was never counted."""
        kept, known, part = cells.read(wheres, owners)
        counted = Counted.kept(kept, len(wheres))
        for number in set(range(len(wheres))) - set(kept):
            rules, own = cells.read_all(wheres[number])
            others, own_owners = known >> SHIFT != number, (number << SHIFT) + rules
            counted = counted.with_also(Counted.of(own_owners, own, len(wheres)))
            known, part = _by_owner((known[others], own_owners), (part[others], own))
        return cls(wheres, known, part, part, np.zeros(len(part), bool), counted, counted, kept)

    def take_in(self, owners: Ints, judged: NDArray[np.void]) -> None:
        """Put judged cells in the place of those stored, add those that are new, and count their families anew."""
        known = once(np.concatenate((self.owners, owners)))
        stored, theirs = _keys(known, self.owners, self.cells), _keys(known, owners, judged)
        keys = once(np.concatenate((stored, theirs)))
        self.owners, self.fresh = known[keys >> SHIFT], np.zeros(len(keys), bool)
        before = np.zeros(len(keys), CELL)
        before["segment"], before["p"] = keys & SEGMENT, np.nan
        before[np.searchsorted(keys, stored)] = self.cells
        self.before, self.cells, place = before, before.copy(), np.searchsorted(keys, theirs)
        self.fresh[place] = True
        for name in CELL.names or ():
            self.cells[name][place] = judged[name]
        was, now = (Counted.of(self.owners, each, len(self.wheres)) for each in (self.before, self.cells))
        self.tally = self.counted.with_instead(now, was, known)

    def decide(self) -> None:
        """Give each cell the verdict that holds once its whole family is counted.

        Cells of rules that nobody judged now are read and decided too, where the bound has moved across them.
        """
        before, bounds = self.counted.bounds, self.tally.bounds
        crossed = self.tally.between(before, bounds)
        beside = crossed[~find(once(self.owners), crossed)[1]]
        if len(beside):
            self._add(beside)
        of_family = bounds[self.owners >> SHIFT]
        self.cells["verdict"] = decide_within(self.cells["verdict"], self.cells["p"], of_family)

    def store(self) -> None:
        """Store what is said otherwise than before."""
        cells.store(cells.Change(self.wheres, self.owners, self.cells, self.before))
        tallies.store(self.wheres, self.tally, self.kept)

    def news(self, judged: Sequence[Judged]) -> Iterator[News]:
        """What is found now, and was not with these very figures; what was found before; by family, as judged."""
        was, is_finding = (each["verdict"] == Verdict.FLAG for each in (self.before, self.cells))
        same = (self.before["effect"] == self.cells["effect"]) & _alike(self.before["p"], self.cells["p"])
        told = np.flatnonzero((self.fresh & was & is_finding & ~same) | (was != is_finding))
        ends = np.searchsorted(self.owners[told], np.arange(len(judged) + 1) << SHIFT)
        for each, where, (first, last) in zip(judged, self.wheres, pairwise(ends.tolist()), strict=True):
            own = told[first:last]
            rules, segments = self.owners[own] & RULE, self.cells["segment"][own]
            yield News(each.kind, each.grain, each.ordinal, where.start, rules, segments, is_finding[own])

    def _add(self, owners: Ints) -> None:
        """Add the cells that others have in these families."""
        _, known, part = cells.read(self.wheres, owners)
        both, fresh = (self.owners, known), np.concatenate((self.fresh, np.zeros(len(part), bool)))
        order = np.argsort(np.concatenate(both), kind="stable")
        self.before, self.fresh = together((self.before, part))[order], fresh[order]
        self.owners, self.cells = _by_owner(both, (self.cells, part))


def _by_owner(owners: Sequence[Ints], parts: Sequence[NDArray[np.void]]) -> tuple[Ints, NDArray[np.void]]:
    """Cells of several parts together, by owner; each part comes by owner and segment, and no owner is in two."""
    of_all = np.concatenate(owners)
    order = np.argsort(of_all, kind="stable")
    return of_all[order], together(parts)[order]


def _keys(known: Ints, owners: Ints, cells: NDArray[np.void]) -> Ints:
    """One number for the owner, its place among those known, and the segment of each cell."""
    return (np.searchsorted(known, owners) << SHIFT) + cells["segment"]


def _alike(before: NDArray, now: NDArray) -> NDArray[np.bool_]:
    """Equal, or both unknown."""
    return (before == now) | (np.isnan(before) & np.isnan(now))
