"""What stands in a file from a spreadsheet, cell by cell, before anybody asks what it means. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

BATCH = 10_000
"""Rows that are read at a time."""
EPOCH = date(1899, 12, 30)
"""The day that spreadsheets count days from."""


class Kind(StrEnum):
    """What the file itself says that a cell is; CSV says of all that they are texts."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


class Written(NamedTuple):
    """A cell as it was written: numbers in plain notation, dates as ISO days."""

    text: str
    kind: Kind = Kind.TEXT


EMPTY = Written("")


def day_of(number: str) -> date | None:
    """The day that a spreadsheet keeps as this number, or None."""
    return EPOCH + timedelta(days=int(number)) if number.isdecimal() and len(number) < 7 else None


class Batch(NamedTuple):
    """Rows that say something, column by column: index i of each column is a row, `numbers` what the spreadsheet calls
    it. Where `kinds` is empty, all cells are texts."""

    numbers: list[int]
    columns: list[list[str]]
    kinds: list[list[Kind]]

    def rows(self) -> Iterator[tuple[int, list[Written]]]:
        """The same, row by row."""
        texts = zip(*self.columns, strict=True)
        if not self.kinds:
            yield from zip(self.numbers, ([Written(text) for text in row] for row in texts), strict=True)
            return
        for number, row, kinds in zip(self.numbers, texts, zip(*self.kinds, strict=True), strict=True):
            yield number, [Written(text, kind) for text, kind in zip(row, kinds, strict=True)]


@dataclass(frozen=True)
class Opened:
    """A file whose first row has been read; the `batches` of the others are read as they are asked for.

    `read_as` says in words how the file was understood. In a text of it, `1.234` may mean a thousand and more unless
    `points_are_decimal`.
    """

    header: list[str]
    read_as: str
    points_are_decimal: bool
    batches: Iterator[Batch]


@dataclass(frozen=True)
class Table:
    """A header and the rows that say something, each with its number as the spreadsheet shows it; see `Opened`."""

    header: list[str]
    rows: list[tuple[int, list[Written]]]
    read_as: str
    points_are_decimal: bool
