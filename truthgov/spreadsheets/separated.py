"""CSV as spreadsheets save it: in four encodings, with commas, semicolons or tabs."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import islice
from typing import Any, BinaryIO

from truthgov.errors import InvalidInput
from truthgov.figures import counted
from truthgov.spreadsheets.limits import MEGABYTE, NOTHING_ABOVE, Limits, TooLong, require_header
from truthgov.spreadsheets.table import BATCH, Batch, Opened

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_ASCII_CONTROL = bytes({*range(32), 127} - {9, 10, 13})
_SAID = re.compile(r"sep=([,;\t])\r?\n")
"""The first line by which a spreadsheet is told the separator."""
LONGEST_FIRST_LINE = 64 * 1024


def open_separated(file: BinaryIO, limits: Limits) -> Opened:
    """A CSV file, from its beginning. InvalidInput where it is no text or has no header; where a row is at fault, once
    it is asked for."""
    encoding, start = _encoding(file)
    file.seek(start)
    first = file.read(LONGEST_FIRST_LINE).decode(encoding, errors="ignore")
    said = _SAID.match(first)
    separator = said[1] if said else _separator(first)
    file.seek(start + (len(said[0].encode(encoding)) if said else 0))
    lines = csv.reader(TextIOWrapper(file, encoding, newline=""), delimiter=separator, strict=True)
    header = require_header(next(_told(lines), []), limits)
    read_as = f"{NAMES[encoding]}, separated by {SEPARATORS[separator]}"
    batches = _batches(_told(lines), len(header), separator, limits)
    return Opened(header, read_as, separator == ",", batches)


def _encoding(file: BinaryIO) -> tuple[str, int]:
    """The encoding that a text has by its mark, and where it begins; without one, UTF-8 or what Windows writes in the
    West."""
    file.seek(0)
    head = file.read(3)
    marked = next((mark for mark in MARKS if head.startswith(mark)), b"")
    for encoding in [MARKS[marked]] if marked else ["utf-8", "cp1252"]:
        file.seek(len(marked))
        try:
            if _is_text(file, encoding):
                return encoding, len(marked)
        except UnicodeDecodeError:
            continue
        break
    raise InvalidInput("This is neither a workbook nor a text that can be read; save it as .xlsx or as CSV UTF-8.")


def _is_text(file: BinaryIO, encoding: str) -> bool:
    """Whether all that follows is text; UnicodeDecodeError where it is none in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    while piece := file.read(MEGABYTE):
        text = decoder.decode(piece)
        # Most pieces are ASCII, where counting bytes is much quicker than looking at each letter.
        if piece.isascii() and len(text) == len(piece):
            if len(piece.translate(None, _ASCII_CONTROL)) != len(piece):
                return False
        elif _CONTROL.search(text):
            return False
    decoder.decode(b"", final=True)
    return True


def _separator(text: str) -> str:
    """The one that cuts the first line into the most cells."""
    first = text.partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def _told(lines: Any) -> Iterator[list[str]]:
    """The lines of a csv.reader, with what it complains of in words for the sender."""
    try:
        yield from lines
    except csv.Error as error:
        raise InvalidInput(f"Line {lines.line_num} is not CSV: {error}; save the file anew as CSV.") from error


def _batches(lines: Iterator[list[str]], width: int, separator: str, limits: Limits) -> Iterator[Batch]:
    start = 2
    while rows := list(islice(lines, BATCH)):
        if start + len(rows) > limits.rows + 2:
            raise TooLong(f"The file has more than {limits.rows} rows; send it in parts.")
        numbers = list(range(start, start + len(rows)))
        start += len(rows)
        if set(map(len, rows)) != {width}:
            rows = [_row(number, row, width, separator, limits) for number, row in zip(numbers, rows, strict=True)]
        columns = [list(map(str.strip, column)) for column in zip(*rows, strict=True)]
        yield _without_blank_rows(numbers, columns)


def _row(number: int, cells: list[str], width: int, separator: str, limits: Limits) -> list[str]:
    if width == 1 and any(cell.strip() for cell in cells[1:]):
        raise InvalidInput(f"The first row names one column, and row {number} has {len(cells)} cells. {NOTHING_ABOVE}")
    if any(cell.strip() for cell in cells[width:]) or len(cells) > limits.columns:
        hint = "; put a figure with a decimal comma in quotes, or separate by semicolons" if separator == "," else ""
        raise InvalidInput(f"Row {number} has {counted(len(cells), 'cell')} and the header {width}{hint}.")
    # Some spreadsheets leave out the separators of empty cells at the end of a row.
    return cells[:width] + [""] * (width - len(cells))


def _without_blank_rows(numbers: list[int], columns: list[list[str]]) -> Batch:
    if all(columns[0]):
        return Batch(numbers, columns, [])
    says = list(map(any, zip(*columns, strict=True)))
    kept = [[cell for cell, said in zip(column, says, strict=True) if said] for column in columns]
    return Batch([number for number, said in zip(numbers, says, strict=True) if said], kept, [])
