"""Pages of a register by number: the newest first, the cursor is the last number of the page before."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PAGE = 30


@dataclass(frozen=True)
class Register:
    rows: list[Any]
    next_cursor: str


def page_at(cursor: str, rows: QuerySet[Any]) -> tuple[list[Any], str]:
    """The rows of a page, and the cursor of the next one (empty on the last)."""
    ahead = rows.order_by("-pk")
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 18:
        ahead = ahead.filter(pk__lt=int(cursor))
    found = list(ahead[: PAGE + 1])
    return (found[:PAGE], str(found[PAGE - 1].pk)) if len(found) > PAGE else (found, "")
