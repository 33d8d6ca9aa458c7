"""What stands in a file from a spreadsheet, cell by cell, before anybody asks what it means. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


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


@dataclass(frozen=True)
class Table:
    """A header and the rows that say something, each with its number as the spreadsheet shows it.

    `read_as` says in words how the file was understood. In a text of it, `1.234` may mean a thousand and more unless
    `points_are_decimal`.
    """

    header: list[str]
    rows: list[tuple[int, list[Written]]]
    read_as: str
    points_are_decimal: bool
