"""What was sent does not have the form it claims: told in words, and where. Pure."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from metrics.ingestion.bounds import DEEPEST, TooDeep
from truthgov.repeated import RepeatedError

PACKED = b"\x1f\x8b"
NOT_UTF8 = "The body is not UTF-8; send it in UTF-8."
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError, TooDeep, RepeatedError)


class Malformed(Exception):  # noqa: N818 - said of what was sent
    """What was sent does not have the form it claims; `pointer` says where."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


def plain(body: bytes) -> bytes:
    """A body without the mark of UTF-8; Malformed where its first bytes say that it is something else."""
    if body.startswith(PACKED):
        raise Malformed("The body is packed; say so in a header Content-Encoding: gzip.")
    if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise Malformed(NOT_UTF8)
    return body.removeprefix(BOM_UTF8)


class _Wrapped(msgspec.Struct):
    rows: list[msgspec.Raw]


def each_line(body: bytes, read: Callable[[bytes], Any]) -> None:
    """Read a body line by line. Raises Malformed at the first that cannot be read, with its number; slowly."""
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    _each(((f"Line {number}: ", f"/{row}", line) for row, (number, line) in enumerate(lines)), read)


def each_row(body: bytes, read: Callable[[bytes], Any]) -> None:
    """The same of the rows of a batch that was parsed before."""
    rows = msgspec.json.decode(body, type=_Wrapped).rows
    _each((("", f"/rows/{row}", bytes(raw)) for row, raw in enumerate(rows)), read)


def _each(parts: Iterable[tuple[str, str, bytes]], read: Callable[[bytes], Any]) -> None:
    for named, pointer, part in parts:
        try:
            read(part)
        except UNREADABLE as error:
            fault = malformed(error)
            raise Malformed(f"{named}{fault}", f"{pointer}{fault.pointer}") from error


def malformed(error: Exception) -> Malformed:
    """What the parser complains of, with its path as a JSON pointer."""
    if isinstance(error, UnicodeError):
        return Malformed(NOT_UTF8)
    if isinstance(error, (RecursionError, TooDeep)):
        return Malformed(f"The body is nested too deeply; {DEEPEST} levels are taken.")
    if isinstance(error, RepeatedError):
        return Malformed(f"{error}.")
    message, _, path = str(error).partition(" - at `$")
    pointer = re.sub(r"\[(\d+)\]", r"/\1", path.rstrip("`")).replace(".", "/").replace("[...]", "")
    return Malformed(f"{message}.", pointer)
