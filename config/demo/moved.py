"""The hotels' figures, moved in time so that the last reported month is the last complete one."""

import csv
import gzip
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from truthgov.periods import Grain, Period

DATA = Path(__file__).parent / "data"
LAST_MONTH = date(2017, 8, 1)
HEADER = (
    "measure_code",
    "period_start",
    "period_end",
    "segment_json",
    "value",
    "numerator",
    "denominator",
    "source",
)


@dataclass(frozen=True)
class Figure:
    """One row of observations.csv, moved; `last_day` is the last day of its period."""

    row: dict[str, str]
    last_day: date


def last_complete_month(today: date) -> Period:
    return Period.last_complete(today, Grain.MONTH)


def figures(today: date) -> list[Figure]:
    """All rows, by the end of their period; months move by whole months, weeks by whole weeks."""
    last = last_complete_month(today)
    months = last.ordinal - Period.containing(LAST_MONTH, Grain.MONTH).ordinal
    rows = list(_rows())
    last_week = max(_period(row) for row in rows if _grain(row) is Grain.WEEK)
    weeks = Period.containing(last.end - timedelta(days=7), Grain.WEEK).ordinal - last_week.ordinal
    by = {Grain.MONTH: months, Grain.WEEK: weeks}
    moved = [_moved(row, by[_grain(row)]) for row in rows]
    return sorted(moved, key=lambda figure: (figure.last_day, sorted(figure.row.items())))


def as_csv(chosen: list[Figure]) -> bytes:
    """The rows as the CSV that a program pushes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(figure.row for figure in chosen)
    return text.getvalue().encode()


def with_more(figure: Figure, count: int) -> Figure:
    """A rate with so many more in its numerator."""
    numerator, denominator = Decimal(figure.row["numerator"]) + count, Decimal(figure.row["denominator"])
    value = (numerator / denominator).quantize(Decimal("0.000001"))
    return replace(figure, row={**figure.row, "numerator": f"{numerator:f}", "value": f"{value:f}"})


def dimensions() -> dict[str, set[str]]:
    """The dimensions that the figures are cut by, with their values."""
    declared: dict[str, set[str]] = defaultdict(set)
    for segment in {row["segment_json"] for row in _rows()}:
        for name, value in json.loads(segment).items():
            declared[name].add(value)
    return dict(declared)


def _rows() -> Iterator[dict[str, str]]:
    with gzip.open(DATA / "observations.csv.gz", "rt", newline="") as lines:
        yield from csv.DictReader(lines)


def _grain(row: dict[str, str]) -> Grain:
    return Grain.WEEK if row["measure_code"].endswith("_W") else Grain.MONTH


def _period(row: dict[str, str]) -> Period:
    return Period.containing(date.fromisoformat(row["period_start"]), _grain(row))


def _moved(row: dict[str, str], count: int) -> Figure:
    period = _period(row).shift(count)
    dates = {"period_start": period.start.isoformat(), "period_end": period.last_day.isoformat()}
    return Figure(row={**row, **dates}, last_day=period.last_day)
