"""XLSX workbooks in and out: no macro, no formula, no bomb comes in; no cell starts a formula where it is opened."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from truthgov.errors import InvalidInput
from truthgov.export import FORMULA_STARTS
from truthgov.intake import MAX_BYTES, MAX_INFLATED, MAX_ROWS

MAX_PARTS = 200
MAX_COLUMNS = 60
EXACT_DIGITS = 15
"""What a spreadsheet keeps of a number; longer ones are written as texts."""
UNREADABLE = (BadZipFile, zlib.error, ParseError, InvalidFileException, ArithmeticError, AttributeError, LookupError,
              NotImplementedError, OSError, RuntimeError, TypeError, ValueError)  # fmt: skip
"""What the parser trips over in a file that is no workbook, or one that was made to trip it."""

Sheet = list[tuple[int, list[str]]]
"""The rows that say something, each with its number in the sheet."""


def read_workbook(content: bytes) -> dict[str, Sheet]:
    """The sheets of a workbook by their names, their cells as texts.

    InvalidInput where it is no workbook, is too large (also unpacked), holds macros, or where a cell is a formula.
    """
    _require_harmless(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        return {sheet.title: _rows(sheet) for sheet in book.worksheets}
    except UNREADABLE as error:
        raise InvalidInput("This workbook cannot be read; save it anew as .xlsx and send it again.") from error


def write_workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook of sheets as (name, header, rows); texts stay texts, whatever they start with."""
    book = Workbook(write_only=True)
    for name, header, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, heading in enumerate(header, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = max(12, min(60, 2 * len(heading)))
        sheet.append([_cell(sheet, heading, bold=True) for heading in header])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _require_harmless(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"The file is larger than {MAX_BYTES} bytes; send it in parts.")
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except BadZipFile as error:
        raise InvalidInput("This is no .xlsx workbook; save it as .xlsx and send it again.") from error
    # What a part claims is what it may hold: reading one stops at the size that the archive gives for it.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_INFLATED:
        raise InvalidInput(f"Unpacked, the workbook is larger than {MAX_INFLATED} bytes; send it in parts.")
    if any("vbaproject" in part.filename.lower() for part in parts):
        raise InvalidInput("The workbook holds macros; save it as .xlsx, without macros, and send it again.")


def _rows(sheet: Any) -> Sheet:
    sheet.reset_dimensions()
    rows: Sheet = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_ROWS:
            raise InvalidInput(f"Sheet {sheet.title} has more than {MAX_ROWS} rows; send it in parts.")
        if len(cells) > MAX_COLUMNS:
            raise InvalidInput(f"Sheet {sheet.title} has more than {MAX_COLUMNS} columns; remove what is not ours.")
        texts = [_text(sheet.title, cell) for cell in cells]
        if any(texts):
            rows.append((number, texts))
    return rows


def _text(sheet: str, cell: Any) -> str:
    if cell.data_type in ("f", "e"):
        what = "a formula" if cell.data_type == "f" else f"an error ({cell.value})"
        raise InvalidInput(f"Sheet {sheet}, cell {cell.coordinate} is {what}; replace it with its value.")
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float):  # as the spreadsheet shows it: the shortest number that it could be
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=None)
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > EXACT_DIGITS:
        value = f"{value:f}"
    if isinstance(value, str) and value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value.lstrip(" ").startswith(FORMULA_STARTS)
    elif value not in (None, ""):
        cell.value = value
    if bold:
        cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str) and len(value) > 60)
    return cell
