"""A moment of knowledge as people name it: by a day, whose last audit entry it is, in the organisation's zone."""

from datetime import date, timedelta

from truthgov import audit, clock
from truthgov.errors import InvalidInput


def day_asked(text: str) -> date | None:
    """The day whose knowledge an address asks for, none later than today; None where it asks for none."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("Choose a day such as 2026-10-05.", {"known_on": f"{text!r} is not a day."}) from error
    if day > clock.today():
        raise InvalidInput("Nobody knows yet what will be known then.", {"known_on": "Choose today or an earlier day."})
    return day


def entry_on(day: date | None) -> int | None:
    """The number of the last entry made by the end of a day, 0 where there was none; None without a day: now."""
    if day is None:
        return None
    return audit.known_on(clock.midnight(day + timedelta(days=1)))
