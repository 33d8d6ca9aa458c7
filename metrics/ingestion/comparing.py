"""What staged rows would do to the figures on record, told without doing it."""

from datetime import date
from decimal import Decimal
from typing import IO

from django.db import connection

# What a row would restate, in the columns of `RESTATED`.
RESTATING = """
    COPY (
        SELECT staging.row, staging.series_id, staging.definition_id, staging.period_start, reading.observation_id,
            reading.value, reading.numerator, reading.denominator,
            staging.value, staging.numerator, staging.denominator, staging.reason
        FROM staging
        CROSS JOIN LATERAL (
            SELECT * FROM metrics_reading AS current
            WHERE current.series_id = staging.series_id AND current.period_start = staging.period_start
            LIMIT 1
        ) AS reading
        WHERE staging.reason IS NOT NULL
          AND (reading.value, reading.numerator, reading.denominator)
              IS DISTINCT FROM (staging.value, staging.numerator, staging.denominator)
        ORDER BY staging.row
    ) TO STDOUT
"""
# What is restated without a reason is refused already.
MISSED = """
    SELECT staging.row, definition.target, coalesce(nullif(definition.currency, ''), definition.unit)
    FROM staging JOIN metrics_definition AS definition ON definition.id = staging.definition_id
    WHERE staging.reason IS NULL AND staging.period_start >= %s
      AND round(staging.value, definition.decimals) <> round(definition.target, definition.decimals)
      AND (staging.value < definition.target) = (definition.direction = 'higher')
      AND NOT EXISTS (SELECT FROM metrics_reading AS current WHERE current.series_id = staging.series_id
                      AND current.period_start = staging.period_start)
    ORDER BY staging.row
"""
RESTATED = (
    "row", "series_id", "definition_id", "period_start", "restates", "old_value", "old_numerator", "old_denominator",
    "value", "numerator", "denominator", "reason",
)  # fmt: skip


def missed(since: date) -> list[tuple[int, Decimal, str]]:
    """The staged rows of empty cells that miss their target without a note, of periods that start on a day or later.

    With the target, and the unit in which it is worded.
    """
    with connection.cursor() as cursor:
        cursor.execute(MISSED, [since])
        return cursor.fetchall()


def write_restating(file: IO[bytes]) -> None:
    """Write what the staged rows would restate, in the order of rows: a line each, `RESTATED` as COPY words them."""
    with connection.cursor() as cursor:
        cursor.copy_expert(RESTATING, file)
