"""Bodies of figures and of files: measured before they are read, inflated within limits, read by their media type."""

from collections.abc import Mapping
from typing import Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from metrics.ingestion.formats import READERS, Malformed, Sent
from truthgov.errors import InvalidInput
from truthgov.intake import MAX_BYTES, WORKBOOK, TooLarge, inflate
from truthgov.rest.problems import Problem, error


class Body:
    """What was sent, until it is taken.

    A request stands in cycles, and may outlive its answer for many others: with its body, megabytes each.
    """

    def __init__(self, sent: bytes) -> None:
        self._sent = sent

    def take(self) -> bytes:
        sent, self._sent = self._sent, b""
        return sent


class BytesParser(BaseParser):
    """Takes a body as bytes; a media type that no subclass names is answered by 415."""

    def parse(self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Body:  # type: ignore[override]
        return Body(stream.read())


class JsonParser(BytesParser):
    media_type = "application/json"


class NdjsonParser(BytesParser):
    media_type = "application/x-ndjson"


class CsvParser(BytesParser):
    media_type = "text/csv"


class WorkbookParser(BytesParser):
    media_type = WORKBOOK


PARSERS = [JsonParser, NdjsonParser, CsvParser]


def read_body(request: Request) -> bytes:
    """The body, inflated. Raises Problem 413 where it is too large, 415 for another coding than gzip, 400
    where it is not what its coding says."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BYTES:
        raise Problem(413, "too_large", "The body is larger than 16 MB; send it in parts.")
    body = request.data.take() if isinstance(request.data, Body) else b""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding == "identity":
        return body
    if coding not in ("gzip", "x-gzip"):  # its old name
        raise Problem(415, "unsupported_media_type", f"The coding {coding[:40]!r} is not taken; send gzip or none.")
    try:
        return inflate(body)
    except TooLarge as fault:
        raise Problem(413, "too_large", str(fault)) from fault
    except InvalidInput as fault:
        raise Problem(400, "malformed", str(fault)) from fault


def read_rows(request: Request, body: bytes) -> Sent:
    """The rows of a body. Raises Problem 400 where it is malformed or empty, 413 where it holds too many rows."""
    if not body:
        raise Problem(400, "malformed", "The body is empty; send rows.")
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    try:
        sent = READERS[media_type](body)
    except Malformed as fault:
        raise Problem(400, "malformed", str(fault), [error(fault.pointer, "malformed", str(fault))]) from fault
    except TooLarge as fault:
        raise Problem(413, "too_large", str(fault)) from fault
    if not len(sent.rows):
        raise Problem(400, "malformed", "The body holds no rows; send at least one.")
    return sent
