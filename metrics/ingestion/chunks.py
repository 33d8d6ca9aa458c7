"""The series arrays that detection reads, kept in step with the readings: a figure rewrites one year of one series."""

from datetime import date

from django.db import connection

from metrics.ingestion.oddities import Course
from metrics.models.packed import unpacked

# Chunks are locked in key order by the upsert itself, also where its WHERE turns the update down. One sort serves all
# four arrays: an ORDER BY in each would cost a sort each.
EXTEND = """
    INSERT INTO metrics_serieschunk AS chunk (series_id, year, ordinals, "values", numerators, denominators)
    SELECT series_id, year, string_agg(int4send(ordinal), ''), string_agg(float8send(value::float8), ''),
        string_agg(float8send(coalesce(numerator::float8, 'NaN')), ''),
        string_agg(float8send(coalesce(denominator::float8, 'NaN')), '')
    FROM (SELECT * FROM staging ORDER BY series_id, year, ordinal) AS staged
    GROUP BY series_id, year ORDER BY series_id, year
    ON CONFLICT (series_id, year) DO UPDATE SET
        ordinals = chunk.ordinals || excluded.ordinals, "values" = chunk."values" || excluded."values",
        numerators = chunk.numerators || excluded.numerators,
        denominators = chunk.denominators || excluded.denominators
    WHERE substring(chunk.ordinals FROM length(chunk.ordinals) - 3)::integer
        < substring(excluded.ordinals FOR 4)::integer
    RETURNING series_id, year
"""
# A statement of its own, after the locks: it sees what the holder before has committed.
REBUILD = """
    INSERT INTO metrics_serieschunk AS chunk (series_id, year, ordinals, "values", numerators, denominators)
    SELECT key.series_id, key.year, string_agg(int4send(running.ordinal), '' ORDER BY running.ordinal),
        string_agg(float8send(reading.value::float8), '' ORDER BY running.ordinal),
        string_agg(float8send(coalesce(reading.numerator::float8, 'NaN')), '' ORDER BY running.ordinal),
        string_agg(float8send(coalesce(reading.denominator::float8, 'NaN')), '' ORDER BY running.ordinal)
    FROM unnest(%s::bigint[], %s::integer[], %s::text[]) AS key (series_id, year, grain)
    JOIN metrics_reading AS reading ON reading.series_id = key.series_id
        AND reading.period_start >= make_date(key.year, 1, 1)
        AND reading.period_start < make_date(key.year + 1, 1, 1)
    CROSS JOIN LATERAL (
        SELECT CASE key.grain
            WHEN 'day' THEN reading.period_start - date '0001-01-01' + 1
            WHEN 'week' THEN (reading.period_start - date '0001-01-01') / 7
            WHEN 'month' THEN key.year * 12 + extract(month FROM reading.period_start)::integer - 1
            ELSE (key.year * 12 + extract(month FROM reading.period_start)::integer - 1) / 3
        END AS ordinal
    ) AS running
    GROUP BY key.series_id, key.year ORDER BY key.series_id, key.year
    ON CONFLICT (series_id, year) DO UPDATE SET
        ordinals = excluded.ordinals, "values" = excluded."values",
        numerators = excluded.numerators, denominators = excluded.denominators
"""
COURSES = """
    SELECT chunk.series_id, chunk.ordinals, chunk."values"
    FROM unnest(%s::bigint[], %s::integer[]) AS key (series_id, year)
    JOIN metrics_serieschunk AS chunk
        ON chunk.series_id = key.series_id AND chunk.year BETWEEN key.year - 1 AND key.year + 1
"""


def keep_in_step(grains: dict[tuple[int, int], str]) -> None:
    """Bring the chunks of what is staged up to the readings; `grains` are theirs, by series and year.

    What goes on where a chunk ends is appended; a chunk that changes inside is rebuilt from its readings.
    """
    with connection.cursor() as cursor:
        cursor.execute(EXTEND)
        if cursor.rowcount == len(grains):
            return
        changed_inside = sorted(set(grains) - set(cursor.fetchall()))
        series, years = (list(column) for column in zip(*changed_inside, strict=True))
        cursor.execute(REBUILD, [series, years, [grains[key] for key in changed_inside]])


def courses(starts: dict[int, date]) -> dict[int, Course]:
    """What these series hold about a year around the given dates, by series."""
    if not starts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(COURSES, [list(starts), [start.year for start in starts.values()]])
        found: dict[int, Course] = {}
        for series, ordinals, values in cursor.fetchall():
            found[series] = found.get(series, Course([], [])).merged(unpacked(ordinals, ">i4"), unpacked(values, ">f8"))
    return found
