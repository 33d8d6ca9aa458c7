"""A sheet as a file: the template with its due rows, and what somebody filled in, read back by row and column."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from metrics.handing_in import typed
from metrics.handing_in.sheet_template import (
    COUNTED,
    FIGURES,
    HELP,
    IS_A_DATE,
    LONGEST,
    MEASURE,
    NOTE,
    PART,
    PERIOD,
    TOO_LONG,
)
from metrics.handing_in.sheets import Cell, Sheet
from metrics.models import Definition, Reading
from truthgov.errors import InvalidInput
from truthgov.figures import plain
from truthgov.spreadsheets import Kind, Table, Written, day_of

GIVEN = (*FIGURES, NOTE)
SERIAL = re.compile(r"[3-6][0-9]{4}", re.ASCII)
"""A day as spreadsheets count them, of 1982 to 2091."""

Row = list[str | Decimal | None]


@dataclass(frozen=True)
class Fault:
    """Why a row of a file is refused, and at which column; of which figure, where it names one that is due."""

    row: int
    column: str
    why: str
    cell: Cell | None = None


@dataclass(frozen=True)
class Filled:
    """What a file says, by the key of its cell, in which row it says so, and which of its rows cannot be read."""

    entries: dict[str, dict[str, str]]
    rows: dict[str, int]
    faults: list[Fault]


def columns(sheet: Sheet) -> list[str]:
    """The template's header: which figure it is, what is known of it, and what is to be filled in."""
    return [MEASURE, HELP[0], *(f"{PART}{name}" for name in _parts(sheet)), PERIOD, *HELP[1:], *GIVEN]


def rows(sheet: Sheet) -> Iterable[Row]:
    """The template's rows: what is due, with nothing filled in."""
    parts = _parts(sheet)
    for cell in sheet.cells:
        named = [cell.segment.values.get(name, "") for name in parts]
        before = [_plain(cell.last), _plain(cell.reading)]
        yield [cell.measure.code, cell.measure.name, *named, label(sheet), cell.unit, *before, *([""] * len(GIVEN))]


def _plain(reading: Reading | None) -> Decimal | None:
    """Its figure without trailing zeros or an exponent."""
    return Decimal(plain(reading.value)) if reading else None


def label(sheet: Sheet) -> str:
    """The period in a form that no spreadsheet takes for a date."""
    return f"{sheet.period} ({sheet.period.code})"


def filled_in(sheet: Sheet, table: Table) -> Filled:
    """What a table says of a sheet. InvalidInput where its header is another, or nothing is filled in."""
    _require_columns(sheet, table.header)
    due = {_identity(cell.measure.code, cell.segment.values): cell for cell in sheet.cells}
    entries: dict[str, dict[str, str]] = {}
    found: dict[str, int] = {}
    faults: list[Fault] = []
    for number, cells in table.rows:
        row = dict(zip(table.header, cells, strict=True))
        given = {name: row[name].text for name in GIVEN if name in row and row[name].text}
        if not given:
            continue
        cell = due.get(_identity(row[MEASURE].text, _segment(sheet, row)))
        wrong = _wrong(sheet, cell, row, found, points_are_decimal=table.points_are_decimal)
        if cell and not wrong:
            entries[cell.key], found[cell.key] = given, number
        faults += [Fault(number, column, why, cell) for column, why in wrong.items()]
    if not entries and not faults:
        raise InvalidInput("No figure is filled in; fill in the columns value or numerator and denominator.")
    return Filled(entries, found, faults)


def _wrong(
    sheet: Sheet, cell: Cell | None, row: Mapping[str, Written], found: Mapping[str, int], *, points_are_decimal: bool
) -> dict[str, str]:
    """By column, why a row cannot be taken; what its figures say is judged later, by the one door."""
    if cell is None:
        named = " ".join([row[MEASURE].text, *_segment(sheet, row).values()]).strip()
        return {MEASURE: f"{named[:80] or 'An empty name'} is none of the figures due here; take the template's rows."}
    if cell.key in found:
        return {MEASURE: f"Row {found[cell.key]} gives this figure already; keep one of the two."}
    wrong = {} if _is_period(sheet, row[PERIOD]) else {
        PERIOD: f"{row[PERIOD].text[:40] or 'Nothing'} is not {sheet.period}, whose figures these are to be; "
        f"write {sheet.period.code}, or leave the row out."
    }  # fmt: skip
    for name in GIVEN:
        if name in row and (why := _why_not(cell, name, row[name], points_are_decimal)):
            wrong[name] = why
    return wrong


def _why_not(cell: Cell, name: str, written: Written, points_are_decimal: bool) -> str:
    if len(written.text) > LONGEST[name]:
        return TOO_LONG.format(LONGEST[name])
    if name == NOTE or not written.text:
        return ""
    if name != "value" and cell.definition.unit == Definition.Unit.COUNT:
        return COUNTED
    if written.kind is Kind.DATE:
        return IS_A_DATE.format(written.text)
    return typed.ambiguity(written.text) if written.kind is Kind.TEXT and not points_are_decimal else ""


def _require_columns(sheet: Sheet, header: list[str]) -> None:
    template = [name.casefold() for name in columns(sheet)]
    missing = [name for name in template if name not in (*HELP, *GIVEN[1:], *header)]
    unknown = [name for name in header if name not in template]
    if missing or unknown:
        raise InvalidInput(
            f"The first row lacks columns ({', '.join(missing) or 'none'}) or has others than the template "
            f"({', '.join(unknown)[:200] or 'none'}); keep the template’s first row."
        )


def _is_period(sheet: Sheet, written: Written) -> bool:
    """Whether a cell names the sheet's period: as the template does, in short, or by a day that lies in it."""
    if written.text in (label(sheet), sheet.period.code, str(sheet.period)):
        return True
    day = _day(written)
    return day is not None and sheet.period.start <= day < sheet.period.end


def _day(written: Written) -> date | None:
    """The day that a cell says; as a number where spreadsheets count days, which a CSV shows as a text."""
    if written.kind is Kind.NUMBER or SERIAL.fullmatch(written.text):
        return day_of(written.text)
    try:
        return datetime.fromisoformat(written.text).date()
    except ValueError:
        return None


def _parts(sheet: Sheet) -> list[str]:
    """The dimensions that its figures are cut by."""
    return sorted({name for cell in sheet.cells for name in cell.segment.values})


def _segment(sheet: Sheet, row: Mapping[str, Written]) -> dict[str, str]:
    named = {name: row[f"{PART}{name}".casefold()].text for name in _parts(sheet)}
    return {name: value for name, value in named.items() if value}


def _identity(code: str, values: Mapping[str, str]) -> tuple[str, frozenset[tuple[str, str]]]:
    return _folded(code), frozenset((name, _folded(value)) for name, value in values.items())


def _folded(text: str) -> str:
    """Alike for what is spelled alike; a quote in front is what keeps a text from being a formula."""
    return re.sub(r"\s+", " ", text).strip().removeprefix("'").casefold()
