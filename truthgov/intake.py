"""The one door for files: their size, inflated size, kind and rows are limited before anything reads them."""

import csv
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from truthgov.errors import InvalidInput

MAX_BYTES = 16 * 1024 * 1024
MAX_INFLATED = 32 * 1024 * 1024
MAX_ROWS = 50_000
GZIP = 16 + zlib.MAX_WBITS
BOM = "\ufeff"
MAX_ATTACHED, MOST_ATTACHED = 5 * 1024 * 1024, 5
"""Bytes of a file that is brought as evidence, and how many may be brought at a time."""
SIGNATURES = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
)
TEXTS = {"csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP, MACROS = b"PK\x03\x04", ("vbaproject.bin", ".bas")


def inflate(packed: bytes, *, limit: int = MAX_INFLATED) -> bytes:
    """What a gzip file holds. InvalidInput when it is none, is cut short, or holds more than `limit` bytes."""
    inflater = zlib.decompressobj(wbits=GZIP)
    try:
        inflated = inflater.decompress(packed, limit + 1)
    except zlib.error as error:
        raise InvalidInput("This is not a gzip file; send it as it is, or packed anew.") from error
    if len(inflated) > limit:
        raise InvalidInput(f"Unpacked, the file is larger than {limit} bytes; send it in parts.")
    if not inflater.eof or inflater.unused_data:
        raise InvalidInput("The gzip file is cut short or holds more than one file; send it anew.")
    return inflated


def read_text(content: bytes, *, limit: int = MAX_BYTES) -> str:
    """A file's text, UTF-8 with or without its mark. InvalidInput when too large, of another encoding, or not text."""
    if len(content) > limit:
        raise InvalidInput(f"The file is larger than {limit} bytes; send it in parts.")
    try:
        text = content.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"Byte {error.start} is not UTF-8; save the file as UTF-8.") from error
    if "\0" in text:
        raise InvalidInput("The file holds NUL characters; it is not the text file it should be.")
    return text


def read_csv(content: bytes, *, max_rows: int = MAX_ROWS) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by the names in its header. InvalidInput for a header that names a column twice or not at
    all, a row of another length, or more than `max_rows` rows."""
    lines = csv.reader(read_text(content).splitlines(keepends=True), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        if not all(header) or len(set(header)) != len(header) or not header:
            raise InvalidInput("The first line names each column once; give each column a name of its own.")
        yield from _rows(header, lines, max_rows)
    except csv.Error as error:
        raise InvalidInput(f"Line {lines.line_num} is not CSV: {error}.") from error


def _rows(header: list[str], lines: Iterator[list[str]], max_rows: int) -> Iterator[dict[str, str]]:
    for number, cells in enumerate((cells for cells in lines if cells), start=1):
        if number > max_rows:
            raise InvalidInput(f"The file holds more than {max_rows} rows; send it in parts.")
        if len(cells) != len(header):
            raise InvalidInput(f"Row {number} has {len(cells)} cells and the header {len(header)}; correct the row.")
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
        raise InvalidInput(f"{name} is larger than {MAX_ATTACHED // 1024 // 1024} MB; attach what matters of it.")
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


def _named(name: str) -> tuple[str, str]:
    """A name that is safe to save under, and its ending: no folders, no signs that steer a terminal or a header."""
    plain = "".join(sign for sign in name.replace("\\", "/").rsplit("/", 1)[-1] if sign.isprintable())
    stem, _, ending = plain.rpartition(".")
    return (stem or ending).strip(" .")[:80] or "file", ending.lower()


def _require_workbook(name: str, content: bytes) -> None:
    """Refuse what is no workbook, holds macros, or unpacks to more than is taken in; nothing of it is unpacked."""
    try:
        entries = zipfile.ZipFile(BytesIO(content)).infolist()
    except zipfile.BadZipFile as error:
        raise InvalidInput(f"{name} is damaged; save it anew.") from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise InvalidInput(f"{name} is none of the kinds taken in: PDF, PNG, JPEG, XLSX, CSV or TXT.")
    if any(entry.lower().endswith(MACROS) for entry in names):
        raise InvalidInput(f"{name} holds macros; save it as .xlsx without them.")
    if sum(entry.file_size for entry in entries) > MAX_INFLATED:
        raise InvalidInput(f"Unpacked, {name} is larger than {MAX_INFLATED} bytes; attach what matters of it.")
