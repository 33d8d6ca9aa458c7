"""How much a file may hold, and what its first row has to say."""

from collections import Counter
from dataclasses import dataclass

from truthgov.errors import InvalidInput

MEGABYTE = 1024 * 1024
NOTHING_ABOVE = "The first row holds the columns' names: nothing stands above it."


@dataclass(frozen=True)
class Limits:
    """How much a file may hold: bytes, rows and columns; of a workbook, bytes unpacked, in one sheet, and its tags."""

    bytes: int
    rows: int
    inflated: int
    sheet: int
    tags: int
    columns: int = 60


SMALL = Limits(2 * MEGABYTE, 5_000, 24 * MEGABYTE, 8 * MEGABYTE, 600_000)
"""Of what is read while its sender waits."""
MIDDLE = Limits(16 * MEGABYTE, 50_000, 32 * MEGABYTE, 32 * MEGABYTE, 2_000_000)
"""Of a workbook with several sheets."""
LARGE = Limits(64 * MEGABYTE, 200_000, 384 * MEGABYTE, 256 * MEGABYTE, 20_000_000)
"""Of what a process of its own reads, piece by piece."""


class TooLong(InvalidInput):
    """There are more rows than are read at once."""


def require_header(cells: list[str], limits: Limits) -> list[str]:
    """The names of the columns, without spaces around them and in small letters; InvalidInput where they name none,
    or one twice."""
    names = [cell.strip().casefold() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise InvalidInput("The first row is empty; it names the columns, as the template does.")
    if len(names) > limits.columns:
        raise InvalidInput(f"There are more than {limits.columns} columns; remove what the template does not have.")
    twice = [name or "(none)" for name, times in Counter(names).items() if times > 1 or not name]
    if twice:
        raise InvalidInput(f"Every column needs a name of its own in the first row; look at {', '.join(twice)}.")
    return names
