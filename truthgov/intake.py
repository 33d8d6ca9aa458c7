"""The one door for files: their size, inflated size, kind and rows are limited before anything reads them."""

import csv
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from truthgov.errors import InvalidInput
from truthgov.figures import counted
from truthgov.spreadsheets.limits import MEGABYTE, MIDDLE
from truthgov.spreadsheets.packages import require_harmless

MAX_BYTES = 16 * MEGABYTE
MAX_INFLATED = 32 * MEGABYTE
MAX_ROWS = 50_000
GZIP = 16 + zlib.MAX_WBITS
BOM = "\ufeff"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_ATTACHED, MOST_ATTACHED = 5 * MEGABYTE, 5
"""Bytes of a file that is brought as evidence, and how many may be brought at a time."""
SIGNATURES = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
)
TEXTS = {"csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = b"PK\x03\x04"


class TooLarge(InvalidInput):
    """Unpacked, there is more of it than is taken in."""


class EndsMidway(InvalidInput):
    """What is at fault is its end, and such as it would be had the rest not come."""


def inflate(packed: bytes, *, limit: int = MAX_INFLATED) -> bytes:
    """What was packed by gzip, in one member or several. InvalidInput where it is none or cut short, TooLarge where it
    comes to more than `limit` bytes."""
    parts, size, rest = [], 0, packed
    try:
        while rest:
            inflater = zlib.decompressobj(wbits=GZIP)
            part = inflater.decompress(rest, limit - size + 1)
            size += len(part)
            if size > limit:
                raise TooLarge(f"Unpacked, it is larger than {limit // MEGABYTE} MB; send it in parts.")
            if not inflater.eof:
                raise InvalidInput("What was packed ends before its end; pack it anew.")
            parts.append(part)
            rest = inflater.unused_data
    except zlib.error as error:
        raise InvalidInput("This is not gzip; send it as it is, or packed anew.") from error
    return b"".join(parts)


def read_text(content: bytes, *, limit: int = MAX_BYTES) -> str:
    """A file's text, UTF-8 with or without its mark. InvalidInput when too large, of another encoding, or not text."""
    if len(content) > limit:
        raise InvalidInput(f"The file is larger than {limit} bytes; send it in parts.")
    try:
        text = content.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        fault = EndsMidway if error.end == len(content) else InvalidInput
        raise fault(f"Byte {error.start} is not UTF-8; save the file as UTF-8.") from error
    if "\0" in text:
        raise InvalidInput("The file holds NUL characters; it is not the text file it should be.")
    return text


def read_csv(content: bytes, *, max_rows: int = MAX_ROWS) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by the names in its header. InvalidInput for a header that names a column twice or not at
    all, a row of another length, or more than `max_rows` rows; EndsMidway where that is the last and may be half."""
    written = read_text(content).splitlines(keepends=True)
    lines = csv.reader(written, strict=True, skipinitialspace=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        if not all(header) or len(set(header)) != len(header) or not header:
            raise InvalidInput("The first line names each column once; give each column a name of its own.")
        if separator := separator_of(header):
            raise InvalidInput(f"The columns are separated by {separator}; have them separated by commas.")
        ends_midway = not written[-1].endswith(("\n", "\r"))
        yield from _rows(header, lines, max_rows, ends_midway=ends_midway)
    except csv.Error as error:
        fault = EndsMidway if lines.line_num == len(written) else InvalidInput  # a quote that is never closed
        raise fault(f"Line {lines.line_num} is not CSV: {error}.") from error


def separator_of(header: Sequence[str]) -> str:
    """What separates the columns of a sheet whose header came as one cell; empty where it did not, or says nothing."""
    mark = re.search(r"[;\t|]", header[0]) if len(header) == 1 else None
    return SEPARATORS[mark[0]] if mark else ""


def _rows(
    header: list[str], lines: Iterator[list[str]], max_rows: int, *, ends_midway: bool
) -> Iterator[dict[str, str]]:
    for number, cells in enumerate((cells for cells in lines if cells), start=1):
        if number > max_rows:
            raise InvalidInput(f"The file holds more than {max_rows} rows; send it in parts.")
        if len(cells) != len(header):
            is_half = ends_midway and len(cells) < len(header) and next(lines, None) is None
            fault = EndsMidway if is_half else InvalidInput
            raise fault(
                f"Row {number} has {counted(len(cells), 'cell')} and the header {len(header)}; correct the row."
            )
        yield dict(zip(header, cells, strict=True))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that somebody brings as evidence, looked at by its content: its kind, a name that fits it, its bytes."""

    name: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of its content."""
        return hashlib.sha256(self.content).hexdigest()

    def as_record(self) -> dict[str, Any]:
        """What is said of it where it is not itself."""
        return {"name": self.name, "type": self.media_type, "size": len(self.content), "sha256": self.digest}


def attach(name: str, content: bytes) -> Attached:
    """A file as evidence: PDF, PNG, JPEG, XLSX without macros, or text (CSV, TXT), told by its content.

    InvalidInput, worded for its sender, for one that is empty, too large (also unpacked), or of another kind.
    """
    if not content:
        raise InvalidInput(f"{name} is empty; choose the file anew.")
    if len(content) > MAX_ATTACHED:
        raise InvalidInput(f"{name} is larger than {MAX_ATTACHED // MEGABYTE} MB; attach what matters of it.")
    stem, ending = _named(name)
    for magic, known_as, media_type in SIGNATURES:
        if content.startswith(magic):
            return Attached(f"{stem}.{known_as}", media_type, content)
    if content.startswith(ZIP):
        _require_workbook(name, content)
        return Attached(f"{stem}.xlsx", WORKBOOK, content)
    if ending not in TEXTS:
        raise InvalidInput(f"{name} is none of the kinds taken in: PDF, PNG, JPEG, XLSX, CSV or TXT.")
    read_text(content)
    return Attached(f"{stem}.{ending}", TEXTS[ending], content)


def base_name(name: str) -> str:
    """The last part of a file's name: no folders, no signs that steer a terminal or a header."""
    return "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable()).strip()


def _named(name: str) -> tuple[str, str]:
    """A name that is safe to save under, and its ending."""
    stem, _, ending = base_name(name).rpartition(".")
    return (stem or ending).strip(" .")[:80] or "file", ending.lower()


def _require_workbook(name: str, content: bytes) -> None:
    """Refuse another kind of archive, and a workbook that is not harmless; cells that are merged show no less there."""
    try:
        require_harmless(BytesIO(content), MIDDLE, may_merge=True)
    except InvalidInput as fault:
        raise InvalidInput(f"{name}: {fault}") from fault
    if "xl/workbook.xml" not in zipfile.ZipFile(BytesIO(content)).namelist():
        raise InvalidInput(f"{name} is none of the kinds taken in: PDF, PNG, JPEG, XLSX, CSV or TXT.")
