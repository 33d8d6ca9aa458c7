"""What a feed offers for a period, as rows of figures: over HTTP page by page, or by a query."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from django.conf import settings

from metrics.models import Feed
from metrics.sources import paging, placeholders
from metrics.sources.mapping import Row, json_of, require_names, rows_from_csv, rows_from_json, rows_from_query
from metrics.sources.paging import Page, same_origin
from truthgov import egress, vault
from truthgov.deferred import Deferred
from truthgov.egress import EgressRefused, Unreachable
from truthgov.errors import InvalidInput
from truthgov.intake import MAX_ROWS
from truthgov.periods import Period

if TYPE_CHECKING:
    from metrics.sources import database
else:  # it loads SQLAlchemy
    database = Deferred("metrics.sources.database")

SECONDS = 300.0
"""For all pages together; with what a worker may do besides, below a task's hard limit."""
SHORT, PATIENCE = 60, 5
"""Seconds of a pause that is waited for between pages, and how often it is before one page."""
BEARER = "Authorization"


@dataclass
class Offered:
    """What came: rows as the mapping reads them, from so many pages and bytes (none are counted of a query)."""

    rows: list[Row] = field(default_factory=list)
    pages: int = 0
    bytes: int = 0


def fetch(feed: Feed, period: Period, *, seconds: float = SECONDS, pages: int = paging.MAX_PAGES) -> Offered:
    """Everything a feed offers for a period. Unreachable where a later call may succeed, else Refusal."""
    secret = vault.unseal(feed.sealed_token) if feed.sealed_token else ""
    mapping = {name: placeholders.fill(place, period) for name, place in feed.mapping.items()}
    if feed.format == Feed.Format.SQL:
        columns, found = database.fetch(feed.url, secret, feed.query, period)
        return Offered(rows_from_query(columns, found, mapping, feed.schedule.grain), pages=1)
    offered = Offered()
    for body, rows in _pages(feed, period, secret, mapping, monotonic() + seconds, pages):
        offered.rows += rows
        offered.pages, offered.bytes = offered.pages + 1, offered.bytes + len(body)
        if len(offered.rows) > MAX_ROWS or offered.bytes > egress.MAX_BYTES:
            raise InvalidInput("The source offers more than fits one delivery; ask it for fewer periods at once.")
    return offered


def _pages(
    feed: Feed, period: Period, secret: str, mapping: dict[str, str], deadline: float, most: int
) -> Iterator[tuple[bytes, list[Row]]]:
    """Page after page. One that was there already, or too many, is a fault over there: nothing of it is kept."""
    address: str | None = feed.paging.start(placeholders.fill(feed.url, period))
    seen: set[str] = set()
    named: set[str] = set()
    offered = 0
    while address:
        if not same_origin(address, feed.url):
            raise EgressRefused(f"Its next page is at {address}, another server: the secret is not sent there.")
        if address in seen:
            raise Unreachable(f"Its pages lead back to {address}.")
        seen.add(address)
        if len(seen) > most:
            raise InvalidInput(f"The source has more than {most} pages; ask it for larger ones.")
        fetched = _page(address, _headers(feed, secret), deadline, patience=PATIENCE if len(seen) > 1 else 0)
        content, rows = _read(feed, fetched, mapping, placeholders.fill(feed.rows_path, period), named)
        offered += len(rows)
        yield fetched.body, rows
        address = feed.paging.after(Page(address, len(seen) - 1, fetched.link, content, len(rows)))
    if offered and feed.format == Feed.Format.JSON:
        require_names(named, mapping)


def _page(address: str, headers: dict[str, str], deadline: float, *, patience: int) -> egress.Fetched:
    """One page. Who is asked for a short pause between pages waits here: begun anew, it would be asked again."""
    while True:
        left = deadline - monotonic()
        if left <= 0:
            raise Unreachable("Its pages take too long.")
        try:
            return egress.fetch(address, headers=headers, seconds=min(left, settings.EGRESS_SECONDS))
        except Unreachable as busy:
            pause = busy.after.total_seconds() if busy.after is not None else left
            if not patience or pause > SHORT or pause >= left:
                raise
            patience -= 1
            sleep(pause)


def _read(
    feed: Feed, fetched: egress.Fetched, mapping: dict[str, str], rows_path: str, named: set[str]
) -> tuple[Any, list[Row]]:
    if feed.format == Feed.Format.JSON:
        content = json_of(fetched.body)
        return content, rows_from_json(content, rows_path, mapping, named)
    if not fetched.is_whole:
        # A sheet that is cut at the end of a line looks whole.
        raise Unreachable("It does not say how long its answer is, so that half of it would pass for all of it.")
    return None, rows_from_csv(fetched.body, mapping)


def _headers(feed: Feed, secret: str) -> dict[str, str]:
    """The feed's own headers, and its secret where it goes: as a bearer token, or as it is in a header it names."""
    if not secret:
        return dict(feed.headers)
    return feed.headers | {feed.secret_header: f"Bearer {secret}" if feed.secret_header == BEARER else secret}
