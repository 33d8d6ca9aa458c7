"""Files as people save them from a spreadsheet: read into a table, or refused with a sentence that says what to do.

It imports no Django, so that a process of its own can read what is large (`bounded`).
"""

from io import BytesIO
from typing import BinaryIO

from truthgov.errors import InvalidInput
from truthgov.spreadsheets.limits import LARGE, MEGABYTE, MIDDLE, SMALL, Limits, TooLong
from truthgov.spreadsheets.separated import open_separated
from truthgov.spreadsheets.table import EMPTY, Batch, Kind, Opened, Table, Written, day_of
from truthgov.spreadsheets.workbooks import open_workbook, read_sheets

__all__ = [
    "EMPTY", "LARGE", "SMALL", "Batch", "Kind", "Limits", "Opened", "Table", "TooLong", "Written", "day_of",
    "open_file", "read", "read_workbook",
]  # fmt: skip
ZIP, COMPOUND = b"PK", b"\xd0\xcf\x11\xe0"


def read(content: bytes, *, sheet: str) -> Table:
    """The table that a small file holds; of a workbook, the one in `sheet`. Refused as `open_file` refuses."""
    _require_size(len(content), SMALL)
    opened = open_file(BytesIO(content), SMALL, sheet=sheet)
    rows = [row for batch in opened.batches for row in batch.rows()]
    return Table(opened.header, rows, opened.read_as, opened.points_are_decimal)


def read_workbook(content: bytes) -> dict[str, list[tuple[int, list[str]]]]:
    """The sheets of a workbook by their names, their cells as texts, each row with its number.

    InvalidInput where it is no workbook, is too large (also unpacked), holds macros, or where a cell is a formula.
    """
    _require_size(len(content), MIDDLE)
    return read_sheets(BytesIO(content), MIDDLE)


def open_file(file: BinaryIO, limits: Limits, *, sheet: str) -> Opened:
    """A file from a spreadsheet, told by its content whatever its name says; of a workbook, the table in `sheet`.

    InvalidInput, worded for its sender, where it cannot be read, or only in more than one way: at once, or when the
    rows are asked for. TooLong where it has more rows than `limits` let it.
    """
    head = file.read(len(COMPOUND))
    file.seek(0)
    if head.startswith(COMPOUND):
        raise InvalidInput("This is an old .xls workbook or one with a password; save it as .xlsx without a password.")
    return open_workbook(file, limits, sheet=sheet) if head.startswith(ZIP) else open_separated(file, limits)


def _require_size(size: int, limits: Limits) -> None:
    if size > limits.bytes:
        raise InvalidInput(f"The file is larger than {limits.bytes // MEGABYTE} MB; send it in parts.")
