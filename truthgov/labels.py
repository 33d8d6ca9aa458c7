"""How a period is named for its reader. Pure."""

from datetime import date, timedelta

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def name_period(start: date, end: date) -> str:
    """Name a half-open period by what it is: "5 October 2026", "2026-W41", "October 2026", "Q4 2026", "2026"."""
    if end == start + timedelta(days=1):
        return f"{start.day} {MONTHS[start.month - 1]} {start.year}"
    if end == start + timedelta(days=7) and start.weekday() == 0:
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02d}"
    if start.day == 1 and end.day == 1:
        named = _name_months(start, _months_between(start, end))
        if named:
            return named
    last = end - timedelta(days=1)
    return f"{start.day} {_short(start)} {start.year} to {last.day} {_short(last)} {last.year}"


def abbreviate_period(start: date, end: date) -> str:
    """Name a period in the few characters that an axis has: "Oct 26", "W41", "5 Oct", "Q4 26"."""
    named = name_period(start, end)
    if "-W" in named:
        return named.partition("-")[2]
    if named.startswith("Q"):
        return f"{named[:2]} {start.year % 100:02d}"
    if end == start + timedelta(days=1):
        return f"{start.day} {_short(start)}"
    return f"{_short(start)} {start.year % 100:02d}"


def _name_months(start: date, months: int) -> str | None:
    if months == 1:
        return f"{MONTHS[start.month - 1]} {start.year}"
    if months == 3 and start.month % 3 == 1:
        return f"Q{(start.month + 2) // 3} {start.year}"
    if months == 12 and start.month == 1:
        return str(start.year)
    return None


def _months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _short(day: date) -> str:
    return MONTHS[day.month - 1][:3]
