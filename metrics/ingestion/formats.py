"""From bytes to rows: JSON, newline-delimited JSON, CSV with a header. What a row says is judged behind the door."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from operator import attrgetter
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from metrics.ingestion.bounds import require_bounded
from metrics.ingestion.delivery import COLUMNS, Rows
from metrics.ingestion.malformed import NOT_UTF8, UNREADABLE, Malformed, each_line, each_row, malformed, plain
from metrics.ingestion.periods import from_inclusive
from truthgov.figures import counted
from truthgov.intake import MAX_ROWS, TooLarge, separator_of
from truthgov.repeated import RepeatedError, may_repeat, require_single
from truthgov.spreadsheets.limits import MEGABYTE

NOTHING = msgspec.Raw()
"""What was not said; who says null has said so."""
Text = str | None | msgspec.UnsetType
AS_WRITTEN = {"period", "segment", "value", "numerator", "denominator"}
LONGEST = MEGABYTE
"""Characters of a row of CSV; more make a million cells before anybody has counted them."""


class Sent(NamedTuple):
    """The rows that were sent, with what holds for all of them. `place` is the JSON pointer of row i, `{}` being i."""

    rows: Rows
    place: str
    source: str = ""
    reason: str = ""


class SentRow(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A row of JSON. Figures, period and segment stay as they were written: no figure passes through a float."""

    measure: str
    period: msgspec.Raw
    value: msgspec.Raw
    segment: msgspec.Raw = NOTHING
    numerator: msgspec.Raw = NOTHING
    denominator: msgspec.Raw = NOTHING
    source: Text = UNSET
    reason: Text = UNSET


class SentBatch(msgspec.Struct, forbid_unknown_fields=True):
    rows: list[SentRow]
    source: Text = UNSET
    reason: Text = UNSET


class Bounds(msgspec.Struct, forbid_unknown_fields=True):
    start: str
    end: str


_BATCH = msgspec.json.Decoder(SentBatch)
_ROW = msgspec.json.Decoder(SentRow)


def from_json(body: bytes) -> Sent:
    """The rows of a JSON object `{"source": …, "reason": …, "rows": […]}`. Raises Malformed, or TooLarge beforehand."""
    body = plain(body)
    try:
        require_bounded(body, around=2)
        batch = _BATCH.decode(body)
        written, said = _written(batch.rows)
        around = {
            "rows": 1,
            **{name: said[name] + (getattr(batch, name) is not UNSET) for name in ("source", "reason")},
        }
        if may_repeat(body, said | around, within=_colons(written)):
            require_single(body)
        rows = _rows(written)
    except UNREADABLE as error:
        if isinstance(error, RepeatedError):
            each_row(body, require_single)
        raise malformed(error) from error
    return Sent(rows, "/rows/{}", batch.source or "", batch.reason or "")


def from_ndjson(body: bytes) -> Sent:
    """The rows of newline-delimited JSON, an object a line. Raises Malformed, or TooLarge beforehand."""
    body = plain(body)
    try:
        require_bounded(body, around=0)
        written, said = _written(_ROW.decode_lines(body))
        if may_repeat(body, said, within=_colons(written)):
            each_line(body, require_single)
        rows = _rows(written)
    except UNREADABLE as error:
        each_line(body, _ROW.decode)
        raise malformed(error) from error
    return Sent(rows, "/{}")


def from_csv(body: bytes) -> Sent:
    """The rows of a CSV sheet: `measure` or `measure_code`; `period`, or `period_start` and `period_end`, both days
    inclusive; `segment` or `segment_json`; `value`, `numerator`, `denominator`, `source`, `reason`.

    Raises Malformed, and TooLarge at the first row too many."""
    lines = _lines(plain(body))
    try:
        header = [NAMES.get(name.strip(), name.strip()) for name in next(lines, [])]
        _require_known(header)
        sheet = _sheet(lines, len(header))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed(f"This is not CSV in UTF-8: {error}.") from error
    columns = dict(zip(header, map(list, zip(*sheet, strict=True)), strict=True)) if sheet else {}
    empty = [""] * len(sheet)
    if "period_start" in columns:
        columns["period"] = list(map(from_inclusive, columns.pop("period_start"), columns.pop("period_end")))
    return Sent(Rows(**{name: columns.get(name, empty) for name in COLUMNS}), "/{}")


READERS: dict[str, Callable[[bytes], Sent]] = {
    "application/json": from_json,
    "application/x-ndjson": from_ndjson,
    "text/csv": from_csv,
}
NAMES = {"measure_code": "measure", "segment_json": "segment"}


