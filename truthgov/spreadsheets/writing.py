"""XLSX workbooks as they go out: no cell starts a formula where it is opened."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from truthgov.deferred import Deferred
from truthgov.export import FORMULA_STARTS

openpyxl, cells = Deferred("openpyxl"), Deferred("openpyxl.cell.cell")
styles, utils = Deferred("openpyxl.styles"), Deferred("openpyxl.utils")

EXACT_DIGITS = 15
"""What a spreadsheet keeps of a number; longer ones are written as texts."""


def write_workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook of sheets as (name, header, rows); texts stay texts, whatever they start with."""
    book = openpyxl.Workbook(write_only=True)
    for name, header, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for number, heading in enumerate(header, start=1):
            sheet.column_dimensions[utils.get_column_letter(number)].width = max(12, min(60, 2 * len(heading)))
        sheet.append([_cell(sheet, heading, bold=True) for heading in header])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = cells.WriteOnlyCell(sheet, value=None)
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > EXACT_DIGITS:
        value = f"{value:f}"
    if isinstance(value, str) and value:
        cell.value = cells.ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value.lstrip(" ").startswith(FORMULA_STARTS)
    elif value not in (None, ""):
        cell.value = value
    if bold:
        cell.font = styles.Font(bold=True)
    cell.alignment = styles.Alignment(vertical="top", wrap_text=isinstance(value, str) and len(value) > 60)
    return cell
