"""Grains and half-open periods: pure calendar, no database."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from re import fullmatch


class Grain(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
YEARS = range(1900, 2200)
"""The years that a period is read in: away from both ends of the calendar, so that its neighbours exist."""


@dataclass(frozen=True, order=True)
class Period:
    """Half-open dates `start <= day < end` of one grain; weeks are ISO weeks."""

    start: date
    end: date
    grain: Grain

    @classmethod
    def containing(cls, day: date, grain: Grain) -> "Period":
        """The period of `grain` that `day` falls in."""
        start = _start(day, grain)
        return cls(start, _next_start(start, grain), grain)

    @classmethod
    def last_complete(cls, on: date, grain: Grain) -> "Period":
        """The last period of `grain` that is over on a day."""
        return cls.containing(on, grain).shift(-1)

    @classmethod
    def parse(cls, text: str, grain: Grain) -> "Period":
        """Read the short form of `grain`: `2026-10-05`, `2026-W41`, `2026-10` or `2026-Q4`; ValueError otherwise."""
        day = _PARSERS[grain](text)
        if day.year not in YEARS:
            raise ValueError(f"{text!r} is not between {YEARS[0]} and {YEARS[-1]}")
        return cls.containing(day, grain)

    @classmethod
    def between(cls, start: date, end: date, grain: Grain) -> "Period":
        """The period with exactly these half-open bounds; ValueError when they are not one period of `grain`."""
        period = cls.containing(start, grain)
        if (period.start, period.end) != (start, end):
            raise ValueError(f"{start} to {end} is not one {grain}")
        return period

    def shift(self, count: int) -> "Period":
        """The period `count` periods later (earlier when negative)."""
        return Period.from_ordinal(self.ordinal + count, self.grain)

    @property
    def ordinal(self) -> int:
        """A running number of the period in its grain: neighbours differ by one."""
        return ordinal(self.start, self.grain)

    @classmethod
    def from_ordinal(cls, number: int, grain: Grain) -> "Period":
        return cls.containing(_from_ordinal(number, grain), grain)

    def last(self, grain: Grain) -> "Period":
        """The last period of a grain that ends by the end of this one."""
        last = Period.containing(self.last_day, grain)
        return last if last.end <= self.end else last.shift(-1)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def code(self) -> str:
        """The short form that `parse` reads."""
        year, week, _ = self.start.isocalendar()
        return {
            Grain.DAY: self.start.isoformat(),
            Grain.WEEK: f"{year}-W{week:02d}",
            Grain.MONTH: f"{self.start:%Y-%m}",
            Grain.QUARTER: f"{self.start.year}-Q{(self.start.month + 2) // 3}",
        }[self.grain]

    @property
    def days(self) -> str:
        """Its first and last day, where its name does not tell: those of a week by its number; else empty."""
        if self.grain is not Grain.WEEK:
            return ""
        first, last = self.start, self.last_day
        year = "" if first.year == last.year else f" {first.year}"
        return f"{first.day} {_month(first)}{year} to {last.day} {_month(last)} {last.year}"

    def __str__(self) -> str:
        if self.grain is Grain.MONTH:
            return f"{MONTHS[self.start.month - 1]} {self.start.year}"
        if self.grain is Grain.DAY:
            return f"{self.start.day} {MONTHS[self.start.month - 1]} {self.start.year}"
        return self.code


def _month(day: date) -> str:
    return MONTHS[day.month - 1][:3]


def periods_named(text: str) -> list[Period]:
    """The periods, of any grain, that a short form names; none where it names none."""
    found = []
    for grain in Grain:
        with suppress(ValueError):
            found.append(Period.parse(text, grain))
    return found


def ordinal(start: date, grain: Grain) -> int:
    """The running number of the period of `grain` that starts on `start`."""
    if grain is Grain.DAY:
        return start.toordinal()
    if grain is Grain.WEEK:
        return (start.toordinal() - 1) // 7
    months = start.year * 12 + start.month - 1
    return months if grain is Grain.MONTH else months // 3


def _from_ordinal(number: int, grain: Grain) -> date:
    if grain is Grain.DAY:
        return date.fromordinal(number)
    if grain is Grain.WEEK:
        return date.fromordinal(number * 7 + 1)
    months = number if grain is Grain.MONTH else number * 3
    return date(months // 12, months % 12 + 1, 1)


def _start(day: date, grain: Grain) -> date:
    return _from_ordinal(ordinal(day, grain), grain)


def _next_start(start: date, grain: Grain) -> date:
    return _from_ordinal(ordinal(start, grain) + 1, grain)


def _parse_day(text: str) -> date:
    if not fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"{text!r} is not a day such as 2026-10-05")
    return date.fromisoformat(text)


def _parse_week(text: str) -> date:
    match = fullmatch(r"(\d{4})-W(\d{2})", text)
    if not match:
        raise ValueError(f"{text!r} is not an ISO week such as 2026-W41")
    return date.fromisocalendar(int(match[1]), int(match[2]), 1)


def _parse_month(text: str) -> date:
    match = fullmatch(r"(\d{4})-(\d{2})", text)
    if not match:
        raise ValueError(f"{text!r} is not a month such as 2026-10")
    return date(int(match[1]), int(match[2]), 1)


def _parse_quarter(text: str) -> date:
    match = fullmatch(r"(\d{4})-Q([1-4])", text)
    if not match:
        raise ValueError(f"{text!r} is not a quarter such as 2026-Q4")
    return date(int(match[1]), int(match[2]) * 3 - 2, 1)


_PARSERS = {Grain.DAY: _parse_day, Grain.WEEK: _parse_week, Grain.MONTH: _parse_month, Grain.QUARTER: _parse_quarter}
