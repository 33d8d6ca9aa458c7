"""A sheet's template to take away: the due rows, as CSV or as a workbook with a sheet that explains."""

from collections.abc import Callable
from dataclasses import dataclass

from metrics.handing_in import sheet_files
from metrics.handing_in.sheet_workbooks import workbook
from metrics.handing_in.sheets import Sheet
from truthgov.export import lines
from truthgov.intake import BOM, WORKBOOK


@dataclass(frozen=True)
class Kind:
    """A kind of file: its media type, and how one is written."""

    media_type: str
    write: Callable[[Sheet], bytes]


def name_of(sheet: Sheet, ending: str) -> str:
    """What the file is called."""
    return f"truthgov-{sheet.scope.pk}-{sheet.period.code}.{ending}"


def _separated(sheet: Sheet) -> bytes:
    """Its mark tells a spreadsheet that it is UTF-8."""
    return (BOM + "".join(lines(sheet_files.columns(sheet), sheet_files.rows(sheet)))).encode()


KINDS = {"csv": Kind("text/csv; charset=utf-8", _separated), "xlsx": Kind(WORKBOOK, workbook)}
"""By the ending of the file."""
