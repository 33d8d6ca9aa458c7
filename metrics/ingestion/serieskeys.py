"""The series that a delivery's figures belong to, found or made in one set."""

from typing import Any, NamedTuple

from django.db import connection


class SeriesKey(NamedTuple):
    measure_id: int
    segment_id: int
    source_id: int


class SeriesFound(NamedTuple):
    """Series ids by key; `standing` were there before, `made` are this transaction's own, seen by nobody else."""

    ids: dict[SeriesKey, int]
    standing: set[int]
    made: set[int]


FIND = """
    SELECT key.measure_id, key.segment_id, key.source_id, series.id
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS key (measure_id, segment_id, source_id)
    JOIN metrics_series AS series USING (measure_id, segment_id, source_id)
"""
MAKE = """
    INSERT INTO metrics_series (measure_id, segment_id, source_id)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
    ON CONFLICT DO NOTHING RETURNING id
"""
IDENTITY = r"""encode(sha256(convert_to(string_agg(
    concat_ws(E'\t', {id}, measure.code, source.code, segment.key), E'\n' ORDER BY {id}), 'UTF8')), 'hex')"""
TELL = f"""
    SELECT {IDENTITY.format(id="series.id")} FROM metrics_series series
    JOIN metrics_measure measure ON measure.id = series.measure_id
    JOIN metrics_source source ON source.id = series.source_id
    JOIN metrics_segment segment ON segment.id = series.segment_id
    WHERE series.id = ANY(%s)
"""  # noqa: S608 - nothing of it comes from outside


def series_of(keys: set[SeriesKey]) -> SeriesFound:
    """Find the series of these keys, and make the others in key order, so that two deliveries never deadlock."""
    ordered = sorted(keys)
    ids = _find(ordered)
    standing = set(ids.values())
    missing = [key for key in ordered if key not in ids]
    made: set[int] = set()
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(MAKE, _columns(missing))
            made = {pk for (pk,) in cursor.fetchall()}
        ids |= _find(missing)
    return SeriesFound(ids, standing, made)


def told(made: set[int]) -> dict[str, Any] | None:
    """What the audit keeps of new series: which they are, as runs of numbers, and the digest of what each is of."""
    if not made:
        return None
    runs: list[list[int]] = []
    for pk in sorted(made):
        if runs and runs[-1][1] == pk - 1:
            runs[-1][1] = pk
        else:
            runs.append([pk, pk])
    with connection.cursor() as cursor:
        cursor.execute(TELL, [list(made)])
        return {"runs": runs, "digest": cursor.fetchone()[0]}


def _find(keys: list[SeriesKey]) -> dict[SeriesKey, int]:
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, _columns(keys))
        return {SeriesKey(*key): pk for *key, pk in cursor.fetchall()}


def _columns(keys: list[SeriesKey]) -> list[list[int]]:
    return [list(column) for column in zip(*keys, strict=True)]
