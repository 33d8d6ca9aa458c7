"""Two senders at the same moment, on two connections."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.test import Client

from metrics import keys
from metrics.api import idempotency
from metrics.ingestion import Delivery, Outcome, Rows, ingest
from metrics.models import Observation, Reading, SeriesChunk, Submission, TouchedSet
from tests.config.processes import until
from tests.factories.metrics import SourceFactory, measure
from tests.metrics import ledger
from tests.metrics.intake.conftest import BATCHES, CLOCKWORK
from tests.waiting import waiters
from truthgov import audit, clock
from truthgov.models import AuditEntry, Function, Key

T = TypeVar("T")
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


@pytest.fixture
def feed(own_database: dict[str, str]) -> str:
    """A database with a measure of Sales and a source; answers the text of a key for it."""
    measured = measure("sales.conversion")
    source = SourceFactory(code="crm")
    functions = Function.objects.filter(pk=measured.function_id)
    expires_at = clock.now() + timedelta(days=1)
    return keys.issue("CRM", functions=functions, sources=[source], expires_at=expires_at, by=CLOCKWORK)[1]


def at_once(*acts: Callable[[], T]) -> list[T]:
    """Run acts in threads that start together, each on a connection of its own."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        try:
            barrier.wait()
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures: list[Future[T]] = [pool.submit(run, act) for act in acts]
    return [future.result() for future in futures]


def give(value: str, months: list[str]) -> Outcome:
    rows = Rows.of({"measure": "sales.conversion", "period": month, "value": value} for month in months)
    return ingest(rows, Delivery("command", source="crm", reason="recount"), by=CLOCKWORK)


def push(key: str, value: str) -> Any:
    client = Client(headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "one"})
    rows = [{"measure": "sales.conversion", "period": month, "value": value} for month in MONTHS]
    return client.post(BATCHES, json.dumps({"source": "crm", "rows": rows}), content_type="application/json")


def test_two_deliveries_over_the_same_cells_wait_for_each_other_and_never_deadlock(feed):
    for turn in range(5):
        first, second = (f"0.{turn}1", f"0.{turn}2")
        outcomes = at_once(lambda v=first: give(v, MONTHS), lambda v=second: give(v, MONTHS[::-1]))
        assert sum(outcome.accepted for outcome in outcomes) == (12 if turn == 0 else 0)
        last = max(outcomes, key=lambda outcome: outcome.receipt.entry).submission
        assert {reading.value for reading in Reading.objects.all()} == {
            row.value for row in Observation.objects.filter(submission=last)
        }
    assert Observation.objects.count() == 5 * 24
    assert_one_line_of_restatements()
    assert_arrays_hold_the_readings()


def assert_one_line_of_restatements() -> None:
    """Each cell's observations restate one another in the order in which they became known."""
    by_cell: dict[Any, list[Observation]] = {}
    for row in Observation.objects.select_related("submission").order_by("submission__entry"):
        by_cell.setdefault(row.period_start, []).append(row)
    for rows in by_cell.values():
        assert [row.restates for row in rows] == [None, *(row.pk for row in rows[:-1])]
        assert [row.pk for row in rows] == sorted(row.pk for row in rows)


def assert_arrays_hold_the_readings() -> None:
    readings = Reading.objects.order_by("period_start").values_list("value", flat=True)
    assert [value for chunk in SeriesChunk.objects.order_by("first_year") for value in chunk.values] == list(
        map(float, readings)
    )


def test_two_who_restate_to_the_same_figure_while_a_third_holds_it_restate_it_once(feed):
    give("0.1", ["2025-01"])
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Reading.objects.select_for_update().get()
            both = pool.submit(at_once, *(lambda: give("0.2", ["2025-01"]) for _ in range(2)))
            until(lambda: len(waiters()) == 2)
        outcomes = both.result()
    assert sorted(outcome.counts["restated"] for outcome in outcomes) == [0, 1]
    assert sorted(outcome.counts["unchanged"] for outcome in outcomes) == [0, 1]
    assert [row.value for row in Observation.objects.order_by("pk")] == [Decimal("0.1"), Decimal("0.2")]
    assert_one_line_of_restatements()
    assert Submission.objects.count() == 2


def test_two_deliveries_into_one_year_of_a_series_both_reach_its_arrays(feed):
    for months in zip(MONTHS[::2], MONTHS[1::2], strict=True):
        at_once(*(lambda month=month: give("0.5", [month]) for month in months))
        assert_arrays_hold_the_readings()
    assert Reading.objects.count() == 12
    assert Submission.objects.count() == TouchedSet.objects.count() == 12


def test_two_acts_at_once_are_chained_without_a_gap(feed):
    at_once(*(lambda n=n: give("0.5", [MONTHS[n]]) for n in range(6)))
    numbers = list(AuditEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(map(ledger.is_unaltered, Submission.objects.all()))
    assert audit.known_now() == numbers[-1]


def test_one_key_sent_twice_at_once_is_taken_in_once(feed):
    answers = at_once(*(lambda: push(feed, "0.5") for _ in range(2)))
    assert Submission.objects.count() == 1
    for answer in answers:
        assert answer.status_code in (201, 409)
    again = push(feed, "0.5")
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")


def test_a_key_that_is_being_worked_on_is_told_so(feed):
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            idempotency.claim(Key.objects.get(), "one")
            held.set()
            done.wait(30)

    def answer() -> Any:
        held.wait(30)
        try:
            return push(feed, "0.5")
        finally:
            done.set()

    _, response = at_once(hold, answer)
    assert (response.status_code, response.json()["code"]) == (409, "in_progress")
    assert not Observation.objects.exists()
