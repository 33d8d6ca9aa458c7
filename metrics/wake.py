"""Waking the worker: a hint that nobody waits for. What must happen is a state in the database that a sweep finds."""

import time
from typing import Final

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

REST_SECONDS: Final = 30
_away_until = 0.0


def assessment() -> None:
    """Ask a worker to look at what was touched; a broker that is away delays it until the next sweep."""
    _ask_for("metrics.assess")


def uploads() -> None:
    """Ask a worker to look at the files that wait for one."""
    _ask_for("metrics.work_on_uploads")


def _ask_for(task: str) -> None:
    """A broker that did not answer is left alone for as long as the sweep takes to come: a frozen one costs its
    time-out once, and not each delivery."""
    global _away_until
    if time.monotonic() < _away_until:
        return
    try:
        current_app.send_task(task, retry=False, ignore_result=True)
    except OperationalError as error:
        _away_until = time.monotonic() + REST_SECONDS
        log.warning("the broker is away; the sweep will find what waits", task=task, error=str(error))
