"""When a body meets again: a recurrence rule, its words, and the days that it names. Pure.

The rules are those of iCalendar (RFC 5545, RRULE) that a board uses: a day of every so many weeks, a day or a working
day of every so many months. Working days are Monday to Friday; days without meetings are the calendar's matter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS, MONTHS = "weeks", "months"
WEEKDAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday"}
WORKING = ",".join(WEEKDAYS)
LAST = -1
PATTERN = (
    r"^FREQ=(WEEKLY;INTERVAL=([1-9]|1[0-2]);BYDAY=(MO|TU|WE|TH|FR)"
    r"|MONTHLY;INTERVAL=([1-9]|1[0-2]);BYDAY=(MO|TU|WE|TH|FR|MO,TU,WE,TH,FR);BYSETPOS=(-1|[1-9]|1[0-9]|20))$"
)
"""The rules that are known, as a regular expression for the database."""
MOST_OF_A_WEEKDAY = 4
"""A fifth Tuesday is not in every month."""


@dataclass(frozen=True)
class Recurrence:
    """`every` so many `unit`s, on `day` (a weekday's two letters, or WORKING); of a month the `nth`, or the LAST."""

    unit: str
    every: int
    day: str
    nth: int = 1

    @classmethod
    def parse(cls, rule: str) -> "Recurrence":
        """From a rule's text; ValueError where it is none of those known."""
        if not re.fullmatch(PATTERN, rule):
            raise ValueError(f"not a rule that a forum meets by: {rule}")
        parts = dict(part.split("=") for part in rule.split(";"))
        unit = WEEKS if parts["FREQ"] == "WEEKLY" else MONTHS
        found = cls(unit, int(parts["INTERVAL"]), parts["BYDAY"], int(parts.get("BYSETPOS", 1)))
        if unit == MONTHS and found.day != WORKING and found.nth > MOST_OF_A_WEEKDAY:
            raise ValueError(f"not every month has a weekday so often: {rule}")
        return found

    @property
    def rule(self) -> str:
        """As RFC 5545 writes it."""
        if self.unit == WEEKS:
            return f"FREQ=WEEKLY;INTERVAL={self.every};BYDAY={self.day}"
        return f"FREQ=MONTHLY;INTERVAL={self.every};BYDAY={self.day};BYSETPOS={self.nth}"

    def __str__(self) -> str:
        day = WEEKDAYS.get(self.day, "working day")
        if self.unit == MONTHS:
            which = "last" if self.nth == LAST else ordinal(self.nth)
            return f"{_often(self.every, 'monthly', 'months')}, on the {which} {day}"
        return f"{_often(self.every, 'weekly', 'weeks')}, on {day}"

    def days(self, first: date, last: date, *, counted_from: date) -> Iterator[date]:
        """From `first` to `last`, both included; every other week or month is counted from the one of a day."""
        found = self._of_weeks if self.unit == WEEKS else self._of_months
        yield from (day for day in found(first, last, counted_from) if first <= day <= last)

    def _of_weeks(self, first: date, last: date, counted_from: date) -> Iterator[date]:
        monday = first - timedelta(days=first.weekday())
        start = counted_from - timedelta(days=counted_from.weekday())
        while monday <= last:
            if ((monday - start).days // 7) % self.every == 0:
                yield monday + timedelta(days=list(WEEKDAYS).index(self.day))
            monday += timedelta(days=7)

    def _of_months(self, first: date, last: date, counted_from: date) -> Iterator[date]:
        number, start = first.year * 12 + first.month - 1, counted_from.year * 12 + counted_from.month - 1
        for month in range(number, last.year * 12 + last.month):
            if (month - start) % self.every == 0:
                yield self._in_month(date(month // 12, month % 12 + 1, 1))

    def _in_month(self, start: date) -> date:
        names = list(WEEKDAYS)
        days = (start + timedelta(days=offset) for offset in range(31))
        wanted = {names.index(name) for name in self.day.split(",")}
        fitting = [day for day in days if day.month == start.month and day.weekday() in wanted]
        return fitting[self.nth if self.nth == LAST else self.nth - 1]


def _often(every: int, once: str, units: str) -> str:
    return once if every == 1 else f"every {every} {units}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
