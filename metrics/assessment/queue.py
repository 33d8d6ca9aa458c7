"""What waits to be assessed: claimed by one worker at a time, tried a few times, then parked to be looked at."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from django.db import connection

from metrics.models import TouchedSet
from metrics.prepared import Prepared

AT_ONCE = 256
"""Touched sets merged into one assessment: a series that ten deliveries touched is judged once."""
IN_HAND = 727_002
"""The advisory lock that whoever claims shares with all others; it ends with its session."""
CLAIM = Prepared("claim", """
    WITH fresh AS (
        SELECT id FROM metrics_touchedset WHERE attempts = 0 ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED),
    failed AS (
        SELECT id FROM metrics_touchedset WHERE attempts BETWEEN 1 AND %(tried)s AND NOT EXISTS (SELECT FROM fresh)
            AND (SELECT pg_try_advisory_xact_lock(%(in_hand)s))
        ORDER BY attempts, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE metrics_touchedset SET attempts = attempts + 1
    WHERE id IN (SELECT id FROM fresh UNION ALL SELECT id FROM failed) RETURNING id""",
    most="int", tried="int", in_hand="bigint",
)  # fmt: skip
TAKE = Prepared("take", """
    DELETE FROM metrics_touchedset WHERE id IN (
        SELECT id FROM metrics_touchedset WHERE id = ANY(%(claimed)s::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED)
    RETURNING series, first_periods""",
    claimed="bigint[]",
)  # fmt: skip


class Taken(NamedTuple):
    """What a touched set says: series, and the first period touched of each."""

    series: Sequence[int]
    first_periods: Sequence[date]


@contextmanager
def in_hand() -> Iterator[None]:
    """Around claiming and what is made of it: meanwhile nobody else takes what is being tried for what has failed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [IN_HAND])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [IN_HAND])


def claim(limit: int = AT_ONCE) -> list[int]:
    """The sets to try next, oldest first; committed at once, so that a try which dies is counted all the same.

    What failed before is tried alone, when nobody else has anything in hand: it must not take others down with it
    again, and what somebody has only just claimed counts as tried already.
    """
    with connection.cursor() as cursor:
        CLAIM.ask(cursor, {"most": limit, "tried": TouchedSet.MOST_ATTEMPTS - 1, "in_hand": IN_HAND})
        return sorted(pk for (pk,) in cursor.fetchall())


def take(claimed: list[int]) -> list[Taken]:
    """Take claimed sets out, in the transaction that assesses them; without those somebody else has."""
    with connection.cursor() as cursor:
        TAKE.ask(cursor, {"claimed": claimed})
        return [Taken(*row) for row in cursor.fetchall()]
