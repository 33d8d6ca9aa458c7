"""The one door for files: their size, inflated size, kind and rows are limited before anything reads them."""

import csv
import zlib
from collections.abc import Iterator

from truthgov.errors import InvalidInput

MAX_BYTES = 16 * 1024 * 1024
MAX_INFLATED = 32 * 1024 * 1024
MAX_ROWS = 50_000
GZIP = 16 + zlib.MAX_WBITS
BOM = "\ufeff"


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
