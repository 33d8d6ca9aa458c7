"""What lies in a workbook's package is measured before any of it is parsed: no bomb, no macro. Pure."""

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from truthgov.errors import InvalidInput

MAX_PARTS = 200
MAX_PART = 1024 * 1024
MAX_SHEET = 8 * 1024 * 1024
MAX_INFLATED = 24 * 1024 * 1024
MAX_RATIO = 100
MAX_TAGS = 600_000
SHEETS = re.compile(r"xl/(?:worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
PICTURES = "xl/media/"
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+\d+:[A-Z]+\d+)")
UNREADABLE = "This is no .xlsx workbook that can be read; save it anew as .xlsx and send it again."
TOO_LARGE = "Unpacked, the workbook is too large; keep only the template's sheets, rows and columns, and send it again."


def require_harmless(content: bytes) -> None:
    """InvalidInput where a workbook is too large unpacked, holds macros or merged cells, or is none."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _require_modest(parts)
            for part in parts:
                if not part.filename.startswith(PICTURES):
                    _require_plain(part, archive.read(part))
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError) as error:
        raise InvalidInput(UNREADABLE) from error


def _require_modest(parts: list[ZipInfo]) -> None:
    """By what the archive claims: reading a part stops at the size that is claimed for it."""
    names = [part.filename.lower() for part in parts]
    if any("vbaproject" in name for name in names):
        raise InvalidInput("The workbook holds macros; save it as .xlsx, without macros, and send it again.")
    if len(set(names)) != len(names):
        raise InvalidInput(UNREADABLE)
    packed = any(part.file_size > max(MAX_PART, MAX_RATIO * part.compress_size) for part in parts)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_INFLATED or packed:
        raise InvalidInput(TOO_LARGE)


def _require_plain(part: ZipInfo, xml: bytes) -> None:
    is_sheet = SHEETS.fullmatch(part.filename) is not None
    if len(xml) > (MAX_SHEET if is_sheet else MAX_PART) or xml.count(b"<") > MAX_TAGS:
        raise InvalidInput(TOO_LARGE)
    if is_sheet and b"\0" in xml:  # UTF-16, which no spreadsheet writes here, would hide what is looked for
        raise InvalidInput(UNREADABLE)
    if part.filename == "[Content_Types].xml" and b"macroEnabled" in xml:
        raise InvalidInput("This is a workbook for macros; save it as .xlsx and send it again.")
    if is_sheet and (merged := MERGED.search(xml)):
        raise InvalidInput(
            f"Cells {merged[1].decode()} are merged; unmerge them, so that each row has its own figures."
        )
