"""Which of several decisions about one thing holds in a period: one rule, for definitions and sources of record alike.

A decision holds for the periods that start on its day or after (without a day: since ever), until a later one does.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar


class Dated(Protocol):
    """A decision about a measure, with the day from which it holds."""

    @property
    def starts_on(self) -> Any: ...


class OfMeasure(Protocol):
    @property
    def measure_id(self) -> Any: ...


Decision = TypeVar("Decision", bound=Dated)
Row = TypeVar("Row", bound=OfMeasure)
What = TypeVar("What")


def holding(decided: Iterable[Decision], start: date) -> Decision | None:
    """Of decisions in the order in which they were taken, the one that holds for the period beginning on `start`."""
    found = None
    for each in decided:
        if each.starts_on is None or each.starts_on <= start:
            found = each
    return found


def read_by(decided: Sequence[Decision], start: date) -> Decision:
    """The one by which a figure of that period is read: it holds, or, before any did, it was the first."""
    return holding(decided, start) or decided[0]


def shown_source(named: Iterable[Any], reporting: Sequence[int], start: date) -> int | None:
    """Of the sources that report (by number), the one whose figure is shown for the period beginning on `start`.

    It is the one named for the period; where none was named, the first that reports.
    """
    record = holding(named, start)
    if record is None:
        return reporting[0] if reporting else None
    number: int = record.source_id
    return number if number in reporting else None


def succession(decided: Iterable[tuple[int, What]]) -> list[tuple[int, What]]:
    """Of decisions as (from which period, what), those that are ever in force, each until the next one's period."""
    lasting: list[tuple[int, What]] = []
    for start, what in decided:
        while lasting and lasting[-1][0] >= start:
            lasting.pop()
        lasting.append((start, what))
    return lasting


def by_measure(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Rows that come in the order in which they were decided, measure by measure."""
    histories: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        histories[row.measure_id].append(row)
    return histories
