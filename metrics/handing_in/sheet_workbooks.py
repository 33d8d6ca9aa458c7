"""The template as a workbook: the due rows, and a sheet that explains how they are filled in."""

from io import BytesIO
from typing import Any

from metrics.handing_in.sheet_files import GIVEN, columns, rows
from metrics.handing_in.sheet_template import SHEET
from metrics.handing_in.sheets import Sheet
from truthgov.deferred import Deferred

openpyxl, styles, utils = Deferred("openpyxl"), Deferred("openpyxl.styles"), Deferred("openpyxl.utils")

WIDTHS = {"name": 38, "period": 24, "note": 50}
EXPLANATION = (
    "Fill in the shaded columns of the sheet Figures; leave the other columns and the first row as they are.",
    "Give a value, or a numerator and a denominator, from which the value follows. A count has a value alone.",
    "A share is 0.184 or 18.4 %; not 18.4.",
    "Write n/a as the value where there is no figure, and why in the note.",
    "A note is needed where a figure misses its target or changes what is on record.",
    "A row that you leave empty is left alone. A column “part: …” that is empty stands for all.",
    "Plain values only: a formula is replaced by its value (copy, then paste special, values). No merged cells.",
    "Save as .xlsx or as CSV and send it; you see what would change before anything is stored.",
)


def workbook(sheet: Sheet) -> bytes:
    """The template of a sheet as an .xlsx workbook."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    figures = book.create_sheet(SHEET)
    figures.freeze_panes = "B2"
    _write(figures, sheet)
    explained = book.create_sheet("How to fill it in")
    explained.column_dimensions["A"].width = 110
    for number, line in enumerate((f"{sheet.scope}, {sheet.period}", *EXPLANATION), start=1):
        _text(explained.cell(number, 1), line)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(figures: Any, sheet: Sheet) -> None:
    shaded = styles.PatternFill("solid", fgColor="FFF4D6")
    header = columns(sheet)
    for number, name in enumerate(header, start=1):
        heading = figures.cell(1, number)
        _text(heading, name)
        heading.font = styles.Font(bold=True)
        figures.column_dimensions[utils.get_column_letter(number)].width = WIDTHS.get(name, max(14, len(name) + 2))
    for line, values in enumerate(rows(sheet), start=2):
        for number, value in enumerate(values, start=1):
            cell = figures.cell(line, number)
            if isinstance(value, str):
                _text(cell, value)
            else:
                cell.value = value
            if header[number - 1] in GIVEN:
                cell.fill = shaded


def _text(cell: Any, text: str) -> None:
    """A text stays one, whatever it starts with."""
    if text:
        cell.value = text
        cell.data_type = "s"
