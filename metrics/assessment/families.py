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
from metrics.assessment.judging import Sheet
from metrics.assessment.pairs import find
from metrics.detection.batch import Ints, Verdict
from metrics.detection.control import decide
from metrics.models import Rule
from metrics.models.rule import CELL
from truthgov.periods import Grain

LOCKS = 727_100
"""The advisory locks of assessment: one a kind of contradiction, numbered in the order of their names."""
READ = "SELECT rule_id, packed FROM metrics_judgement WHERE kind = %s AND grain = %s AND period_start = %s"
WRITE = """
    INSERT INTO metrics_judgement (rule_id, period_start, kind, grain, packed)
    SELECT rule, %s, %s, %s, substring(bytes.of_all FROM first FOR length)
    FROM (SELECT %s::bytea AS of_all) AS bytes, unnest(%s::bigint[], %s::int[], %s::int[]) AS part(rule, first, length)
    ORDER BY rule
    ON CONFLICT (rule_id, period_start) DO UPDATE SET packed = EXCLUDED.packed"""

COPY = "COPY metrics_judgement (rule_id, period_start, kind, grain, packed) FROM STDIN"


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
        with connection.cursor() as cursor:
            cursor.execute(f"{READ} ORDER BY rule_id", [kind, grain.value, start_of(ordinal, grain)])
            rows = cursor.fetchall()
        counts = [len(packed) // CELL.itemsize for _, packed in rows]
        cells = np.frombuffer(b"".join(packed for _, packed in rows), CELL)
        return cls(kind, grain, ordinal, np.repeat(np.array([rule for rule, _ in rows], np.int64), counts), cells)

    def settle(self, judged: NDArray[np.void]) -> News:
        """Take judged cells in, decide, store the rules that changed."""
        stored, stored_rules = self.cells, self.rules
        fresh = self._merge(judged)
        self.cells["verdict"], _ = decide(self.cells["verdict"], self.cells["p"], np.zeros(len(self.cells), np.int64))
        self._write(stored, stored_rules)
        place, found = find(_keys(stored_rules, stored["segment"]), self.keys)
        was, same = np.zeros(len(self.cells), bool), np.zeros(len(self.cells), bool)
        if len(stored):
            was = found & (stored["verdict"][place] == Verdict.FLAG)
            same = found & (stored["effect"][place] == self.cells["effect"]) & (stored["p"][place] == self.cells["p"])
            same |= found & np.isnan(self.cells["p"]) & (stored["effect"][place] == self.cells["effect"])
        is_finding = self.cells["verdict"] == Verdict.FLAG
        told = (fresh & was & is_finding & ~same) | (was != is_finding)
        start = start_of(self.ordinal, self.grain)
        return News(self.kind, self.grain, self.ordinal, start, self.rules[told], self.cells["segment"][told],
                    is_finding[told])  # fmt: skip

    @property
    def keys(self) -> Ints:
        return _keys(self.rules, self.cells["segment"])

    def _merge(self, judged: NDArray[np.void]) -> NDArray[np.bool_]:
        """Put judged cells in the place of those stored, and add those that are new; which cells these are."""
        added = np.empty(len(judged), CELL)
        for name in CELL.names or ():
            added[name] = judged[name]
        rules = np.concatenate((self.rules, judged["rule"]))
        cells = np.concatenate((self.cells, added))
        keys = _keys(rules, cells["segment"])
        order = np.argsort(keys, kind="stable")
        latest = np.append(keys[order][1:] != keys[order][:-1], True)
        kept = order[latest]
        fresh = kept >= len(self.rules)
        self.rules, self.cells = rules[kept], cells[kept]
        return fresh

    def _write(self, stored: NDArray[np.void], stored_rules: Ints) -> None:
        """Store the rules whose cells differ from those stored."""
        before = {rule: part.tobytes() for rule, part in _by_rule(stored_rules, stored)}
        after = [(rule, part.tobytes()) for rule, part in _by_rule(self.rules, self.cells)]
        changed = [(rule, packed) for rule, packed in after if before.get(rule) != packed]
        if not changed:
            return
        if not before:
            self._copy(changed)
            return
        lengths = [len(packed) for _, packed in changed]
        firsts = (np.cumsum([0, *lengths[:-1]]) + 1).tolist()
        packed = b"".join(packed for _, packed in changed)
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [start_of(self.ordinal, self.grain), self.kind, self.grain.value, packed,
                                   [rule for rule, _ in changed], firsts, lengths])  # fmt: skip

    def _copy(self, packed: list[tuple[int, bytes]]) -> None:
        """Store the rules of a family that is new; its lock keeps others from storing some meanwhile."""
        about = f"{start_of(self.ordinal, self.grain)}\t{self.kind}\t{self.grain.value}"
        lines = (f"{rule}\t{about}\t\\\\x{cells.hex()}\n" for rule, cells in packed)
        with connection.cursor() as cursor:
            cursor.copy_expert(COPY, StringIO("".join(lines)))


def _keys(rules: Ints, segments: Ints) -> Ints:
    return (rules << 32) + segments


def _by_rule(rules: Ints, cells: NDArray[np.void]) -> list[tuple[int, NDArray[np.void]]]:
    if not len(rules):
        return []
    names, begins = np.unique(rules, return_index=True)
    return list(zip(names.tolist(), np.split(cells, begins[1:]), strict=True))
