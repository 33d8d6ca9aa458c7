"""The one door for files that go out: no cell starts a formula in whoever's spreadsheet opens it."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from truthgov.figures import plain

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


class Echo:
    """Hands back what csv writes, a line at a time."""

    def write(self, line: str) -> str:
        return line


def cell(value: Any) -> Any:
    """A value as it may stand in a sheet: a text that would start a formula is quoted, a number stays a number."""
    if isinstance(value, Decimal):
        return plain(value)
    if value is None or not isinstance(value, str):
        return "" if value is None else value
    return f"'{value}" if _would_start(value) else value


def read_cell(text: str) -> str:
    """The text that `cell` made a cell of: its quote is taken off again."""
    return text[1:] if text.startswith("'") and _would_start(text[1:]) else text


def _would_start(text: str) -> bool:
    # Quotes are looked through, so that a text that begins with one of its own comes back whole.
    return text.lstrip(" '").startswith(FORMULA_STARTS)


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV with a header, a line at a time."""
    writer = csv.writer(Echo())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A CSV file to be saved under a name; rows are read as they are sent."""
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def file_response(name: str, media_type: str, content: bytes, *, inline: bool = False) -> HttpResponse:
    """A file to be saved under a name; whatever is in it, no browser runs it as a page of ours.

    `inline` is for what truthgov wrote itself: the browser may show it.
    """
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
