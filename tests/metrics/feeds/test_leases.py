"""A run is taken up by one worker at a time, and by another when that one dies."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from metrics.models import FeedRun, Observation
from metrics.models.feed_run import ATTEMPTS, LEASE
from metrics.sources import pull
from tests.metrics.feeds.conftest import answer, row
from truthgov import clock


def test_a_killed_workers_run_is_taken_up_again(feed, site):
    site.answers = [answer(row())]
    pull.schedule(clock.now())
    assert pull.claim(clock.now()).attempts == 1
    assert pull.claim(clock.now()) is None
    with clock.at(clock.now() + LEASE):
        assert pull.pull_due() == 1
    assert FeedRun.objects.get(status="done").attempts == 2


@pytest.mark.parametrize("slow_answer", [answer(row(rate=0.2)), (503, ""), (200, "{}"), answer()])
def test_a_worker_that_outlived_its_lease_changes_nothing(feed, site, slow_answer):
    site.answers = [answer(row())]
    pull.schedule(clock.now())
    slow = pull.claim(clock.now())
    with clock.at(clock.now() + LEASE):
        pull.pull_due()
    site.answers = [slow_answer]
    pull.pull(slow)
    assert Observation.objects.get().value == Decimal("0.184")
    assert FeedRun.objects.get().message == "1 new, 0 restated, 0 unchanged."


def test_a_run_that_kills_its_workers_is_parked(feed, site):
    pull.schedule(clock.now())
    start = clock.now()
    for death in range(ATTEMPTS):
        pull.claim(start + death * LEASE)
    with clock.at(start + ATTEMPTS * LEASE):
        pull.pull_due()
    assert "did not survive it" in FeedRun.objects.get(status="parked").message
    assert site.asked == []


def test_two_beats_run_a_slot_once(own_database, connect, site):
    connect()
    site.answers = [answer(row())]
    together = threading.Barrier(2)

    def beat():
        together.wait()
        pull.pull_due()
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(2)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    assert FeedRun.objects.count() == 1
    assert len(site.asked) == 1
    assert Observation.objects.count() == 1
