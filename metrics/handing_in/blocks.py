"""A block copied from a spreadsheet, laid over the rows of a grid. Pure.

Its lines either begin with the name of a figure (and of its segment), or stand in the order of the grid: there an
empty line is a figure that is left alone, and the next line is still the next figure's.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

COLUMNS = ("value", "numerator", "denominator", "note")
LONGEST = 200_000
"""Characters of a block that are looked at; a larger one is a file."""


@dataclass(frozen=True)
class Named:
    """A row of the grid, by what a block may call it."""

    key: str
    names: tuple[str, ...]
    segment: str = ""


def spread(block: str, grid: Sequence[Named]) -> dict[str, dict[str, str]]:
    """What a block says, by the key of the grid's row; cells that it leaves empty are left out.

    ValueError, worded for whoever pasted, where a line belongs to no row, to several, or to that of another line.
    """
    if len(block) > LONGEST:
        raise ValueError("The block is too long to be pasted; send it as a file.")
    lines = _lines(block)
    by_name: dict[str, list[Named]] = {}
    for row in grid:
        for name in row.names:
            by_name.setdefault(_folded(name), []).append(row)
    if any(_folded(cells[0]) in by_name for cells in lines):
        return _by_name(lines, by_name)
    figures = lines[1:] if lines and _is_heading(lines[0]) else lines
    if len(figures) > len(grid):
        raise ValueError(f"The block has {len(figures)} lines and the grid {len(grid)}; copy only as many.")
    entries = {row.key: _named(cells, at) for at, (row, cells) in enumerate(zip(grid, figures, strict=False), start=1)}
    return {key: entry for key, entry in entries.items() if entry}


def _by_name(lines: list[list[str]], by_name: dict[str, list[Named]]) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for number, cells in enumerate(lines, start=1):
        if not any(cells):
            continue
        rows = by_name.get(_folded(cells[0]))
        if rows is None:
            if number == 1:
                continue  # its heading
            raise ValueError(f"Line {number} begins with {cells[0][:60]!r}, which is none of the figures due here.")
        segments = {_folded(row.segment): row for row in rows}
        row, rest = rows[0], cells[1:]
        if rest and _folded(rest[0]) in segments:
            row, rest = segments[_folded(rest[0])], rest[1:]
        elif len(rows) > 1:
            raise ValueError(f"Line {number}: say in the second column which part of {cells[0][:60]!r} it is.")
        if row.key in entries:
            raise ValueError(f"Line {number} gives {cells[0][:60]!r} a second time; keep one of the two lines.")
        entries[row.key] = _named(rest, number)
    return entries


def _named(cells: list[str], number: int) -> dict[str, str]:
    if any(cells[len(COLUMNS) :]):
        raise ValueError(
            f"Line {number} has more columns than value, numerator, denominator and note; copy only these."
        )
    return {name: cell for name, cell in zip(COLUMNS, cells, strict=False) if cell}


def _lines(block: str) -> list[list[str]]:
    """Its cells, line by line, up to the last one that says something. A cell in quotes may go on in the next line."""
    separator = "\t" if "\t" in block else ";"
    lines = StringIO(block, newline=None)
    try:
        if block.count('"') % 2:
            read = list(csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE))
        else:
            read = list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        raise ValueError("The block is no lines of cells; copy the cells anew, or send a file.") from error
    cleaned = [[re.sub(r"\s+", " ", cell).strip() for cell in cells] or [""] for cells in read]
    while cleaned and not any(cleaned[-1]):
        cleaned.pop()
    return cleaned


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _is_heading(cells: list[str]) -> bool:
    return _folded(cells[0]) in {"value", "new value", "figure"}
