"""A pytest plugin: the servers that tests run against, started before the settings are read."""

import os
import secrets
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from config.servers.stack import Stack

RUN, WORKER = "TRUTHGOV_TEST_RUN", "PYTEST_XDIST_WORKER"
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


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
            stack = Stack()
            early_config.add_cleanup(stack.stop)
            os.environ.update(stack.start())
    elif WORKER in os.environ:
        os.environ["REDIS_URL"] = _redis_of_worker(os.environ["REDIS_URL"], os.environ[WORKER])


def _redis_of_worker(address: str, worker: str) -> str:
    """Each worker has a numbered database of its own, so that one test's tasks are not another's."""
    url, number = urlsplit(address), int(worker.removeprefix("gw")) + 1
    if url.scheme == "unix":
        return f"unix://{url.path}?db={number}"
    return url._replace(path=f"/{number}").geturl()
