"""Files as people save them from a spreadsheet: read into a table, or refused with a sentence that says what to do."""

from truthgov.errors import InvalidInput
from truthgov.spreadsheets.separated import read_separated
from truthgov.spreadsheets.table import EMPTY, Kind, Table, Written
from truthgov.spreadsheets.workbooks import read_workbook

__all__ = ["EMPTY", "MAX_BYTES", "Kind", "Table", "Written", "read"]
MAX_BYTES = 2 * 1024 * 1024
"""What a file may hold that is read while its sender waits."""
ZIP, COMPOUND = b"PK", b"\xd0\xcf\x11\xe0"


def read(content: bytes, *, sheet: str) -> Table:
    """The table that a file holds, told by its content whatever its name says; of a workbook, the one in `sheet`.

    InvalidInput, worded for its sender, where it cannot be read, or only in more than one way.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB; send it in parts.")
    if content.startswith(COMPOUND):
        raise InvalidInput("This is an old .xls workbook or one with a password; save it as .xlsx without a password.")
    return read_workbook(content, sheet=sheet) if content.startswith(ZIP) else read_separated(content)
