"""A broker that is away, or frozen, holds up nobody: it is asked once, for a bounded time, and then left alone."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from tests.config.processes import ROOT

WAKE = """
import django
django.setup()
from metrics import wake
for _ in iter(input, "end"):
    wake.assessment()
    print("woken", flush=True)
"""
MOST_SECONDS = 5


@pytest.fixture
def broker() -> Iterator[socket.socket]:
    """An address of a broker where nobody listens yet; what is made to listen never answers."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.setblocking(False)
        yield place


@pytest.fixture
def wake(broker: socket.socket) -> Iterator[Callable[[], None]]:
    """Wakes the assessment in a process that has this broker, and comes back when that did."""
    address = f"redis://127.0.0.1:{broker.getsockname()[1]}/0"
    environment = os.environ | {"REDIS_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", WAKE], cwd=ROOT, env=environment, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip

        def once() -> None:
            process.stdin.write("wake\n")
            assert process.stdout.readline() == "woken\n"

        yield once
        process.communicate("end\n", timeout=60)
        assert process.returncode == 0


def calls(broker: socket.socket) -> int:
    """How many connections to the broker were asked for since it was last looked."""
    count = 0
    while True:
        try:
            broker.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_a_frozen_broker_is_asked_once(broker, wake):
    broker.listen()
    wake()
    assert calls(broker)
    wake()
    wake()
    assert not calls(broker)


def test_a_broker_that_was_away_is_left_alone_for_a_while(broker, wake):
    wake()
    broker.listen()
    wake()
    assert not calls(broker)


def test_waiting_for_the_broker_is_bounded():
    given = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert max(given["socket_timeout"], given["socket_connect_timeout"]) < MOST_SECONDS
