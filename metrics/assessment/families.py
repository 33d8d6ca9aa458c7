"""False-discovery families: all pairs judged of one kind in one period, whoever judged them and when.

A verdict must not depend on what happened to be assessed together. So every p-value is stored, and a family is decided
anew whenever some of it changes: its bound follows from its tally, and only rules that changed, or have a p-value
between the bound before and the bound now, are read and written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment import cells, tallies
from metrics.assessment.calendar import start_of
from metrics.assessment.cells import Stored, Where
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
AT_ONCE = 250_000
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


def lock(kinds: Sequence[str]) -> None:
    """Let nobody else judge these kinds until commit.

    A family is shared by every rule of its kind: two workers who each stored half of one, unseen by the other, would
    both decide on half. In the order of names, so that two workers never wait for each other.
    """
    names = sorted(Rule.Kind.values)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [LOCKS, sorted(names.index(kind) for kind in set(kinds))])


def settle(sheets: Mapping[tuple[str, Grain], Sequence[Sheet | Silence]]) -> list[News]:
    """Store what was newly judged of kinds and grains, and decide its families, a period each; what came of it."""
    return [news for judged in _together(_judged(sheets)) for news in _settle(judged)]


class Judged(NamedTuple):
    """The newly judged cells of a family, as JUDGED rows."""

    kind: str
    grain: Grain
    ordinal: int
    cells: NDArray[np.void]


def _judged(sheets: Mapping[tuple[str, Grain], Sequence[Sheet | Silence]]) -> Iterator[Judged]:
    for (kind, grain), some in sheets.items():
        for ordinal in sorted({ordinal for sheet in some for ordinal in sheet.ordinals.tolist()}):
            yield Judged(kind, grain, ordinal, told(kind, [sheet.cells(ordinal) for sheet in some]))


def _together(judged: Iterable[Judged]) -> Iterator[list[Judged]]:
    """Families that are settled with the same few queries."""
    some: list[Judged] = []
    for each in judged:
        if some and sum(len(before.cells) for before in some) + len(each.cells) > AT_ONCE:
            yield some
            some = []
        some.append(each)
    if some:
        yield some


def _settle(judged: Sequence[Judged]) -> list[News]:
    families = Family.read([(each.kind, each.grain, each.ordinal, each.cells["rule"]) for each in judged])
    for family, each in zip(families, judged, strict=True):
        family.take_in(each.cells)
    crossed = [(family, beside) for family in families if len(beside := family.beside())]
    wanted = [(family.where.kind, family.grain, family.ordinal, rules) for family, rules in crossed]
    for (family, _), others in zip(crossed, Family.read(wanted), strict=True):
        family.add(others)
    for family in families:
        family.decide()
    cells.store(cells.Change(each.where, each.rules, each.cells, each.before) for each in families)
    tallies.store(tallies.Change(each.where, each.tally, each.stored) for each in families)
    return [family.news() for family in families]


def told(kind: str, cells: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """What was judged of a period, one cell a rule and segment."""
    together = np.concatenate(cells)
    return one_verdict(together) if kind == Rule.Kind.DEFINITION_BREAK else together


@dataclass(slots=True)
class Family:
    """The judged cells of a kind in a period, those of some rules, in order of rules and segments.

    `rules[i]` is the rule of `cells[i]`, `before[i]` what was stored of it, a cell that was not with the verdict
    NOT_JUDGED; `fresh[i]` says whether it was judged now. `tally` counts the whole family, `counted` as it was before,
    `stored` the same where it was stored.
    """

    where: Where
    grain: Grain
    ordinal: int
    rules: Ints
    cells: NDArray[np.void]
    before: NDArray[np.void]
    fresh: NDArray[np.bool_]
    tally: Counted
    counted: Counted
    stored: Counted | None

    @classmethod
    def read(cls, wanted: Sequence[tuple[str, Grain, int, Ints]]) -> list[Self]:
        """The part of each family (kind, grain, period) that some rules have; all where it was never counted."""
        wheres = [Where(start_of(ordinal, grain), kind, grain.value) for kind, grain, ordinal, _ in wanted]
        rules = [of_it for _, _, _, of_it in wanted]
        stored = cells.read(list(zip(wheres, rules, strict=True))) if wanted else []
        return [
            cls._of(where, grain, ordinal, part)
            for where, (_, grain, ordinal, _), part in zip(wheres, wanted, stored, strict=True)
        ]

    @classmethod
    def _of(cls, where: Where, grain: Grain, ordinal: int, stored: Stored) -> Self:
        tally, rules, part = stored
        if tally is None:
            rules, part = cells.read_all(where)
        counted = Counted.of(rules, part) if tally is None else tally
        return cls(where, grain, ordinal, rules, part, part, np.zeros(len(part), bool), counted, counted, tally)

    def take_in(self, judged: NDArray[np.void]) -> None:
        """Put judged cells in the place of those stored, add those that are new, and count the family anew."""
        keys, theirs = _keys(self.rules, self.cells["segment"]), _keys(judged["rule"], judged["segment"])
        place, found = find(keys, theirs)
        if not found.all():
            keys = self._make_room(keys, theirs[~found])
            place, _ = find(keys, theirs)
        self.before, self.fresh = self.cells, np.zeros(len(keys), bool)
        self.cells, self.fresh[place] = self.before.copy(), True
        for name in CELL.names or ():
            self.cells[name][place] = judged[name]
        was, now = (Counted.of(self.rules, each) for each in (self.before, self.cells))
        self.tally = self.counted.with_instead(now, was, self.rules)

    def beside(self) -> Ints:
        """Rules that nobody judged now, and whose cells the bound has moved across."""
        before, now = self.counted.bound, self.tally.bound
        if before == now:
            return self.rules[:0]
        return np.setdiff1d(self.tally.rules_between(before, now), self.rules)

    def add(self, beside: Self) -> None:
        """Add the cells of other rules, behind these."""
        self.rules = np.concatenate((self.rules, beside.rules))
        self.cells = np.concatenate((self.cells, beside.cells))
        self.before = np.concatenate((self.before, beside.before))
        self.fresh = np.concatenate((self.fresh, beside.fresh))

    def decide(self) -> None:
        """Give each cell the verdict that holds once the whole family is counted."""
        self.cells["verdict"] = decide_within(self.cells["verdict"], self.cells["p"], self.tally.bound)

    def news(self) -> News:
        """What is found now, and was not with these very figures; what was found before."""
        was, is_finding = (each["verdict"] == Verdict.FLAG for each in (self.before, self.cells))
        same = (self.before["effect"] == self.cells["effect"]) & _alike(self.before["p"], self.cells["p"])
        told = (self.fresh & was & is_finding & ~same) | (was != is_finding)
        where, segments = self.where, self.cells["segment"]
        return News(
            where.kind, self.grain, self.ordinal, where.start, self.rules[told], segments[told], is_finding[told]
        )

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
