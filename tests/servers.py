"""A pytest plugin: the servers that tests run against, started before the settings are read."""

import os
import secrets
from collections.abc import Generator
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from config.servers.stack import Stack

RUN, WORKER = "TRUTHGOV_TEST_RUN", "PYTEST_XDIST_WORKER"
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")

MOST_WORKERS = 15
"""Valkey has sixteen databases; the first is the run's own."""


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One worker more than xdist takes, a core each: some of them always wait for a browser, a process or the clock."""
    return min((yield) + 1, MOST_WORKERS)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before the settings are read: start throw-away servers unless addresses are given. Workers inherit them."""
    if RUN not in os.environ:
        os.environ[RUN] = secrets.token_hex(4)
        os.environ["TRUTHGOV_MODE"] = "test"
        os.environ["SECRET_KEY"] = secrets.token_hex(32)
        outside = TemporaryDirectory(prefix="truthgov-checkpoints-")
        early_config.add_cleanup(outside.cleanup)
        os.environ["TRUTHGOV_CHECKPOINTS"] = outside.name
        os.environ["EGRESS_HOSTS"] = "crm.example.org"  # may be named as a feed's address; nothing answers there
        if not all(os.environ.get(name) for name in ADDRESSES):
            stack = Stack(in_memory=True)  # each database has a thousand files, and is cloned and dropped often
            early_config.add_cleanup(stack.stop)
            os.environ.update(stack.start())
    elif WORKER in os.environ:
        number = int(os.environ[WORKER].removeprefix("gw")) + 1  # one test's tasks are not another's
        os.environ["REDIS_URL"] = redis_numbered(os.environ["REDIS_URL"], number)


def redis_numbered(address: str, number: int) -> str:
    """The numbered database (0 to 15) of the server at `address`."""
    url = urlsplit(address)
    if url.scheme == "unix":
        return f"unix://{url.path}?db={number}"
    return url._replace(path=f"/{number}").geturl()
