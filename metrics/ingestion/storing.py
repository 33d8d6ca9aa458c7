"""From the staging table into the ledger, its readings and their series, a statement each.

Whatever may meet another delivery's rows takes its own in key order: two deliveries over the same cells wait for each
other and never deadlock.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from metrics.ingestion.oddities import LATE, MATERIAL_RESTATEMENT, SAME_INSTANT_CONFLICT

LAND = """
    INSERT INTO metrics_reading
        (series_id, period_start, value, numerator, denominator, observation_id, definition_id, notices)
    SELECT series_id, period_start, value, numerator, denominator, observation_id, definition_id, notices
    FROM staging
"""
IF_EMPTY = "ORDER BY series_id, period_start ON CONFLICT (series_id, period_start) DO NOTHING"
# LIMIT keeps the look-up one probe of the primary key a row, however large the readings have grown.
STANDING = """
    SELECT staging.row, staging.reason IS NOT NULL,
        (reading.value, reading.numerator, reading.denominator)
            IS DISTINCT FROM (staging.value, staging.numerator, staging.denominator)
    FROM staging
    CROSS JOIN LATERAL (
        SELECT * FROM metrics_reading AS current
        WHERE current.series_id = staging.series_id AND current.period_start = staging.period_start
        LIMIT 1
    ) AS reading
    WHERE reading.observation_id <> staging.observation_id
"""
# Judged under the lock, and so of what whoever held it before has left there.
HOLD = """
    SELECT staging.row, (reading.value, reading.numerator, reading.denominator)
        IS DISTINCT FROM (staging.value, staging.numerator, staging.denominator)
    FROM metrics_reading AS reading JOIN staging USING (series_id, period_start)
    WHERE staging.row = ANY(%s)
    ORDER BY series_id, period_start FOR UPDATE OF reading
"""
# The number of a restating observation is drawn under the lock of its reading: in a cell, later known is larger.
# Small steps add up: what the truth owner was told last, or what was given first, is compared with, too.
RESTATE = """
    UPDATE staging SET
        restates = reading.observation_id,
        observation_id = nextval('metrics_observation_id_seq'),
        notices = nullif(array_remove(array_remove(staging.notices, %(late)s)
            || CASE WHEN submission.received_at = %(at)s THEN %(conflict)s END
            || CASE WHEN abs(staging.value - reading.value) > definition.restatement_threshold * abs(reading.value)
                      OR abs(staging.value - told.value) > definition.restatement_threshold * abs(told.value)
               THEN %(material)s END, NULL), '{}')
    FROM metrics_reading AS reading
    JOIN metrics_observation AS previous ON previous.id = reading.observation_id
    JOIN metrics_submission AS submission ON submission.id = previous.submission_id
    JOIN metrics_definition AS definition ON definition.id = reading.definition_id
    LEFT JOIN LATERAL (
        SELECT value FROM metrics_observation AS earlier
        WHERE earlier.series_id = reading.series_id AND earlier.period_start = reading.period_start
          AND (earlier.restates IS NULL OR %(material)s = ANY (earlier.notices))
        ORDER BY earlier.id DESC LIMIT 1
    ) AS told ON true
    WHERE staging.row = ANY(%(rows)s)
      AND reading.series_id = staging.series_id AND reading.period_start = staging.period_start
"""
REPLACE = """
    INSERT INTO metrics_reading
        (series_id, period_start, value, numerator, denominator, observation_id, definition_id, notices)
    SELECT series_id, period_start, value, numerator, denominator, observation_id, definition_id, notices
    FROM staging WHERE restates IS NOT NULL ORDER BY series_id, period_start
    ON CONFLICT (series_id, period_start) DO UPDATE SET
        value = excluded.value, numerator = excluded.numerator, denominator = excluded.denominator,
        observation_id = excluded.observation_id, definition_id = excluded.definition_id, notices = excluded.notices
"""
APPEND = """
    INSERT INTO metrics_observation
        (id, series_id, period_start, value, numerator, denominator, definition_id, submission_id, restates, reason,
         notices)
    SELECT observation_id, series_id, period_start, value, numerator, denominator, definition_id, %s, restates,
        CASE WHEN restates IS NOT NULL THEN reason END, notices
    FROM staging
"""


class Standing(NamedTuple):
    """A staged row whose cell has a reading from before: the same figure, or another one."""

    row: int
    has_reason: bool
    differs: bool


def land(*, in_new_series: bool) -> list[Standing]:
    """Store the readings of empty cells; answer the rows whose cells were taken.

    Series that this transaction has made are nobody else's yet: their cells are empty, and need no second look.
    """
    with connection.cursor() as cursor:
        if in_new_series:
            cursor.execute(LAND)
            return []
        cursor.execute(LAND + IF_EMPTY)
        landed = cursor.rowcount
        cursor.execute("SELECT count(*) FROM staging")
        if landed == cursor.fetchone()[0]:
            return []
    return standing()


def standing() -> list[Standing]:
    """The staged rows whose cells have a reading that is not their own."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return [Standing(*row) for row in cursor.fetchall()]


def hold(rows: list[int]) -> set[int]:
    """Lock the readings of these rows; answers which of the rows say what stands there by then."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [rows])
        return {row for row, differs in cursor.fetchall() if not differs}


def restate(rows: list[int], received_at: datetime) -> None:
    """Replace the readings of these rows, which are held, and note which observation each restates."""
    codes = {"late": LATE, "conflict": SAME_INSTANT_CONFLICT, "material": MATERIAL_RESTATEMENT}
    with connection.cursor() as cursor:
        cursor.execute(RESTATE, {"at": received_at, "rows": rows, **codes})
        cursor.execute(REPLACE)


def append(submission: UUID) -> None:
    """Append what is staged to the ledger, as observations of this submission."""
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [submission])
