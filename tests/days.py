"""Days as seen from now. Asked each time, never kept in a module: a run of the tests may pass midnight."""

from datetime import date, timedelta


def in_days(number: int) -> date:
    return date.today() + timedelta(days=number)


def tomorrow() -> date:
    return in_days(1)
