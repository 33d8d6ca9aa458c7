"""Judged cells of false-discovery families as they are stored, a rule's in one period packed as bytes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import StringIO
from typing import NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from metrics.assessment.columns import fetch_bytes, fetch_packed
from metrics.assessment.joins import changes, together
from metrics.assessment.tallies import RULE, SHIFT, Kept
from metrics.detection.batch import Ints, Verdict
from metrics.models.rule import CELL
from metrics.prepared import Prepared

TALLY = 0
"""Stands, as a rule, for the tally of the family where both are read at once."""
READ = Prepared("judged_cells", """
    WITH family AS MATERIALIZED (
        SELECT * FROM unnest(%(starts)s::date[], %(kinds)s::text[], %(grains)s::text[])
            WITH ORDINALITY AS each(start, kind, grain, number))
    SELECT (family.number - 1 << 32) + stored.rule_id, stored.packed
    FROM unnest(%(families)s::bigint[], %(rules)s::bigint[]) AS wanted(number, rule)
    JOIN family ON family.number = wanted.number
    CROSS JOIN LATERAL (
        SELECT * FROM metrics_judgement AS each
        WHERE each.rule_id = wanted.rule AND each.period_start = family.start OFFSET 0) AS stored
    WHERE stored.kind = family.kind AND stored.grain = family.grain
    UNION ALL SELECT family.number - 1 << 32, int8send(tally.members) || tally.low FROM family
    JOIN metrics_tally AS tally ON tally.kind = family.kind AND tally.grain = family.grain
        AND tally.period_start = family.start""",
    starts="date[]", kinds="text[]", grains="text[]", families="bigint[]", rules="bigint[]",
)  # fmt: skip
"""`OFFSET 0` has each rule looked up by its key: planned once for all, the join would read whole families for a few."""
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


class Where(NamedTuple):
    """Which family: the first day of its period, its kind and grain."""

    start: date
    kind: str
    grain: str


class Stored(NamedTuple):
    """What is stored of families: the tallies of those that were counted, by number, and cells, with their owners."""

    tallies: dict[int, Kept]
    owners: Ints
    cells: NDArray[np.void]


class Change(NamedTuple):
    """Cells of families as they are to be stored, and as they were before, by their owners (see `tallies`)."""

    wheres: Sequence[Where]
    owners: Ints
    cells: NDArray[np.void]
    before: NDArray[np.void]


Packed = tuple[int, Where, bytes]
"""The cells of a rule in a family."""
Fetched = tuple[Ints, NDArray[np.uint8]]
"""Keys, and what is packed under each: rows × bytes."""


def read(wheres: Sequence[Where], owners: Ints) -> Stored:
    """The tallies of families, and the cells that some owners have in them, in one query."""
    starts, kinds, grains = map(list, zip(*wheres, strict=True))
    given = {"starts": starts, "kinds": kinds, "grains": grains, "families": ((owners >> SHIFT) + 1).tolist(),
             "rules": (owners & RULE).tolist()}  # fmt: skip
    tallies: dict[int, Kept] = {}
    judged: list[Fetched] = []
    for keys, rows in fetch_bytes(READ, given, len(owners)):
        is_tally = keys & RULE == TALLY
        for key, packed in zip(keys[is_tally].tolist(), rows[is_tally], strict=True):
            tallies[key >> SHIFT] = Kept.unpacked(packed.tobytes())
        judged.append((keys[~is_tally], rows[~is_tally]))
    return Stored(tallies, *_unpacked(judged))


def read_all(where: Where) -> tuple[Ints, NDArray[np.void]]:
    """All cells of a family, each with its rule."""
    return _unpacked((rules, told["packed"]) for rules, told in fetch_packed(READ_ALL, where, packed="u1"))


def store(change: Change) -> None:
    """Store the rules whose cells differ from those stored before."""
    known = np.zeros(len(change.wheres), bool)
    known[change.owners[change.before["verdict"] != Verdict.NOT_JUDGED] >> SHIFT] = True
    fresh: list[Packed] = []
    changed: list[Packed] = []
    for family, packed in _differing(change):
        (changed if known[family] else fresh).append(packed)
    if fresh:
        _copy(fresh)
    if changed:
        _update(changed)


def _differing(change: Change) -> Iterator[tuple[int, Packed]]:
    """The owners whose cells differ, each family's number with what is to be stored."""
    owners, cells = change.owners, change.cells
    begins = np.flatnonzero(changes(owners))
    differs = (_bytes(change.before) != _bytes(cells)).any(axis=1)
    chosen = np.flatnonzero(np.logical_or.reduceat(differs, begins)) if len(begins) else begins
    families, rules = (owners[begins] >> SHIFT).tolist(), (owners[begins] & RULE).tolist()
    ends = [*begins[1:].tolist(), len(cells)]
    for part in chosen.tolist():
        packed = rules[part], change.wheres[families[part]], cells[begins[part] : ends[part]].tobytes()
        yield families[part], packed


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


def _unpacked(fetched: Iterable[Fetched]) -> tuple[Ints, NDArray[np.void]]:
    """The cells of rules as they were fetched, by rule."""
    owners, cells = [np.empty(0, np.int64)], [np.empty(0, CELL)]
    for rules, rows in fetched:
        if rows.size:
            cells.append(np.ascontiguousarray(rows).view(CELL).ravel())
            owners.append(np.repeat(rules, rows.shape[1] // CELL.itemsize))
    of_all, found = np.concatenate(owners), together(cells)
    order = np.argsort(of_all, kind="stable")
    return of_all[order], found[order]


def _bytes(cells: NDArray[np.void]) -> NDArray[np.uint8]:
    return cells.view(np.uint8).reshape(len(cells), CELL.itemsize)
