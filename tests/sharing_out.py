"""A pytest plugin: what a first run has to compile is shared out among its workers.

Python keeps what it has compiled of a module, and pytest what it has made of its assertions. Where nothing is kept yet,
all workers would compile all of it at the same time, each for itself.
"""

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

from tests.servers import WORKER

ROOT = Path(__file__).resolve().parent.parent
COUNT = "PYTEST_XDIST_WORKER_COUNT"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Import all tests, where all are to be run: each worker begins elsewhere, and finds what others have compiled."""
    asked = {Path(session.config.rootpath, each) for each in session.config.args}
    if WORKER not in os.environ or asked != {ROOT / "tests"}:
        return
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    first = len(tests) * int(os.environ[WORKER].removeprefix("gw")) // int(os.environ[COUNT])
    for path in tests[first:] + tests[:first]:
        with suppress(Exception):  # what cannot be imported is told when it is collected
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
