"""From when on a version holds: with a period that is not over yet, and after the version before it."""

from datetime import date

from truthgov import clock
from truthgov.errors import InvalidInput, Refusal
from truthgov.periods import YEARS, Grain, Period


def require_start(starts_on: date, grain: Grain, *, after: date | None) -> None:
    """InvalidInput unless a version proposed today may start on this day, where the one before started on `after`.

    It may take the place of one that has not begun to hold.
    """
    require_first_day(starts_on, grain)
    earliest = _under_way(grain).start
    if after:
        before = Period.containing(after, grain)
        earliest = max(earliest, before.start if after > clock.today() else before.shift(1).start)
    if starts_on < earliest:
        raise InvalidInput(
            "A version cannot change what held before.", {"starts_on": f"Choose {earliest} or a later start."}
        )


def require_first_day(starts_on: date, grain: Grain) -> None:
    """InvalidInput unless a period of the grain begins on this day."""
    if starts_on.year not in YEARS:
        raise InvalidInput("A version starts in our time.", {"starts_on": f"Choose a year before {YEARS[-1] + 1}."})
    if starts_on != Period.containing(starts_on, grain).start:
        raise InvalidInput("A version starts with a period.", {"starts_on": f"Choose the first day of a {grain}."})


def require_not_begun_before(starts_on: date, grain: Grain) -> None:
    """Refusal at approval, where the period that a version was to start with ended while it waited."""
    if starts_on < _under_way(grain).start:
        raise Refusal(
            f"This version was to hold from {starts_on:%-d %B %Y} on, and that {grain} is over: approved now, it would "
            "change what held. Turn it down, and propose it anew with a later start."
        )


def _under_way(grain: Grain) -> Period:
    return Period.containing(clock.today(), grain)
