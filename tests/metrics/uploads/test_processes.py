"""A worker that is killed with a large file in hand loses nothing, doubles nothing, and leaves nothing half stored."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from django.db import transaction

from metrics.models import Observation, Submission
from metrics.uploads import working
from tests.config.processes import ROOT, alive, descendants, until
from tests.metrics.uploads.conftest import HEADER, left_behind
from tests.waiting import waiters
from truthgov.models import AuditHead

pytestmark = pytest.mark.processes
DAYS = "".join(f"sales.conversion,2025-{month:02d},,0.{month + 10},,,\n" for month in range(1, 13))


@pytest.fixture
def environment(own_database, settings) -> dict[str, str]:
    return own_database | {
        "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": settings.SECRET_KEY, "PYTHONPATH": str(ROOT)
    }  # fmt: skip


@contextmanager
def uploader(environment: Mapping[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """A worker at work; killed when left."""
    command = [sys.executable, "tests/processes/uploader.py"]
    with subprocess.Popen(
        command, cwd=ROOT, env=dict(environment), text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def test_a_file_whose_worker_was_killed_while_it_was_read_is_read_by_the_next(environment, send):
    upload = send(content=(HEADER + DAYS).encode())
    with transaction.atomic():
        upload.staged.create(number=0, content=b"")  # whoever stages the first rows waits for us
        with uploader(environment) as killed:
            until(waiters)
            assert working.work() == 0  # the other one has it in hand
            below = descendants(killed.pid)
            os.kill(killed.pid, signal.SIGKILL)
        transaction.set_rollback(True)
    assert below
    until(lambda: not alive(below))
    until(lambda: working.work() == 1)
    upload.refresh_from_db()
    assert (upload.status, upload.new, left_behind(upload)) == ("ready", 12, (0, 1))


def test_a_worker_that_is_killed_while_it_stores_leaves_nothing_and_the_next_stores_it_once(environment, send):
    upload = send(content=(HEADER + DAYS).encode())
    working.work()
    upload.refresh_from_db()
    upload.confirm(seen=upload.seen, by=upload.by)
    with transaction.atomic():
        AuditHead.objects.select_for_update().get()  # whoever stores waits here, its figures written and not committed
        with uploader(environment) as killed:
            until(waiters)
            os.kill(killed.pid, signal.SIGKILL)
    upload.refresh_from_db()
    assert (upload.status, Observation.objects.count()) == ("storing", 0)
    until(lambda: working.work() == 1)
    assert working.work() == 0
    upload.refresh_from_db()
    assert (upload.status, Observation.objects.count(), Submission.objects.count()) == ("done", 12, 1)
