"""What stands for the period that is asked for: put into an address, or bound as parameters of a query. Pure."""

import re
from typing import Any

from truthgov.periods import Period

NAMES = ("period", "period_start", "period_end")
PLACE = re.compile(r"\{(\w+)\}")


def values(period: Period) -> dict[str, Any]:
    """By name: the short form (`2026-10`), the first day, and the first day after it."""
    return {"period": period.code, "period_start": period.start, "period_end": period.end}


def fill(text: str, period: Period) -> str:
    """A text with its placeholders filled in; days are written as 2026-10-01."""
    given = {name: str(value) for name, value in values(period).items()}
    return PLACE.sub(lambda found: given.get(found[1], found[0]), text)


def unknown(text: str) -> list[str]:
    """Words in braces that stand for nothing."""
    return [name for name in PLACE.findall(text) if name not in NAMES]
