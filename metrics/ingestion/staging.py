"""The staging table: one delivery's figures in key order, checked and compared as a set before they are stored.

It is temporary, made once a connection, and empty outside a delivery's transaction.
"""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import connection

AT_ONCE = 1_000
"""Lines that are written at a time: while the database takes them, the next are being made."""
MAKE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staging (
        row integer, series_id bigint, period_start date, ordinal integer, first_year smallint, definition_id bigint,
        unit text, value numeric(50, 20), numerator numeric(50, 20), denominator numeric(50, 20), reason text,
        observation_id bigint DEFAULT nextval('metrics_observation_id_seq'), restates bigint, notices text[]
    ) ON COMMIT DELETE ROWS
"""
FILL = """
    COPY staging (row, series_id, period_start, ordinal, first_year, definition_id, unit, value, numerator, denominator,
                  reason) FROM STDIN (NULL '')
"""
# A value may be rounded; the parts may be, too. Hence the tolerance follows the value's decimals, and has a floor.
# What lies apart by it may still be a quotient that was kept in binary: see `metrics.formulas.computing.fits`.
CHECK = """
    SELECT row, code FROM (
        SELECT row, CASE
            WHEN value IS NULL AND numerator IS NULL AND denominator IS NULL THEN 'not_a_number'
            WHEN value IS NULL THEN CASE
                WHEN unit <> 'count' AND denominator = 0 AND coalesce(numerator, 0) = 0 THEN 'nothing_counted'
                ELSE 'value_missing' END
            WHEN unit = 'count' AND value < 0 THEN 'negative_count'
            WHEN unit IN ('ratio', 'currency', 'days', 'hours', 'minutes') THEN CASE
                WHEN numerator IS NOT NULL AND denominator = 0 THEN 'parts_apart'
                WHEN abs(value * denominator - numerator) > abs(denominator)
                    * CASE greatest(min_scale(value), CASE unit WHEN 'ratio' THEN 2 ELSE 0 END)
                        WHEN 0 THEN 1 WHEN 1 THEN 0.1 WHEN 2 THEN 0.01 WHEN 3 THEN 0.001 ELSE 0.0001 END
                THEN 'parts_apart' END
            WHEN unit <> 'fraction' THEN NULL
            WHEN value > 1 AND abs(value * denominator - 100 * numerator) <= denominator THEN 'percent'
            WHEN value > 1 AND value <= 100 AND denominator IS NULL THEN 'percent'
            WHEN value < 0 OR value > 1 THEN 'out_of_range'
            WHEN numerator < 0 OR denominator < 0 THEN 'negative_part'
            WHEN numerator > denominator THEN 'part_exceeds_whole'
            WHEN denominator = 0 THEN CASE value WHEN 0 THEN 'none_of_nothing' ELSE 'no_whole' END
            WHEN abs(value * denominator - numerator) > denominator * CASE
                WHEN min_scale(value) <= 2 THEN 0.005 WHEN min_scale(value) = 3 THEN 0.001 ELSE 0.0001 END
            THEN 'value_contradicts_ratio'
        END AS code FROM staging
    ) AS checked WHERE code IS NOT NULL
"""
# LIMIT keeps the look-up one probe of the primary key a row, however large the readings have grown.
NEWS = """
    SELECT 1 FROM staging
    LEFT JOIN LATERAL (
        SELECT * FROM metrics_reading AS current
        WHERE current.series_id = staging.series_id AND current.period_start = staging.period_start
        LIMIT 1
    ) AS reading ON true
    WHERE reading.series_id IS NULL
       OR (reading.value, reading.numerator, reading.denominator)
          IS DISTINCT FROM (staging.value, staging.numerator, staging.denominator)
    LIMIT 1
"""

# No part that was given is overwritten, and none is kept of another value: such a row turns out to be known.
KEEP_PARTS = """
    UPDATE staging SET numerator = reading.numerator, denominator = reading.denominator
    FROM metrics_reading AS reading
    WHERE staging.numerator IS NULL AND staging.denominator IS NULL
      AND reading.series_id = staging.series_id AND reading.period_start = staging.period_start
      AND reading.value = staging.value
"""
# Nor is a value that was rounded when it came: who gives its parts alone says nothing new.
KEEP_VALUES = """
    UPDATE staging SET value = reading.value
    FROM metrics_reading AS reading
    WHERE staging.row = ANY(%s)
      AND reading.series_id = staging.series_id AND reading.period_start = staging.period_start
      AND (reading.numerator, reading.denominator) = (staging.numerator, staging.denominator)
      AND reading.value = round(staging.value, greatest(min_scale(reading.value), 2))
"""
REMARKS = r"""encode(sha256(convert_to(string_agg(concat_ws(E'\t', series_id, to_char(period_start, 'YYYY-MM-DD'),
    coalesce(restates::text, ''), array_to_string(notices, ',')), E'\n' ORDER BY series_id, period_start)
    FILTER (WHERE restates IS NOT NULL OR notices IS NOT NULL), 'UTF8')), 'hex')"""
REFUSALS = "encode(sha256(convert_to({}::text, 'UTF8')), 'hex')"
DIGESTS = f"SELECT {REMARKS}, {REFUSALS.format('%s::jsonb')} FROM staging"  # noqa: S608
NOTE = """
    UPDATE staging SET notices = noted.codes::text[]
    FROM unnest(%s::integer[], %s::text[]) AS noted (row, codes) WHERE noted.row = staging.row
"""


def fill(lines: Iterable[str]) -> None:
    """Stage these figures and nothing else: lines as COPY wants them."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
        cursor.execute("DELETE FROM staging")
        with connection.wrap_database_errors:  # COPY is psycopg2's own: its errors, too, are to be Django's
            cursor.copy_expert(FILL, _Lines(lines))


class _Lines:
    """Lines as a file that is read to its end, made as they are asked for."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    def read(self, size: int) -> str:
        """The next of them, however many characters that is; nothing once all were read."""
        return "".join(f"{line}\n" for line in islice(self._lines, AT_ONCE))


def escaped(text: str) -> str:
    """A text as COPY wants it; an empty one is NULL."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def faulty() -> list[tuple[int, str]]:
    """Rows that cannot be true, with what is wrong, and those whose parts may well give another figure."""
    return _fetch(CHECK)


def keep_parts() -> None:
    """Rows that give the value on record and no parts are given the parts on record."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_PARTS)


def keep_values(rows: list[int]) -> None:
    """Of these rows, whose values follow from their parts, those with the parts on record are given the value there."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_VALUES, [rows])


def is_known() -> bool:
    """Whether every staged figure equals its reading; stops at the first that does not."""
    return not _fetch(NEWS)


def drop(rows: list[int]) -> None:
    """Take these rows off the table."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM staging WHERE row = ANY(%s)", [rows])


def note(notices: dict[int, list[str]]) -> None:
    """Write on these rows what is odd about them."""
    if notices:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [list(notices), ["{" + ",".join(codes) + "}" for codes in notices.values()]])


def _fetch(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def digests(refusals: list[dict[str, Any]]) -> list[str | None]:
    """Of what is remarked on the figures (which they restate, and what is odd about them; None of nothing), and of what
    was refused."""
    with connection.cursor() as cursor:
        cursor.execute(DIGESTS, [json.dumps(refusals)])
        return list(cursor.fetchone())
