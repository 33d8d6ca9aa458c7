"""A broker that is away, or frozen, holds up nobody."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WAKE_THRICE = """
import time, django
django.setup()
from metrics import wake
for _ in range(3):
    began = time.monotonic()
    wake.assessment()
    print("took", time.monotonic() - began)
"""


@pytest.fixture
def frozen_broker() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def waits(address: str) -> list[float]:
    """Seconds that three wake-ups take in a process whose broker has this address."""
    done = subprocess.run(
        [sys.executable, "-c", WAKE_THRICE], cwd=Path(__file__).parents[3], check=True, capture_output=True, text=True,
        timeout=60, env=os.environ | {"REDIS_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip
    return [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("took")]


def test_a_frozen_broker_costs_its_time_out_once(frozen_broker):
    first, *others = waits(frozen_broker)
    assert first < 5
    assert all(later < 0.1 for later in others)


def test_a_broker_that_is_away_costs_nothing():
    assert all(one < 2 for one in waits("redis://127.0.0.1:1/0"))
