"""False-discovery families: all pairs judged of one kind in one period, whoever judged them and when.

A verdict must not depend on what happened to be assessed together. So every p-value is stored, and a family is decided
anew over all of them whenever some of it changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Self

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment.calendar import start_of
from metrics.assessment.columns import fetch_packed
from metrics.assessment.judging import Sheet
from metrics.assessment.pairs import find
from metrics.detection.batch import Ints, Verdict
from metrics.detection.control import decide_one
from metrics.models import Rule
from metrics.models.rule import CELL
from truthgov.periods import Grain

LOCKS = 727_100
"""The advisory locks of assessment: one a kind of contradiction, numbered in the order of their names."""
READ = """
    SELECT array_agg(rule_id ORDER BY rule_id), array_agg(length(packed) ORDER BY rule_id),
        string_agg(packed, ''::bytea ORDER BY rule_id)
    FROM metrics_judgement WHERE kind = %s AND grain = %s AND period_start = %s"""
WRITE = """
    INSERT INTO metrics_judgement (rule_id, period_start, kind, grain, packed)
    SELECT rule, %s, %s, %s, substring(bytes.of_all FROM first FOR length)
    FROM (SELECT %s::bytea AS of_all) AS bytes, unnest(%s::bigint[], %s::int[], %s::int[]) AS part(rule, first, length)
    ORDER BY rule
    ON CONFLICT (rule_id, period_start) DO UPDATE SET packed = EXCLUDED.packed"""
COPY = "COPY metrics_judgement (rule_id, period_start, kind, grain, packed) FROM STDIN"
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
        for kind in sorted(set(kinds)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCKS, names.index(kind)])


def settle(kind: str, grain: Grain, sheets: Sequence[Sheet]) -> list[News]:
    """Store what was newly judged of one kind and grain, and decide its families, a period each; what came of it."""
    periods = sorted({ordinal for sheet in sheets for ordinal in sheet.ordinals.tolist()})
    return [
        Family.read(kind, grain, period).settle(np.concatenate([sheet.cells(period) for sheet in sheets]))
        for period in periods
    ]


@dataclass(slots=True)
class Family:
    """The judged cells of a kind in a period, in order of rules and segments; `rules[i]` is the rule of `cells[i]`."""

    kind: str
    grain: Grain
    ordinal: int
    rules: Ints
    cells: NDArray[np.void]

    @classmethod
    def read(cls, kind: str, grain: Grain, ordinal: int) -> Self:
        """The family as it is stored."""
        rules, lengths, packed = fetch_packed(READ, [kind, grain.value, start_of(ordinal, grain)])
        return cls(kind, grain, ordinal, np.repeat(rules, lengths // CELL.itemsize), np.frombuffer(packed, CELL))

    def settle(self, judged: NDArray[np.void]) -> News:
        """Take judged cells in, decide, store the rules that changed."""
        before, fresh = self._take_in(judged)
        self.cells["verdict"] = decide_one(self.cells["verdict"], self.cells["p"])
        self._write(before)
        was = before["verdict"] == Verdict.FLAG
        same = (before["effect"] == self.cells["effect"]) & _alike(before["p"], self.cells["p"])
        is_finding = self.cells["verdict"] == Verdict.FLAG
        told = (fresh & was & is_finding & ~same) | (was != is_finding)
        start = start_of(self.ordinal, self.grain)
        return News(self.kind, self.grain, self.ordinal, start, self.rules[told], self.cells["segment"][told],
                    is_finding[told])  # fmt: skip

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
        blank["segment"] = added & SEGMENT
        keys = np.concatenate((keys, added))
        order = np.argsort(keys, kind="stable")
        self.rules = (keys >> 32)[order]
        self.cells = np.concatenate((self.cells, blank))[order]
        return keys[order]

    def _write(self, before: NDArray[np.void]) -> None:
        """Store the rules whose cells differ from those stored before."""
        begins = np.flatnonzero(np.append(True, self.rules[1:] != self.rules[:-1])[: len(self.rules)])
        differs = (_bytes(before) != _bytes(self.cells)).any(axis=1)
        changed = np.flatnonzero(np.logical_or.reduceat(differs, begins)) if len(begins) else begins
        if not len(changed):
            return
        rules, ends = self.rules[begins].tolist(), [*begins[1:].tolist(), len(self.cells)]
        packed = [(rules[part], self.cells[begins[part] : ends[part]].tobytes()) for part in changed.tolist()]
        if (before["verdict"] == Verdict.NOT_JUDGED).all():
            self._copy(packed)
        else:
            self._update(packed)

    def _update(self, packed: list[tuple[int, bytes]]) -> None:
        """Store rules of a family some of which is stored."""
        rules, lengths = [rule for rule, _ in packed], [len(cells) for _, cells in packed]
        firsts = (np.cumsum([0, *lengths[:-1]]) + 1).tolist()
        together = b"".join(cells for _, cells in packed)
        about = start_of(self.ordinal, self.grain), self.kind, self.grain.value
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [*about, together, rules, firsts, lengths])

    def _copy(self, packed: list[tuple[int, bytes]]) -> None:
        """Store the rules of a family that is new; its lock keeps others from storing some meanwhile."""
        about = f"{start_of(self.ordinal, self.grain)}\t{self.kind}\t{self.grain.value}"
        lines = (f"{rule}\t{about}\t\\\\x{cells.hex()}\n" for rule, cells in packed)
        with connection.cursor() as cursor:
            cursor.copy_expert(COPY, StringIO("".join(lines)))


def _keys(rules: Ints, segments: Ints) -> Ints:
    return (rules << 32) + segments


def _alike(before: NDArray, now: NDArray) -> NDArray[np.bool_]:
    """Equal, or both unknown."""
    return (before == now) | (np.isnan(before) & np.isnan(now))


def _bytes(cells: NDArray[np.void]) -> NDArray[np.uint8]:
    return cells.view(np.uint8).reshape(len(cells), CELL.itemsize)
