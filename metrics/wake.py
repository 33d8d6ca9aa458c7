"""Waking the worker: a hint that nobody waits for. What must happen is a state in the database that a sweep finds."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def assessment() -> None:
    """Ask a worker to look at what was touched; a broker that is away delays it until the next sweep."""
    try:
        current_app.send_task("metrics.assess", retry=False, ignore_result=True)
    except OperationalError as error:
        log.warning("broker is away; the sweep will find what was touched", error=str(error))
