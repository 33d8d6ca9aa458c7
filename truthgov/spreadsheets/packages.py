"""What lies in a workbook's package is measured before any of it is parsed: no bomb, no macro. Pure."""

import re
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from truthgov.errors import InvalidInput
from truthgov.spreadsheets.limits import MEGABYTE, Limits

MAX_PARTS = 200
MAX_PART = MEGABYTE
MAX_RATIO = 100
PIECE, LONGEST_MARK = MEGABYTE, 200
SHEETS = re.compile(r"xl/(?:worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
PICTURES = "xl/media/"
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<]*?ref=[\"']([A-Z]+\d+:[A-Z]+\d+)")
UNREADABLE = "This is no .xlsx workbook that can be read; save it anew as .xlsx and send it again."
TOO_LARGE = (
    "Unpacked, the workbook is too large; keep only the sheets, rows and columns that matter, and send it again."
)


def require_harmless(file: BinaryIO, limits: Limits, *, may_merge: bool = False) -> None:
    """InvalidInput where a workbook is too large unpacked, holds macros or, unless it may, merged cells, or is none."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
            _require_modest(parts, limits)
            for part in parts:
                if not part.filename.startswith(PICTURES):
                    _require_plain(archive, part, limits, may_merge=may_merge)
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError) as error:
        raise InvalidInput(UNREADABLE) from error


def _require_modest(parts: list[ZipInfo], limits: Limits) -> None:
    """By what the archive claims: reading a part stops at the size that is claimed for it."""
    names = [part.filename.lower() for part in parts]
    if any("vbaproject" in name for name in names):
        raise InvalidInput("The workbook holds macros; save it as .xlsx, without macros, and send it again.")
    if len(set(names)) != len(names):
        raise InvalidInput(UNREADABLE)
    packed = any(part.file_size > max(MAX_PART, MAX_RATIO * part.compress_size) for part in parts)
    long = any(part.file_size > _most(part, limits) for part in parts)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > limits.inflated or packed or long:
        raise InvalidInput(TOO_LARGE)


def _most(part: ZipInfo, limits: Limits) -> int:
    if part.filename.startswith(PICTURES):
        return limits.inflated
    return limits.sheet if SHEETS.fullmatch(part.filename) else MAX_PART


def _require_plain(archive: ZipFile, part: ZipInfo, limits: Limits, *, may_merge: bool) -> None:
    """Read through one part, a piece at a time."""
    is_sheet, tags, before = SHEETS.fullmatch(part.filename) is not None, 0, b""
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            tags += piece.count(b"<")
            if tags > limits.tags:
                raise InvalidInput(TOO_LARGE)
            _require_harmless_piece(part.filename, before + piece, is_sheet=is_sheet, may_merge=may_merge)
            before = piece[-LONGEST_MARK:]


def _require_harmless_piece(name: str, xml: bytes, *, is_sheet: bool, may_merge: bool) -> None:
    if is_sheet and b"\0" in xml:  # UTF-16, which no spreadsheet writes here, would hide what is looked for
        raise InvalidInput(UNREADABLE)
    if name == "[Content_Types].xml" and b"macroEnabled" in xml:
        raise InvalidInput("This is a workbook for macros; save it as .xlsx and send it again.")
    if is_sheet and not may_merge and (merged := MERGED.search(xml)):
        raise InvalidInput(
            f"Cells {merged[1].decode()} are merged; unmerge them, so that each row has its own figures."
        )
