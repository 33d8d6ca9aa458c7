"""Several workers and a sender at once: what is computed is never of figures that somebody has since restated."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from metrics.assessment import assess
from metrics.ingestion import Outcome
from metrics.models import (
    Measure,
    Observation,
    Segment,
    TouchedSet,
)
from tests.metrics.derived.reading import derived


@pytest.fixture
def at_work(own_database, request) -> Callable[..., Outcome]:
    """The same in a database of its own, which several workers may work in at once."""
    Segment.objects.get_or_create(key="{}")
    request.getfixturevalue("organisation")
    return request.getfixturevalue("push")


def apart(act: Callable[[], object]) -> None:
    """On a connection of its own."""
    try:
        act()
    finally:
        connection.close()


def test_who_waits_for_another_worker_reads_what_came_in_meanwhile(at_work, won):
    at_work("2026-05", WON=1, LOST=1)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Measure.objects.select_for_update(of=("self",), no_key=True).get(code="RATE")
            waiting = pool.submit(apart, assess)
            pool.submit(apart, lambda: at_work("2026-05", WON=3, reason="counted anew")).result()
        waiting.result()
    assert derived()[1:] == (3, 4)
    [told] = Observation.objects.filter(series__measure__code="RATE").values_list("restates", flat=True)
    assert told is None


def test_two_workers_and_a_sender_leave_nothing_stale(at_work):
    at_work("2026-05", WON=1, LOST=1)

    def send() -> None:
        for won in range(2, 8):
            at_work("2026-05", WON=won, reason="counted anew")

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(apart, act) for act in (send, assess, assess)]:
            done.result()
    assess()
    assert (derived()[1:], derived("MISSED")[1:]) == ((7, 8), (1, 8))
    assert not TouchedSet.objects.exists()
