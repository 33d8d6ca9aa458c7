"""Nothing lost, nothing doubled, with real processes: two beats, a killed worker, a frozen broker, a hanging source."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from metrics.models import FeedRun, Observation
from metrics.models.feed_run import LEASE
from metrics.sources import pull
from tests.config.processes import ROOT, until
from tests.metrics.feeds.conftest import answer, row
from tests.waiting import waiters
from truthgov import clock
from truthgov.models import AuditHead

pytestmark = pytest.mark.processes


@pytest.fixture
def environment(own_database, site, settings) -> dict[str, str]:
    """For processes that may call the site and share the test's database."""
    return own_database | {
        "DJANGO_SETTINGS_MODULE": "config.settings", "EGRESS_SCHEMES": "http", "EGRESS_HOSTS": "127.0.0.1",
        "EGRESS_PORTS": str(site.port), "EGRESS_PRIVATE_NETWORKS": "127.0.0.1/32", "EGRESS_SECONDS": "20",
        "SECRET_KEY": settings.SECRET_KEY, "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@contextmanager
def puller(environment: Mapping[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that pulls what is due; ended when left."""
    command = [sys.executable, "tests/processes/puller.py", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, env=dict(environment), text=True, **pipes) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def pulled(process: "subprocess.Popen[str]") -> int:
    """How many runs the process took up, once it has ended."""
    return int(process.communicate("go\n")[0])


def test_two_beats_bring_the_same_figures_once(environment, connect, site):
    connect()
    site.answers, site.pause = [answer(row())], threading.Event()
    with puller(environment, "wait") as one, puller(environment, "wait") as other:
        for process in (one, other):
            process.stdin.write("go\n")
            process.stdin.flush()
        until(lambda: site.asked)
        site.pause.set()
        assert sorted([pulled(one), pulled(other)]) == [0, 1]
    assert (len(site.asked), Observation.objects.count()) == (1, 1)


def test_what_a_worker_had_in_hand_when_it_was_killed_is_brought_by_the_next(environment, connect, site):
    connect()
    site.answers, site.pause = [answer(row())], threading.Event()
    with puller(environment) as killed:
        until(lambda: site.asked)
        os.kill(killed.pid, signal.SIGKILL)
    site.pause.set()
    assert pull.pull_due() == 0  # its lease still stands
    with clock.at(clock.now() + LEASE):
        assert pull.pull_due() == 1
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("done", 1)


def test_a_worker_that_is_killed_while_it_stores_leaves_nothing_and_loses_nothing(environment, connect, site):
    connect()
    site.answers = [answer(row())]
    with transaction.atomic():
        AuditHead.objects.select_for_update().get()  # whoever stores waits here, its figures written and not committed
        with puller(environment) as killed:
            until(waiters)
            os.kill(killed.pid, signal.SIGKILL)
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("due", 0)
    with clock.at(clock.now() + LEASE):
        assert pull.pull_due() == 1
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("done", 1)


@pytest.mark.parametrize("breaks_off", ["pg_cancel_backend", "pg_terminate_backend"])  # as a deadlock, and a restart
def test_what_our_own_database_breaks_off_is_tried_again(environment, connect, site, breaks_off):
    connect()
    site.answers = [answer(row())]
    with transaction.atomic():
        AuditHead.objects.select_for_update().get()
        with puller(environment) as process:
            until(waiters)
            (waiter,) = waiters()
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {breaks_off}(%s)", [waiter])
            assert pulled(process) == 1
    run = FeedRun.objects.get()
    assert (run.status, run.leased_until, Observation.objects.count()) == ("due", None, 0)
    assert "OperationalError" in run.message
    with clock.at(run.retry_at):
        assert pull.pull_due() == 1
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("done", 1)


def test_a_frozen_broker_keeps_no_figure_back(environment, connect, site):
    connect()
    site.answers = [answer(row())]
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        address = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        with puller(environment | {"REDIS_URL": address}) as process:
            assert pulled(process) == 1
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("done", 1)


def test_a_source_that_hangs_is_given_up_and_tried_again(environment, connect, site):
    connect()
    site.answers, site.pause = [answer(row())], threading.Event()
    with puller(environment | {"EGRESS_SECONDS": "0.5"}) as process:
        assert pulled(process) == 1
    run = FeedRun.objects.get()
    assert (run.status, run.leased_until, run.retry_at > clock.now()) == ("due", None, True)
    site.pause.set()
    with clock.at(run.retry_at):
        assert pull.pull_due() == 1
    assert Observation.objects.count() == 1


@pytest.fixture
def ask_the_warehouse(environment, connect, warehouse, line):
    """Connect a feed that queries PostgreSQL for the period asked for; the environment of who may call it."""
    rates = "SELECT {period} AS month, rate FROM rates WHERE month = '2025-10-01'"
    mapping = {"measure": "=sales.conversion", "period": "month", "value": "rate"}
    connect(format="sql", url=warehouse, query=rates, mapping=mapping, rows_path="", token="")
    return environment | {"EGRESS_PORTS": str(line.port)}


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_database_that_hangs_is_asked_once_and_again_by_the_next_where_the_worker_is_killed(
    ask_the_warehouse, line, is_killed
):
    line.freeze()
    with puller(ask_the_warehouse, "wait") as one, puller(ask_the_warehouse, "wait") as other:
        for process in (one, other):
            process.stdin.write("go\n")
            process.stdin.flush()
        until(lambda: FeedRun.objects.filter(attempts=1).exists())
        if is_killed:
            for process in (one, other):
                os.kill(process.pid, signal.SIGKILL)
        line.flowing.set()
        if not is_killed:
            assert sorted([pulled(one), pulled(other)]) == [0, 1]
    assert pull.pull_due() == 0
    with clock.at(clock.now() + LEASE):
        assert pull.pull_due() == int(is_killed)
    assert (FeedRun.objects.get().status, Observation.objects.count()) == ("done", 1)
