"""The one clock: the database's.

Only tests and the history of the demonstration organisation may set it; production settings refuse to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The moment, aware, by the database's clock."""
    moment = _set_to.get()
    if moment is not None:
        return moment
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def today() -> date:
    """The date in the organisation's zone."""
    return local_day(now())


def local_day(moment: datetime) -> date:
    """The date of a moment in the organisation's zone."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def midnight(day: date) -> datetime:
    """The moment at which a day begins in the organisation's zone, aware."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def end_of(day: date) -> datetime:
    """The moment at which a day is over in the organisation's zone, aware; of the last day that there is, its last."""
    if day == date.max:
        return datetime.combine(day, time.max, timezone.get_default_timezone())
    return midnight(day + timedelta(days=1))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Set the clock for this thread of work; `moment` is aware."""
    if not settings.CLOCK_MAY_BE_SET:
        raise ImproperlyConfigured("The clock may be set by tests and the demonstration organisation only.")
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
