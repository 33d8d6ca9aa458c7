"""What the audit holds of the rows that an act wrote or changed, and whether they are still these.

The last entry of an act keeps, under `act` in its data, the act's name; of each table of final rows (`Recorded`) how
many it wrote, and a digest of them; and of each other row that it changed (`Accounted`) a digest of how it left it. So
who owns the tables can neither alter, add nor take away such a row unseen, nor say that another act wrote it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from truthgov.figures import counted
from truthgov.models.base import Accounted, Recorded
from truthgov.models.stated_file import StatedFile

Table = type[models.Model]
TOLD = (Recorded, Accounted)
MANY = 20
"""Faults that are told of each kind."""


@dataclass
class Standing:
    """How many rows are what entries say, of how many no entry tells, and a sentence for each that is another."""

    held: int = 0
    untold: list[str] = field(default_factory=list)
    """Such as "3 subjects"."""
    faults: list[str] = field(default_factory=list)


def wrote(act: UUID, noted: Iterable[models.Model]) -> dict[str, list[Any]]:
    """By table, how many final rows an act has written up to now, and their digest."""
    found = _asked(_written, _keys(noted, Recorded), str(act))
    return {table: [count, digest] for table, count, digest in found if count}


def left(noted: Iterable[models.Model]) -> dict[str, dict[str, str | None]]:
    """By table and key, a digest of each other row as it stands; None where it is gone.

    Asked while the end of the chain is locked: what others change meanwhile, their entries tell later.
    """
    keys = _keys(noted, Accounted)
    found: dict[str, dict[str, str | None]] = {
        model._meta.db_table: dict.fromkeys(map(str, sorted(each))) for model, each in keys.items()
    }
    for table, key, digest in _asked(_left, keys):
        found[table][key] = digest
    return found


def standing() -> Standing:
    """Hold every row of which the audit tells against what it tells, and files against what was stated of them."""
    found = Standing()
    _judge(found, WRITTEN, _all_written, of(Recorded), _written_otherwise)
    _judge(found, LEFT, _all_left, of(Accounted), _left_otherwise)
    found.faults += _files()
    return found


def of(kind: Table) -> list[Table]:
    """Every model of a kind, in the order of their tables."""
    kept = [model for model in apps.get_models(include_auto_created=True) if issubclass(model, kind)]
    return sorted(kept, key=lambda model: model._meta.db_table)


def _judge(found: Standing, statement: str, part: Callable[[Table], str], models: list[Table],
           worded: Callable[..., str]) -> None:  # fmt: skip
    by_table = {model._meta.db_table: model for model in models}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(held=_UNION.join(map(part, models))))
        for verdict, table, *said in cursor.fetchall():
            if verdict == "held":
                found.held += int(said[-1])
            elif verdict == "untold":
                found.untold.append(_so_many(by_table[table], int(said[-1])))
            else:
                found.faults.append(worded(by_table[table], *said))


def _so_many(model: Table, count: int) -> str:
    return counted(count, str(model._meta.verbose_name), str(model._meta.verbose_name_plural))


def _written_otherwise(model: Table, entry: int | None, said: int | None, held: int | None) -> str:
    rows = _so_many(model, said or held or 0)
    if entry is None:
        return f"Beside what acts wrote, {rows} of which no entry tells were put in."
    stand = "and not what stands" if said == held else f"where {held or 0} stand"
    return f"Audit entry {entry} tells of {rows}, {stand}."


def _left_otherwise(model: Table, entry: int, key: str, held: bool) -> str:
    name = f"{str(model._meta.verbose_name).capitalize()} {key}"
    return (
        f"{name} is not what audit entry {entry} left." if held else f"{name}, which audit entry {entry} left, is gone."
    )


def _keys(noted: Iterable[models.Model], kind: Table) -> dict[Table, set[int]]:
    found = defaultdict[Table, set[int]](set)
    for each in noted:
        if isinstance(each, kind) and each.pk is not None:
            found[type(each)].add(each.pk)
    return found


def _files() -> list[str]:
    """A sentence for each file that is not what was stated of it when it was attached, and for each that is gone."""
    found = []
    for model in of(StatedFile):
        to = next(each for each in model._meta.concrete_fields if isinstance(each, models.ForeignKey))
        stating = to.related_model._meta
        with connection.cursor() as cursor:
            cursor.execute(FILES.format(file=model._meta.db_table, to=to.column, stating=stating.db_table))
            found += [f"A file that {stating.verbose_name} {key} rests on is not what it stated."
                      for (key,) in cursor.fetchall()]  # fmt: skip
    return found


def _asked(part: Callable[[Table], str], rows: dict[Table, set[int]], *values: str) -> list[tuple[Any, ...]]:
    """One query over the tables that rows are of."""
    if not rows:
        return []
    asked: list[Any] = [each for keys in rows.values() for each in (list(keys), *values)]
    with connection.cursor() as cursor:
        cursor.execute(_UNION.join(map(part, rows)), asked)
        return cursor.fetchall()


def _row(model: Table) -> str:
    """The digest of a row: SHA-256 of its columns as JSON, without those that are empty, instants in UTC."""
    off: tuple[str, ...] = ("act",) if issubclass(model, Recorded) else getattr(model, "off_record", ())
    kept = [each for each in model._meta.concrete_fields if each.name not in off]
    zone = {each.column: " AT TIME ZONE 'UTC'" for each in kept if isinstance(each, models.DateTimeField)}
    said = ", ".join(f"'{each.column}', \"{each.column}\"{zone.get(each.column, '')}" for each in kept)
    return f"sha256(convert_to(jsonb_strip_nulls(jsonb_build_object({said}))::text, 'UTF8'))"


def _rows(model: Table) -> str:
    key = model._meta.pk.column
    return f"encode(sha256(string_agg({_row(model)}, ''::bytea ORDER BY {key})), 'hex')"


def _written(model: Table) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    return f"""SELECT '{table}', count(*), {_rows(model)}
        FROM {table} WHERE {key} = ANY(%s::bigint[]) AND act = %s::uuid"""  # noqa: S608 - our own names


def _left(model: Table) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    digest = f"encode({_row(model)}, 'hex')"
    return f"SELECT '{table}', {key}::text, {digest} FROM {table} WHERE {key} = ANY(%s::bigint[])"  # noqa: S608


def _all_written(model: Table) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    return f"""SELECT '{table}' AS kept, act, count(*) AS rows, min({key}) AS first, max({key}) AS last,
        {_rows(model)} AS digest FROM {table} GROUP BY act"""  # noqa: S608 - our own names


def _all_left(model: Table) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    digest = f"encode({_row(model)}, 'hex')"
    return f"SELECT '{table}' AS kept, {key}::text AS key, {digest} AS digest FROM {table}"  # noqa: S608 - our own names


_UNION = "\nUNION ALL "
ACTS = """
    SELECT number, (data -> 'act' ->> 'name')::uuid AS act, data -> 'act' AS said FROM truthgov_auditentry
    WHERE jsonb_typeof(data -> 'act') = 'object'
