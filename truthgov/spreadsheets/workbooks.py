"""XLSX workbooks: sheets of plain values; what only a spreadsheet could work out is refused."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO
from zipfile import BadZipFile

from truthgov.deferred import Deferred
from truthgov.errors import InvalidInput
from truthgov.spreadsheets.limits import NOTHING_ABOVE, Limits, TooLong, require_header
from truthgov.spreadsheets.packages import UNREADABLE, require_harmless
from truthgov.spreadsheets.table import BATCH, EMPTY, Batch, Kind, Opened, Written

DIGITS = 15
"""What a spreadsheet shows of a number; the file may hold the noise of binary fractions behind them."""
openpyxl, exceptions = Deferred("openpyxl"), Deferred("openpyxl.utils.exceptions")
BROKEN = (BadZipFile, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError,
          ArithmeticError, NotImplementedError, RecursionError, RuntimeError, OSError, EOFError)  # fmt: skip
"""What the parsers trip over in a damaged workbook; forbidden entities are ValueErrors, broken XML SyntaxErrors."""
NAMED = 8
"""Cells without a value that a refusal names."""
Row = tuple[int, list[Written]]


def open_workbook(file: BinaryIO, limits: Limits, *, sheet: str) -> Opened:
    """The sheet of this name of a workbook, or its only one."""
    chosen = _chosen(_sheets(file, limits), sheet)
    rows = _rows(chosen, limits, "Cell")
    number, first = next(rows, (1, []))
    if number != 1:
        raise InvalidInput(
            f"The first row of sheet {chosen.title} is empty; it names the columns, as the template does."
        )
    header = require_header([cell.text for cell in first], limits)
    return Opened(header, f"sheet {chosen.title} of a workbook", False, _batches(rows, len(header)))


def read_sheets(file: BinaryIO, limits: Limits) -> dict[str, list[tuple[int, list[str]]]]:
    """All sheets of a workbook by their names: the rows that say something, each with its number."""
    return {
        sheet.title: [(number, [cell.text for cell in cells])
                      for number, cells in _rows(sheet, limits, f"Sheet {sheet.title}, cell")]
        for sheet in _sheets(file, limits)
    }  # fmt: skip


def _sheets(file: BinaryIO, limits: Limits) -> list[Any]:
    require_harmless(file, limits)
    try:
        return list(openpyxl.load_workbook(file, read_only=True, keep_links=False).worksheets)
    except (exceptions.InvalidFileException, *BROKEN) as error:
        raise InvalidInput(UNREADABLE) from error


def _chosen(sheets: list[Any], name: str) -> Any:
    hidden = [each.title for each in sheets if each.sheet_state != "visible"]
    if hidden:
        raise InvalidInput(f"The workbook has hidden sheets ({', '.join(hidden)[:200]}); show them or delete them.")
    named = [each for each in sheets if each.title.strip().casefold() == name.casefold()]
    if len(named or sheets) != 1:
        raise InvalidInput(f"Name the sheet that holds the figures {name}; the workbook has none of that name.")
    return (named or sheets)[0]


def _rows(sheet: Any, limits: Limits, place: str) -> Iterator[Row]:
    """The rows that say something, each up to its last cell that does."""
    sheet.reset_dimensions()  # what the file claims of its extent is not believed
    unread: list[str] = []
    try:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if number > limits.rows + 1:
                raise TooLong(f"Sheet {sheet.title} has more than {limits.rows} rows; delete those below the figures.")
            if len(cells) > limits.columns:
                raise InvalidInput(
                    f"Sheet {sheet.title} has more than {limits.columns} columns; remove what is not of the template."
                )
            unread += [f"{cell.coordinate} is {what}" for cell in cells if (what := _no_value(cell))]
            if len(unread) >= NAMED:
                break
            if unread:
                continue  # nothing of it will be taken: it is read on for what else there is to mend
            written = [_written(cell) for cell in cells]
            while written and not written[-1].text.strip():
                written.pop()
            if written:
                yield number, written
    except (exceptions.InvalidFileException, *BROKEN) as error:
        raise InvalidInput(UNREADABLE) from error
    if unread:
        it, more = ("it with its value", "") if len(unread) == 1 else ("each with its value", ", and perhaps more")
        named = ", ".join(unread[:NAMED]) + (more if len(unread) >= NAMED else "")
        raise InvalidInput(f"{place} {named}; replace {it} (paste special, values).")


def _batches(rows: Iterator[Row], width: int) -> Iterator[Batch]:
    while some := list(islice(rows, BATCH)):
        for number, cells in some:
            if len(cells) > width:
                raise InvalidInput(
                    f"Row {number} has something beyond the last named column; remove it, or name its column. "
                    f"{NOTHING_ABOVE}"
                )
            cells.extend([EMPTY] * (width - len(cells)))
        columns = list(zip(*(cells for _, cells in some), strict=True))
        texts = [[cell.text.strip() for cell in column] for column in columns]
        yield Batch([number for number, _ in some], texts, [[cell.kind for cell in column] for column in columns])


def _no_value(cell: Any) -> str:
    """What stands in a cell in place of a value, if anything does."""
    if cell.data_type == "f" and cell.value is not None:
        return "a formula"
    return f"an error ({str(cell.value)[:20]})" if cell.data_type == "e" else ""


def _written(cell: Any) -> Written:
    value = cell.value
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return Written("yes" if value else "no")
    if isinstance(value, (int, float)):
        return Written(f"{Decimal(f'{value:.{DIGITS}g}'):f}", Kind.NUMBER)
    if isinstance(value, (datetime, date)):
        return Written(value.isoformat()[:10], Kind.DATE)
    if isinstance(value, (time, timedelta)):
        return Written(str(value), Kind.DATE)
    return Written(str(value))
