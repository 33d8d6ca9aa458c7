"""Judged cells of false-discovery families as they are stored, a rule's in one period packed as bytes."""

from collections.abc import Iterable
from datetime import date
from io import StringIO
from typing import NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment.columns import fetch_packed
from metrics.assessment.tallies import Counted
from metrics.detection.batch import Ints, Verdict
from metrics.models.rule import CELL

TALLY = 0
"""Stands, as a rule, for the tally of the family where both are read at once."""
READ = """
    SELECT rule_id, packed FROM metrics_judgement
    WHERE rule_id = ANY(%s::bigint[]) AND period_start = %s AND kind = %s AND grain = %s
    UNION ALL SELECT 0, int8send(members) || low FROM metrics_tally
    WHERE period_start = %s AND kind = %s AND grain = %s"""
READ_ALL = """
    SELECT rule_id, packed FROM metrics_judgement WHERE period_start = %s AND kind = %s AND grain = %s"""
WRITE = """
    INSERT INTO metrics_judgement (rule_id, period_start, kind, grain, packed)
    SELECT rule, %s, %s, %s, substring(bytes.of_all FROM first FOR length)
    FROM (SELECT %s::bytea AS of_all) AS bytes, unnest(%s::bigint[], %s::int[], %s::int[]) AS part(rule, first, length)
    ORDER BY rule
    ON CONFLICT (rule_id, period_start) DO UPDATE SET packed = EXCLUDED.packed"""
COPY = "COPY metrics_judgement (rule_id, period_start, kind, grain, packed) FROM STDIN"


class Where(NamedTuple):
    """Which family: the first day of its period, its kind and grain."""

    start: date
    kind: str
    grain: str


def read(where: Where, rules: Ints) -> tuple[Counted | None, Ints, NDArray[np.void]]:
    """The tally of a family, None where it was never counted, and the cells of some rules, each with its rule."""
    told = list(fetch_packed(READ, [np.unique(rules).tolist(), *where, *where], packed="u1"))
    tallies = [Counted.unpacked(packed.tobytes()) for keys, each in told for packed in each["packed"][keys == TALLY]]
    return tallies[0] if tallies else None, *_unpacked(told)


def read_all(where: Where) -> tuple[Ints, NDArray[np.void]]:
    """All cells of a family, each with its rule."""
    return _unpacked(fetch_packed(READ_ALL, where, packed="u1"))


def store(where: Where, rules: Ints, cells: NDArray[np.void], *, before: NDArray[np.void]) -> None:
    """Store the rules whose cells differ from those stored `before`; the cells of a rule lie together."""
    begins = np.flatnonzero(np.append(True, rules[1:] != rules[:-1])[: len(rules)])
    differs = (_bytes(before) != _bytes(cells)).any(axis=1)
    changed = np.flatnonzero(np.logical_or.reduceat(differs, begins)) if len(begins) else begins
    if not len(changed):
        return
    owners, ends = rules[begins].tolist(), [*begins[1:].tolist(), len(cells)]
    packed = [(owners[part], cells[begins[part] : ends[part]].tobytes()) for part in changed.tolist()]
    if (before["verdict"] == Verdict.NOT_JUDGED).all():
        _copy(where, packed)
    else:
        _update(where, packed)


def _update(where: Where, packed: list[tuple[int, bytes]]) -> None:
    """Store rules of a family some of which is stored."""
    rules, lengths = [rule for rule, _ in packed], [len(cells) for _, cells in packed]
    firsts = (np.cumsum([0, *lengths[:-1]]) + 1).tolist()
    together = b"".join(cells for _, cells in packed)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*where, together, rules, firsts, lengths])


def _copy(where: Where, packed: list[tuple[int, bytes]]) -> None:
    """Store rules none of which is stored; the lock of the kind keeps others from storing some meanwhile."""
    about = "\t".join(map(str, where))
    lines = (f"{rule}\t{about}\t\\\\x{cells.hex()}\n" for rule, cells in packed)
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, StringIO("".join(lines)))


def _unpacked(told: Iterable[tuple[Ints, dict[str, NDArray[np.uint8]]]]) -> tuple[Ints, NDArray[np.void]]:
    """The cells of rules as they were fetched, by rule."""
    rules, cells = [np.empty(0, np.int64)], [np.empty(0, CELL)]
    for keys, each in told:
        packed = each["packed"][keys != TALLY]
        if packed.size:
            cells.append(np.ascontiguousarray(packed).view(CELL).ravel())
            rules.append(np.repeat(keys[keys != TALLY], packed.shape[1] // CELL.itemsize))
    owners, found = np.concatenate(rules), np.concatenate(cells)
    order = np.argsort(owners, kind="stable")
    return owners[order], found[order]


def _bytes(cells: NDArray[np.void]) -> NDArray[np.uint8]:
    return cells.view(np.uint8).reshape(len(cells), CELL.itemsize)
