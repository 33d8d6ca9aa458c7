"""An installation of the first version, with what people had stored by then, provisioned by this one."""

import struct
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg2 import sql
from pytest_django import DjangoDbBlocker

from tests.databases import cloned, pointed_at
from truthgov.migrating import rendering_what_changes

pytestmark = pytest.mark.xdist_group("upgrading")
FIRST = [("truthgov", "0002_chain_head"), ("journeys", "0001_initial"), ("metrics", "0001_initial"),
         ("forums", "0002_authority")]  # fmt: skip
NEEDED = """
    SELECT column_name, udt_name FROM information_schema.columns
    WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
"""
ANY = {"bool": False, "date": "2026-01-01", "timestamptz": "2026-01-01T00:00Z", "time": "09:00", "jsonb": "{}",
       "daterange": "[2020-01-01,)", "uuid": "00000000-0000-0000-0000-000000000001"}  # fmt: skip
DAYS = ["2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02"]


def put(cursor: CursorWrapper, table: str, **said: Any) -> None:
    """A row as it was then: what is said, and anything where something is needed."""
    cursor.execute(NEEDED, [table])
    needed = {name: ANY.get(kind, [] if kind[0] == "_" else "" if kind in ("varchar", "text") else 1)
              for name, kind in cursor.fetchall()}  # fmt: skip
    row = needed | said
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join([sql.Placeholder()] * len(row)),
    )  # fmt: skip
    cursor.execute(statement, list(row.values()))


def put_what_was_stored(cursor: CursorWrapper) -> None:
    """A daily feed that failed, a figure restated and attested, two years of a series, a charter with a right."""
    cursor.execute("SET session_replication_role = replica")  # the rows stand for records with all that they refer to
    put(cursor, "metrics_feed", id=1, name="Ledger", status="failing", every_minutes=1440)
    for day, status in zip(DAYS, ("done", "failed", "due", "done", "due"), strict=True):
        put(cursor, "metrics_feedrun", feed_id=1, slot=f"{day}T06:00Z", status=status)
    put(cursor, "truthgov_scope", id=70)
    put(cursor, "truthgov_appointment", id=7, scope_id=70)
    put(cursor, "metrics_definition", id=3, measure_id=2, grain="month", status="approved", approved_by_id=2)
    put(cursor, "metrics_series", id=4, measure_id=2)
    put(cursor, "metrics_submission", id=ANY["uuid"], entry=900, digest="d" * 64)
    for number, restates in ((11, None), (12, 10)):
        put(cursor, "metrics_observation", id=number, definition_id=3, series_id=4, submission_id=ANY["uuid"],
            restates=restates, period_start="2026-10-01")  # fmt: skip
    put(cursor, "metrics_attestation", submission_id=ANY["uuid"], appointment_id=7)
    put(cursor, "forums_subject", kind="restatement", reference=900)
    for year, ordinals, values in ((2024, [24299], [0.5]), (2025, [24300, 24301], [0.25, 2.0])):
        put(cursor, "metrics_serieschunk", series_id=4, year=year, ordinals=ordinals, values=values,
            numerators=values, denominators=[float("nan")] * len(values))  # fmt: skip
    put(cursor, "forums_charter", id=5, quorum=3, cadence="monthly", cadence_day=10, escalation_days=7)
    put(cursor, "forums_decisionright", charter_id=5, decision_type="policy", decider_role="truth_owner")
    cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture(scope="module")
def upgraded(django_db_blocker: DjangoDbBlocker) -> Iterator[CursorWrapper]:
    """What the owner reads in it afterwards."""
    with cloned("template1") as name, pointed_at(name, django_db_blocker), django_db_blocker.unblock():
        with rendering_what_changes():
            MigrationExecutor(connections["owner"]).migrate(FIRST)
            with connections["owner"].cursor() as cursor:
                put_what_was_stored(cursor)
        call_command("provision", verbosity=0)
        with connections["owner"].cursor() as cursor:
            yield cursor


def rows(cursor: CursorWrapper, statement: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement)
    return list(cursor.fetchall())


def test_runs_of_a_daily_feed_name_their_month_and_the_last_one_waits(upgraded: CursorWrapper) -> None:
    runs = "SELECT slot::date::text, kind, status, period_start::text FROM metrics_feedrun ORDER BY slot"
    assert rows(upgraded, runs) == [
        (DAYS[0], "asked", "done", "2026-10-01"),
        (DAYS[1], "asked", "parked", "2026-10-01"),
        (DAYS[2], "asked", "withdrawn", "2026-10-01"),
        (DAYS[3], "asked", "done", "2026-11-01"),
        (DAYS[4], "asked", "due", "2026-11-01"),
    ]
    assert rows(upgraded, "SELECT status FROM metrics_feed") == [("active",)]


def test_an_attestation_covers_what_came_with_its_submission(upgraded: CursorWrapper) -> None:
    covered = "SELECT scope_id, grain, period_start::text, observations, digest FROM metrics_attestation"
    assert rows(upgraded, covered) == [(70, "month", "2026-10-01", [11, 12], "d" * 64)]


def test_a_restatement_is_named_by_its_first_figure(upgraded: CursorWrapper) -> None:
    assert rows(upgraded, "SELECT reference FROM forums_subject WHERE kind = 'restatement'") == [(12,)]


def test_months_of_several_years_are_packed_into_one_chunk(upgraded: CursorWrapper) -> None:
    chunks = """SELECT first_year, ordinals, "values", denominators FROM metrics_serieschunk ORDER BY 1"""
    earlier, later = ((year, *map(bytes, packed)) for year, *packed in rows(upgraded, chunks))
    nan = struct.pack(">d", float("nan"))
    assert earlier == (2020, struct.pack(">i", 24299), struct.pack(">d", 0.5), nan)
    assert later == (2025, struct.pack(">2i", 24300, 24301), struct.pack(">2d", 0.25, 2.0), nan * 2)


def test_a_charter_says_the_same_in_its_clauses(upgraded: CursorWrapper) -> None:
    monthly = "FREQ=MONTHLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=10"
    assert rows(upgraded, "SELECT recurrence FROM forums_charter") == [(monthly,)]
    assert rows(upgraded, "SELECT to_role, after_days FROM forums_escalationstep") == [("sponsor", 7)]
    rights = rows(upgraded, "SELECT scope_kind, decider_role, rule FROM forums_decisionright ORDER BY 1")
    assert rights == [(over, "truth_owner", "chair") for over in ("function", "journey", "organisation")]
