"""CSV as spreadsheets save it: in four encodings, with commas, semicolons or tabs."""

import codecs
import csv
import re
from io import StringIO

from truthgov.errors import InvalidInput
from truthgov.spreadsheets.limits import MAX_COLUMNS, MAX_ROWS, require_header
from truthgov.spreadsheets.table import EMPTY, Table, Written

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
_SAID = re.compile(r"sep=([,;\t])\r?\n")
"""The first line by which a spreadsheet is told the separator."""


def read_separated(content: bytes) -> Table:
    """The table of a CSV file. InvalidInput where it is no text, has no header, or a row is at fault."""
    text, encoding = _decoded(content)
    said = _SAID.match(text)
    text = text[said.end() :] if said else text
    separator = said[1] if said else _separator(text)
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = require_header(next(lines, []))
        rows = [(number, _row(number, cells, header, separator)) for number, cells in enumerate(lines, start=2)]
    except csv.Error as error:
        raise InvalidInput(f"Line {lines.line_num} is not CSV: {error}; save the file anew as CSV.") from error
    told = [(number, cells) for number, cells in rows if any(cell.text for cell in cells)]
    read_as = f"{NAMES[encoding]}, separated by {SEPARATORS[separator]}"
    return Table(header, told, read_as, points_are_decimal=separator == ",")


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding that it has by its mark; without one, UTF-8 or what Windows writes in the West."""
    marked = next((mark for mark in MARKS if content.startswith(mark)), b"")
    wanted = [MARKS[marked]] if marked else ["utf-8", "cp1252"]
    for encoding in wanted:
        try:
            text = content[len(marked) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text, encoding
    raise InvalidInput("This is neither a workbook nor a text that can be read; save it as .xlsx or as CSV UTF-8.")


def _separator(text: str) -> str:
    """The one that cuts the first line into the most cells."""
    first = text.partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def _row(number: int, cells: list[str], header: list[str], separator: str) -> list[Written]:
    if number > MAX_ROWS + 1:
        raise InvalidInput(f"The file has more than {MAX_ROWS} rows; send it in parts.")
    if any(cell.strip() for cell in cells[len(header) :]) or len(cells) > MAX_COLUMNS:
        hint = "; put a figure with a decimal comma in quotes, or separate by semicolons" if separator == "," else ""
        raise InvalidInput(f"Row {number} has {len(cells)} cells and the header {len(header)}{hint}.")
    # Some spreadsheets leave out the separators of empty cells at the end of a row.
    missing = [EMPTY] * (len(header) - len(cells))
    return [Written(cell.strip()) for cell in cells[: len(header)]] + missing
