"""Periods as senders write them, read in a measure's grain. Pure."""

from datetime import date, timedelta
from functools import lru_cache

from truthgov.periods import Grain, Period

EXAMPLES = {Grain.DAY: "2026-10-05", Grain.WEEK: "2026-W41", Grain.MONTH: "2026-10", Grain.QUARTER: "2026-Q4"}


@lru_cache(maxsize=65_536)
def read(text: str, grain: Grain) -> Period:
    """A period from its short form, or from half-open dates `2026-10-01/2026-11-01`.

    ValueError, worded for the sender, when it is not one period of this grain.
    """
    try:
        if "/" not in text:
            return Period.parse(text, grain)
        start, _, end = text.partition("/")
        return Period.between(date.fromisoformat(start), date.fromisoformat(end), grain)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{text[:60]!r} is not one {grain} of this measure; write {EXAMPLES[grain]}, or its first day and the "
            "day after its last."
        ) from error


@lru_cache(maxsize=65_536)
def from_inclusive(first: str, last: str) -> str:
    """The half-open form of a sheet's first and last day; what cannot be read is passed on to be refused by `read`.

    A moment counts as the day its sender wrote, in the sender's own zone: nothing is shifted to a neighbouring day.
    """
    try:
        end = date.fromisoformat(_written_day(last)) + timedelta(days=1)
    except (ValueError, OverflowError):
        return f"{first}/{last}"
    return f"{_written_day(first)}/{end}"


def _written_day(moment: str) -> str:
    day, separator, _ = moment.strip().partition("T")
    return day if separator or len(day) <= 10 else moment