"""
WRITTEN = f"""
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (act, kept) act, kept, number, (wrote ->> 0)::bigint AS rows, wrote ->> 1 AS digest
        FROM ({ACTS}) acts CROSS JOIN LATERAL jsonb_each(said -> 'wrote') AS each(kept, wrote)
        ORDER BY act, kept, number DESC),
    held AS ({{held}}),
    both_sides AS (
        SELECT kept, number, told.rows AS said, held.rows AS held, told.digest = held.digest AS same, last,
            min(first) FILTER (WHERE number IS NOT NULL) OVER (PARTITION BY kept) AS since
        FROM told FULL JOIN held USING (kept, act)),
    judged AS (
        SELECT *, CASE WHEN number IS NULL AND last > since THEN 'beside' WHEN number IS NULL THEN 'untold'
            WHEN same AND said = held THEN 'held' ELSE 'altered' END AS verdict FROM both_sides)
    SELECT verdict, kept, NULL, NULL, sum(held) FROM judged WHERE verdict IN ('held', 'untold') GROUP BY verdict, kept
    UNION ALL (SELECT verdict, kept, number, said, held FROM judged WHERE verdict IN ('altered', 'beside')
        ORDER BY number, kept LIMIT {MANY})
"""  # noqa: S608 - nothing of it comes from outside
"""Rows without an entry are older than entries that tell of rows, or were put in beside the act that they name."""
LEFT = f"""
    WITH told AS MATERIALIZED (
        SELECT DISTINCT ON (kept, key) kept, key, number, digest
        FROM ({ACTS}) acts CROSS JOIN LATERAL jsonb_each(said -> 'left') AS tables(kept, rows)
        CROSS JOIN LATERAL jsonb_each_text(rows) AS each(key, digest) ORDER BY kept, key, number DESC),
    held AS ({{held}}),
    judged AS (
        SELECT kept, key, number, held.digest IS NOT NULL AS held, CASE WHEN number IS NULL THEN 'untold'
            WHEN told.digest IS NOT DISTINCT FROM held.digest THEN 'held' ELSE 'altered' END AS verdict
        FROM told FULL JOIN held USING (kept, key))
    SELECT verdict, kept, NULL, NULL, count(*) FROM judged WHERE verdict IN ('held', 'untold') GROUP BY verdict, kept
    UNION ALL (SELECT verdict, kept, number, key, held::integer FROM judged WHERE verdict = 'altered'
        ORDER BY number, kept, key LIMIT {MANY})
"""  # noqa: S608 - nothing of it comes from outside
FILES = """
    SELECT stating.id FROM {stating} stating CROSS JOIN LATERAL jsonb_array_elements(stating.attached) AS said
    LEFT JOIN {file} held ON held.{to} = stating.id AND held.digest = said ->> 'sha256'
    WHERE held.id IS NULL OR encode(sha256(held.content), 'hex') <> held.digest
    ORDER BY 1 LIMIT 20
"""