def _lines(body: bytes) -> Iterator[list[str]]:
    """CSV row by row, as it is read, without the spaces that people put after commas; empty lines are empty rows."""
    room = LONGEST

    def within() -> Iterator[str]:
        nonlocal room
        for text in TextIOWrapper(BytesIO(body), "utf-8-sig", newline=""):
            room -= len(text)
            if room < 0:
                raise Malformed(f"A row is longer than {LONGEST} characters; a quote may be missing.")
            yield text

    for cells in csv.reader(within(), strict=True, skipinitialspace=True):
        room = LONGEST
        yield cells


def _sheet(lines: Iterator[list[str]], width: int) -> list[list[str]]:
    """The rows that are not empty; nobody puts more than three empty lines to each."""
    sheet: list[list[str]] = []
    for number, cells in enumerate(lines):
        if len(sheet) + bool(cells) > MAX_ROWS or number == 4 * MAX_ROWS:
            raise TooLarge(f"There are more than {MAX_ROWS} rows; send them in parts.")
        if not cells:
            continue
        if len(cells) != width:
            number = len(sheet)
            raise Malformed(
                f"Row {number + 1} has {counted(len(cells), 'cell')} under a header of {width}.", f"/{number}"
            )
        sheet.append(cells)
    return sheet


def _require_known(header: list[str]) -> None:
    if separator := separator_of(header):
        raise Malformed(f"The columns are separated by {separator}; have them separated by commas.")
    ends = {"period_start", "period_end"}
    periods = ends if "period" not in header and ends & set(header) else {"period"}
    unknown = sorted(set(header) - ({*COLUMNS, *periods} - ({"period"} - periods)))
    missing = sorted(({"measure", "value"} | periods) - set(header))
    if unknown or missing or len(set(header)) != len(header):
        raise Malformed(
            f"The header has unknown columns ({', '.join(unknown) or 'none'}), lacks columns "
            f"({', '.join(missing) or 'none'}) or names one twice."
        )


def _written(rows: list[SentRow]) -> tuple[Rows, dict[str, int]]:
    """The same rows, column by column, still as they were written, and how many members of each name there are."""
    columns, said = {}, {}
    try:
        for name in COLUMNS:
            column = list(map(attrgetter(name), rows))
            if name in AS_WRITTEN:
                column = _texts(column)
                unsaid = column.count("")
            else:
                unsaid = column.count(UNSET)
                column = [text or "" for text in column]
            columns[name], said[name] = column, len(rows) - unsaid
    except UnicodeDecodeError as error:
        raise Malformed(NOT_UTF8) from error
    return Rows(**columns), said


def _colons(written: Rows) -> int:
    """Those within objects that were kept as they were written."""
    return sum("".join(column).count(":") for column in (written.period, written.segment))


def _rows(written: Rows) -> Rows:
    """The rows that were written: figures, periods and segments as texts."""
    read = {text: _period(text) for text in set(written.period)}
    segment = written.segment
    if any(text.startswith('"') for text in set(segment)):  # as a sheet or a table has it: JSON in a text
        segment = list(map(_unquoted, segment))
    figures = {name: _figures(getattr(written, name)) for name in ("value", "numerator", "denominator")}
    return replace(written, period=list(map(read.__getitem__, written.period)), segment=segment, **figures)


def _figures(column: list[str]) -> list[str]:
    """JSON numbers as their digits, texts without their quotes, null as nothing."""
    said = list(map(_unescaped, column)) if "\\" in "".join(column) else column
    return ["" if text == "null" else text.strip('"') for text in said]


def _unescaped(text: str) -> str:
    """What a text of JSON says that writes plain signs as escapes, as some programs do; what is none stays."""
    try:
        return msgspec.json.decode(text, type=str) if "\\" in text else text
    except msgspec.DecodeError:
        return text


def _unquoted(text: str) -> str:
    """What a text of JSON says; what is none stays."""
    try:
        return msgspec.json.decode(text, type=str) if text.startswith('"') else text
    except msgspec.DecodeError:
        return text


def _texts(column: list[msgspec.Raw]) -> list[str]:
    """JSON as it was written: read at once, unless some of it goes over several lines."""
    texts = b"\n".join(column).decode().split("\n")
    return texts if len(texts) == len(column) else [str(raw, "utf-8") for raw in column]


def _period(text: str) -> str:
    """The short form without its quotes, or the half-open dates of an object; what is neither is refused later."""
    if not text.startswith("{"):
        return _unescaped(text).strip('"')
    try:
        bounds = msgspec.json.decode(text, type=Bounds)
        require_single(text)
    except RepeatedError as error:
        raise malformed(error) from error
    except msgspec.DecodeError:
        return text
    return f"{bounds.start}/{bounds.end}"
