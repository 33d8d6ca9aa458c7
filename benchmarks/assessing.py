"""What assessment costs: of everything, of one pair in a hundred, and of one figure of a long and a short series."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from time import perf_counter

import numpy as np
from django.db import connection

from benchmarks.contestants import CLOCKWORK
from benchmarks.declaring import declare_pair
from benchmarks.organisation import Organisation
from benchmarks.rows import FIRST_SOURCE, months
from metrics.assessment import assess
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Submission

CHANGED_SHARE = 0.01
REPEATS = 11
YEARS = {"long": 10, "short": 1}
DAYS_A_YEAR = 365


class Nowhere:
    """A file that forgets what is written to it."""

    def write(self, data: bytes) -> int:
        return len(data)


def copy_out() -> float:
    """Seconds that COPY OUT of all readings takes, the median of three."""
    return median(_copied_out() for _ in range(3))


def assessed() -> float:
    """Seconds until nothing waits to be assessed."""
    started = perf_counter()
    assess()
    return perf_counter() - started


def restate_some(organisation: Organisation, before: date) -> int:
    """Restate the last month of one measure × segment pair in a hundred; how many these are."""
    size, random = organisation.size, np.random.default_rng(1)
    pairs = size.measures * size.segments
    chosen = np.sort(random.choice(pairs, max(1, round(pairs * CHANGED_SHARE)), replace=False))
    month = months(1, before)[0].code
    values, _, _ = organisation.figures
    _deliver(
        (
            organisation.entries[measure].code,
            month,
            organisation.spoken[segment],
            f"{values[measure, segment, -1]:.2f}1",
        )
        for measure, segment in zip(*divmod(chosen, size.segments), strict=True)
    )
    return len(chosen)


@dataclass(frozen=True)
class History:
    """A daily KPI and the outcome it serves, their figures ending some days ago."""

    name: str
    first_free: date

    def add_day(self, number: int) -> None:
        """One new figure, of the outcome."""
        _deliver([(f"daily.{self.name}.outcome", (self.first_free + timedelta(number)).isoformat(), "{}", "50.5")])


def histories(before: date) -> list[History]:
    """Series of ten years and of one, stored and assessed, with room for new days."""
    first_free = before - timedelta(REPEATS + 2)
    random = np.random.default_rng(2)
    for name, years in YEARS.items():
        declare_pair(f"daily.{name}")
        days = [first_free - timedelta(back) for back in range(years * DAYS_A_YEAR, 0, -1)]
        for side in ("kpi", "outcome"):
            values = random.normal(50, 2, len(days))
            _deliver((f"daily.{name}.{side}", day.isoformat(), "{}", f"{value:.2f}")
                     for day, value in zip(days, values, strict=True))  # fmt: skip
    assess()
    return [History(name, first_free) for name in YEARS]


def one_figure(histories: list[History]) -> list[float]:
    """Median seconds from the commit of one new figure to its assessment, for each history; taken in turns."""
    taken: dict[str, list[float]] = {history.name: [] for history in histories}
    for number in range(REPEATS):
        for history in histories:
            history.add_day(number)
            taken[history.name].append(assessed())
    return [median(taken[history.name]) for history in histories]


def _copied_out() -> float:
    started = perf_counter()
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY metrics_reading TO STDOUT", Nowhere())
    return perf_counter() - started


def _deliver(cells: "Iterator[tuple[str, str, str, str]] | list[tuple[str, str, str, str]]") -> None:
    names = ("measure", "period", "segment", "value")
    delivery = Delivery(channel=Submission.Channel.COMMAND, source=FIRST_SOURCE, reason="counted again")
    ingest(Rows.of(dict(zip(names, cell, strict=True)) for cell in cells), delivery, by=CLOCKWORK)
