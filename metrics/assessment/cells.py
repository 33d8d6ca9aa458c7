"""Judged cells of false-discovery families as they are stored, a rule's in one period packed as bytes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import StringIO
from itertools import pairwise
from typing import Any, NamedTuple

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
    WITH family AS MATERIALIZED (
        SELECT * FROM unnest(%s::date[], %s::text[], %s::text[]) WITH ORDINALITY AS each(start, kind, grain, number))
    SELECT (family.number << 32) + stored.rule_id, stored.packed
    FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(number, rule) JOIN family ON family.number = wanted.number
    JOIN metrics_judgement AS stored ON stored.rule_id = wanted.rule AND stored.period_start = family.start
        AND stored.kind = family.kind AND stored.grain = family.grain
    UNION ALL SELECT family.number << 32, int8send(tally.members) || tally.low FROM family
    JOIN metrics_tally AS tally ON tally.kind = family.kind AND tally.grain = family.grain
        AND tally.period_start = family.start"""
READ_ALL = """
    SELECT rule_id, packed FROM metrics_judgement WHERE period_start = %s AND kind = %s AND grain = %s"""
WRITE = """
    INSERT INTO metrics_judgement (rule_id, period_start, kind, grain, packed)
    SELECT rule, start, kind, grain, substring(bytes.of_all FROM first FOR length)
    FROM (SELECT %s::bytea AS of_all) AS bytes,
        unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::int[], %s::int[])
            AS part(rule, start, kind, grain, first, length)
    ORDER BY rule, start
    ON CONFLICT (rule_id, period_start) DO UPDATE SET packed = EXCLUDED.packed"""
COPY = "COPY metrics_judgement (rule_id, period_start, kind, grain, packed) FROM STDIN"
SHIFT = 32
RULE = 2**SHIFT - 1
"""What a key of a family and a rule has of the rule."""


class Where(NamedTuple):
    """Which family: the first day of its period, its kind and grain."""

    start: date
    kind: str
    grain: str


class Stored(NamedTuple):
    """What is stored of a family: its tally, None where it was never counted, and some cells, each with its rule."""

    tally: Counted | None
    rules: Ints
    cells: NDArray[np.void]


class Change(NamedTuple):
    """Cells of a family as they are to be stored, and as they were before; those of a rule lie together."""

    where: Where
    rules: Ints
    cells: NDArray[np.void]
    before: NDArray[np.void]


Packed = tuple[int, Where, bytes]
"""The cells of a rule in a family."""
Fetched = tuple[Ints, NDArray[np.uint8]]
"""Keys, and what is packed under each: rows × bytes."""


def read(families: Sequence[tuple[Where, Ints]]) -> list[Stored]:
    """The tallies of families, and the cells that some rules have in each, in one query."""
    wanted = [(number, rule) for number, (_, rules) in enumerate(families, 1) for rule in np.unique(rules).tolist()]
    numbers, rules = map(list, zip(*wanted, strict=True)) if wanted else ([], [])
    wheres = map(list, zip(*(where for where, _ in families), strict=True))
    return _stored(len(families), _fetched(READ, [*wheres, numbers, rules]))


def read_all(where: Where) -> tuple[Ints, NDArray[np.void]]:
    """All cells of a family, each with its rule."""
    return _unpacked(_fetched(READ_ALL, where))


def store(changes: Iterable[Change]) -> None:
    """Store the rules whose cells differ from those stored before."""
    fresh: list[Packed] = []
    changed: list[Packed] = []
    for change in changes:
        is_new = (change.before["verdict"] == Verdict.NOT_JUDGED).all()
        (fresh if is_new else changed).extend(_differing(change))
    if fresh:
        _copy(fresh)
    if changed:
        _update(changed)


def _differing(change: Change) -> Iterator[Packed]:
    rules, cells = change.rules, change.cells
    begins = np.flatnonzero(np.append(True, rules[1:] != rules[:-1])[: len(rules)])
    differs = (_bytes(change.before) != _bytes(cells)).any(axis=1)
    chosen = np.flatnonzero(np.logical_or.reduceat(differs, begins)) if len(begins) else begins
    owners, ends = rules[begins].tolist(), [*begins[1:].tolist(), len(cells)]
    for part in chosen.tolist():
        yield owners[part], change.where, cells[begins[part] : ends[part]].tobytes()


def _update(packed: Sequence[Packed]) -> None:
    """Store rules of families some of which are stored."""
    rules, wheres, cells = zip(*packed, strict=True)
    lengths = list(map(len, cells))
    firsts = (np.cumsum([0, *lengths[:-1]]) + 1).tolist()
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [b"".join(cells), list(rules), *map(list, zip(*wheres, strict=True)), firsts, lengths])


def _copy(packed: Iterable[Packed]) -> None:
    """Store rules none of which is stored; the lock of the kind keeps others from storing some meanwhile."""
    lines = ("\t".join((str(rule), *map(str, where), f"\\\\x{cells.hex()}\n")) for rule, where, cells in packed)
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, StringIO("".join(lines)))


def _fetched(select: str, parameters: Sequence[Any]) -> list[Fetched]:
    return [(keys, told["packed"]) for keys, told in fetch_packed(select, parameters, packed="u1")]


def _stored(families: int, fetched: Iterable[Fetched]) -> list[Stored]:
    """What was fetched of each of so many families."""
    tallies: dict[int, Counted] = {}
    judged: list[Fetched] = []
    for keys, rows in fetched:
        counts = np.flatnonzero(keys & RULE == TALLY)
        tallies |= {int(keys[row]) >> SHIFT: Counted.unpacked(rows[row].tobytes()) for row in counts.tolist()}
        judged.append((np.delete(keys, counts), np.delete(rows, counts, axis=0)) if len(counts) else (keys, rows))
    owners, cells = _unpacked(judged)
    ends = np.searchsorted(owners, np.arange(1, families + 2) << SHIFT).tolist()
    return [
        Stored(tallies.get(number), owners[first:last] & RULE, cells[first:last])
        for number, (first, last) in enumerate(pairwise(ends), 1)
    ]


def _unpacked(fetched: Iterable[Fetched]) -> tuple[Ints, NDArray[np.void]]:
    """The cells of rules as they were fetched, by rule."""
    owners, cells = [np.empty(0, np.int64)], [np.empty(0, CELL)]
    for rules, rows in fetched:
        if rows.size:
            cells.append(np.ascontiguousarray(rows).view(CELL).ravel())
            owners.append(np.repeat(rules, rows.shape[1] // CELL.itemsize))
    of_all, found = np.concatenate(owners), np.concatenate(cells)
    order = np.argsort(of_all, kind="stable")
    return of_all[order], found[order]


def _bytes(cells: NDArray[np.void]) -> NDArray[np.uint8]:
    return cells.view(np.uint8).reshape(len(cells), CELL.itemsize)
