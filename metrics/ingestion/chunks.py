"""The series arrays that detection reads, kept in step with the readings: a figure rewrites one chunk of one series."""

from django.db import connection

from metrics.ingestion.oddities import Course
from metrics.ingestion.resolution import Slot
from metrics.models import SeriesChunk
from metrics.models.packed import unpacked
from truthgov.periods import Grain

# Chunks are locked in key order by the upsert itself, also where its WHERE turns the update down. One sort serves all
# four arrays: an ORDER BY in each would cost a sort each.
EXTEND = """
    INSERT INTO metrics_serieschunk AS chunk (series_id, first_year, ordinals, "values", numerators, denominators)
    SELECT series_id, first_year, string_agg(int4send(ordinal), ''), string_agg(float8send(value::float8), ''),
        string_agg(float8send(coalesce(numerator::float8, 'NaN')), ''),
        string_agg(float8send(coalesce(denominator::float8, 'NaN')), '')
    FROM (SELECT * FROM staging ORDER BY series_id, first_year, ordinal) AS staged
    GROUP BY series_id, first_year ORDER BY series_id, first_year
    ON CONFLICT (series_id, first_year) DO UPDATE SET
        ordinals = chunk.ordinals || excluded.ordinals, "values" = chunk."values" || excluded."values",
        numerators = chunk.numerators || excluded.numerators,
        denominators = chunk.denominators || excluded.denominators
    WHERE substring(chunk.ordinals FROM length(chunk.ordinals) - 3)::integer
        < substring(excluded.ordinals FOR 4)::integer
    RETURNING series_id, first_year
"""
RUNNING = """
    SELECT CASE {grain}
        WHEN 'day' THEN reading.period_start - date '0001-01-01' + 1
        WHEN 'week' THEN (reading.period_start - date '0001-01-01') / 7
        WHEN 'month' THEN months.since_0000
        ELSE months.since_0000 / 3
    END AS ordinal
    FROM (SELECT extract(year FROM reading.period_start)::integer * 12
        + extract(month FROM reading.period_start)::integer - 1 AS since_0000) AS months
"""
"""The running number of the period of a `reading` (`truthgov.periods`)."""
PACKED = """
    string_agg(int4send(running.ordinal), '' ORDER BY running.ordinal) AS ordinals,
    string_agg(float8send(reading.value::float8), '' ORDER BY running.ordinal) AS "values",
    string_agg(float8send(coalesce(reading.numerator::float8, 'NaN')), '' ORDER BY running.ordinal) AS numerators,
    string_agg(float8send(coalesce(reading.denominator::float8, 'NaN')), '' ORDER BY running.ordinal) AS denominators
"""
"""The arrays that readings make, each with its `running` number."""
# A statement of its own, after the locks: it sees what the holder before has committed.
REBUILD = f"""
    INSERT INTO metrics_serieschunk AS chunk (series_id, first_year, ordinals, "values", numerators, denominators)
    SELECT key.series_id, key.first_year, {PACKED}
    FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::text[]) AS key (series_id, first_year, years, grain)
    JOIN metrics_reading AS reading ON reading.series_id = key.series_id
        AND reading.period_start >= make_date(key.first_year, 1, 1)
        AND reading.period_start < make_date(key.first_year + key.years, 1, 1)
    CROSS JOIN LATERAL ({RUNNING.format(grain="key.grain")}) AS running
    GROUP BY key.series_id, key.first_year ORDER BY key.series_id, key.first_year
    ON CONFLICT (series_id, first_year) DO UPDATE SET
        ordinals = excluded.ordinals, "values" = excluded."values",
        numerators = excluded.numerators, denominators = excluded.denominators
"""  # noqa: S608 - nothing of it comes from outside
DROP = """
    DELETE FROM metrics_serieschunk AS chunk USING unnest(%s::bigint[], %s::integer[]) AS key (series_id, first_year)
    WHERE chunk.series_id = key.series_id AND chunk.first_year = key.first_year
"""
COURSES = """
    SELECT chunk.series_id, chunk.ordinals, chunk."values"
    FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS key (series_id, first, last)
    JOIN metrics_serieschunk AS chunk
        ON chunk.series_id = key.series_id AND chunk.first_year BETWEEN key.first AND key.last
"""


def keep_in_step(grains: dict[tuple[int, int], str]) -> None:
    """Bring the chunks of what is staged up to the readings; `grains` are theirs, by series and first year.

    What goes on where a chunk ends is appended; a chunk that changes inside is rebuilt from its readings.
    """
    with connection.cursor() as cursor:
        cursor.execute(EXTEND)
        if cursor.rowcount == len(grains):
            return
        changed_inside = set(grains) - set(cursor.fetchall())
    rebuild({key: grains[key] for key in changed_inside})


def rebuild(grains: dict[tuple[int, int], str]) -> None:
    """Make these chunks anew from the readings that there are."""
    keys = sorted(grains)
    series, years = (list(column) for column in zip(*keys, strict=True))
    of_grain = [grains[key] for key in keys]
    spans = [SeriesChunk.YEARS[Grain(grain)] for grain in of_grain]
    with connection.cursor() as cursor:
        cursor.execute(REBUILD, [series, years, spans, of_grain])


def take_out(grains: dict[tuple[int, int], str]) -> None:
    """Bring these chunks down to the readings that are left of them."""
    series, years = (list(column) for column in zip(*sorted(grains), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(DROP, [series, years])
    rebuild(grains)


def courses(slots: dict[int, Slot]) -> dict[int, Course]:
    """What these series hold about a year around the given periods at least, by series."""
    if not slots:
        return {}
    firsts = [SeriesChunk.first_year_of(slot.start.year - 1, slot.grain) for slot in slots.values()]
    with connection.cursor() as cursor:
        cursor.execute(COURSES, [list(slots), firsts, [slot.start.year + 1 for slot in slots.values()]])
        found: dict[int, Course] = {}
        for series, ordinals, values in cursor.fetchall():
            found[series] = found.get(series, Course([], [])).merged(unpacked(ordinals, ">i4"), unpacked(values, ">f8"))
    return found
