"""XLSX workbooks: one sheet of plain values; what only a spreadsheet could work out is refused."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from truthgov.errors import InvalidInput
from truthgov.spreadsheets.limits import MAX_COLUMNS, MAX_ROWS, require_header
from truthgov.spreadsheets.packages import UNREADABLE, require_harmless
from truthgov.spreadsheets.table import EMPTY, Kind, Table, Written

DIGITS = 15
"""What a spreadsheet shows of a number; the file may hold the noise of binary fractions behind them."""
BROKEN = (InvalidFileException, BadZipFile, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError,
          OverflowError, RecursionError, EOFError)  # fmt: skip
"""What the parsers trip over in a damaged workbook; forbidden entities are ValueErrors, broken XML SyntaxErrors."""


def read_workbook(content: bytes, *, sheet: str) -> Table:
    """The table in a workbook's sheet of this name, or in its only one."""
    require_harmless(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        chosen = _chosen(book.worksheets, sheet)
        rows = list(_rows(chosen))
    except BROKEN as error:
        raise InvalidInput(UNREADABLE) from error
    number, first = rows[0] if rows else (1, [])
    if number != 1:
        raise InvalidInput(
            f"The first row of sheet {chosen.title} is empty; it names the columns, as the template does."
        )
    header = require_header([cell.text for cell in first])
    for number, cells in rows[1:]:
        if len(cells) > len(header):
            raise InvalidInput(
                f"Row {number} has something beyond the last named column; remove it, or name its column."
            )
    width = len(header)
    table = [(number, cells + [EMPTY] * (width - len(cells))) for number, cells in rows[1:]]
    return Table(header, table, f"sheet {chosen.title} of a workbook", points_are_decimal=False)


def _chosen(sheets: list[Any], name: str) -> Any:
    hidden = [each.title for each in sheets if each.sheet_state != "visible"]
    if hidden:
        raise InvalidInput(f"The workbook has hidden sheets ({', '.join(hidden)[:200]}); show them or delete them.")
    named = [each for each in sheets if each.title.strip().casefold() == name.casefold()]
    if len(named or sheets) != 1:
        raise InvalidInput(f"Name the sheet that holds the figures {name}; the workbook has none of that name.")
    return (named or sheets)[0]


def _rows(sheet: Any) -> Iterator[tuple[int, list[Written]]]:
    """The rows that say something, each up to its last cell that does."""
    sheet.reset_dimensions()  # what the file claims of its extent is not believed
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_ROWS + 1:
            raise InvalidInput(f"The sheet has more than {MAX_ROWS} rows; delete those below the figures.")
        if len(cells) > MAX_COLUMNS:
            raise InvalidInput(
                f"The sheet has more than {MAX_COLUMNS} columns; remove what the template does not have."
            )
        written = [_written(cell) for cell in cells]
        while written and not written[-1].text:
            written.pop()
        if written:
            yield number, written


def _written(cell: Any) -> Written:
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "f":
        raise InvalidInput(f"Cell {cell.coordinate} is a formula; replace it with its value (paste special, values).")
    if cell.data_type == "e":
        raise InvalidInput(f"Cell {cell.coordinate} is an error ({str(value)[:20]}); replace it with its value.")
    if isinstance(value, bool):
        return Written("yes" if value else "no")
    if isinstance(value, (int, float)):
        return Written(f"{Decimal(f'{value:.{DIGITS}g}'):f}", Kind.NUMBER)
    if isinstance(value, (datetime, date)):
        return Written(value.isoformat()[:10], Kind.DATE)
    if isinstance(value, (time, timedelta)):
        return Written(str(value), Kind.DATE)
    return Written(str(value).strip())
