"""Days as seen from now. Asked each time, never kept in a module: a run of the tests may pass midnight."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from truthgov import clock


def in_days(number: int) -> date:
    return date.today() + timedelta(days=number)


def tomorrow() -> date:
    return in_days(1)


@contextmanager
def clock_running() -> Iterator[None]:
    """The database's clock where it was set: who asks for it pays a query, as everybody does."""
    token = clock._set_to.set(None)
    try:
        yield
    finally:
        clock._set_to.reset(token)
