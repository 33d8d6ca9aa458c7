"""The Finance ledger: what another system of the hotels would answer, and the feed that reads it.

It stands in a file that this very installation serves (`TRUTHGOV_DEMONSTRATION_SITE`), so that the feed is a working
one: fetched over HTTP through the same door as any other. Where no site is given there is no feed.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from config.demo import moved
from config.demo.cast import LEADS, Cast
from metrics.models import Feed, Source
from metrics.sources.pull import pull_due
from truthgov.actor import Actor
from truthgov.models import Function
from truthgov.periods import Period

FINANCE = LEADS[5]
REALISED = "HT.FIN.REALISED"
SOURCE = "Finance ledger"
NAME = "Finance ledger, monthly"
FILE = "finance-ledger.json"
HISTORY = 6
"""Months before the first that is reported which the feed fetches, too."""
DAYS_AFTER, HOUR = 3, 6
MAPPING = {"measure": f"={REALISED}", "period": "month", "segment": "hotel", "value": "realised"}


def address() -> str:
    """Where the file is served; empty where nothing serves it."""
    site = settings.DEMONSTRATION_SITE
    return f"{site}/{settings.STATIC_URL.strip('/')}/demonstration/{FILE}" if site else ""


def connect(figures: Sequence[moved.Figure], first: Period, cast: Cast) -> None:
    """Write the file, and let Finance connect its feed and ask for the months before the first."""
    (settings.DEMONSTRATION_FILES / FILE).write_bytes(_content(figures))
    by = cast.actor(FINANCE)
    feed = Feed.connect(
        name=NAME, source=Source.objects.get(name=SOURCE), function=Function.objects.get(name=FINANCE.over),
        url=address(), format=Feed.Format.JSON, rows_path="entries[?month=='{period}']", mapping=MAPPING,
        days_after=DAYS_AFTER, hour=HOUR, by=by,
    )  # fmt: skip
    feed.backfill(first.shift(-HISTORY), first.shift(-1), by=by)


def pull() -> None:
    """Let the feed fetch what is due, from a server that stands in for ours until that runs."""
    with _served((settings.DEMONSTRATION_FILES / FILE).read_bytes()):
        pull_due()


def move() -> None:
    """The port that we are served on may be another than last time: the feed's owner corrects the address."""
    site = address()
    for feed in Feed.objects.filter(name=NAME, status=Feed.Status.ACTIVE).exclude(url=site) if site else ():
        feed.correct(url=site, by=Actor(person=feed.owner))


def _content(figures: Sequence[moved.Figure]) -> bytes:
    """Realised revenue as the ledger keeps it: by month and hotel, in whole euros."""
    rows = [each.row for each in figures if each.row["measure_code"] == REALISED]
    entries = [
        {"month": row["period_start"][:7], "hotel": segment, "realised": round(float(row["value"]))}
        for row in rows
        if (segment := json.loads(row["segment_json"])).keys() <= {"hotel"}
    ]
    return json.dumps({"ledger": "Room revenue", "currency": "EUR", "entries": entries}, indent=1).encode()


@contextmanager
def _served(content: bytes) -> Iterator[None]:
    """This content, on the port of the site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """The run's log tells."""

    url = urlsplit(settings.DEMONSTRATION_SITE)
    with ThreadingHTTPServer((url.hostname or "", url.port or 80), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
