"""What assessment costs: of everything, of one pair in a hundred, and of one figure of a long and a short series."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from time import perf_counter

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from benchmarks.contestants import CLOCKWORK
from benchmarks.declaring import declare_pair
from benchmarks.organisation import Organisation
from benchmarks.rows import FIRST_SOURCE, batches, months
from metrics.assessment import assess
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Rule, Series, Submission, TouchedSet

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


def arrived(organisation: Organisation, before: date) -> float:
    """Seconds of assessing the latest month of every series, which has just arrived; opens and feeds cases."""
    for batch in batches(organisation, before=before, which=slice(-1, None)):
        ingest(batch.rows, Delivery(channel=Submission.Channel.COMMAND, source=batch.source), by=CLOCKWORK)
    return assessed()


def all_rules(before: date) -> float:
    """Assessing the latest month of every series once more, as the figures stand, ÷ COPY OUT."""
    month = months(1, before)[0].start
    every = list(Series.objects.values_list("pk", flat=True))
    return _over_copy_out(lambda _: TouchedSet.objects.note((series, month) for series in every))


def a_push(organisation: Organisation, before: date) -> float:
    """Assessing what one function pushes, its month of some KPIs, which one pair in a hundred leans on, ÷ COPY OUT."""
    chosen = _of_one_function(organisation)
    return _over_copy_out(lambda number: _restate(organisation, chosen, before, number))


def scattered(organisation: Organisation, before: date) -> float:
    """Assessing a changed figure in one series of a hundred, all over the organisation, ÷ COPY OUT."""
    series = organisation.size.measures * organisation.size.segments
    chosen = np.random.default_rng(1).choice(series, max(1, round(series * CHANGED_SHARE)), replace=False)
    return _over_copy_out(lambda number: _restate(organisation, np.sort(chosen), before, number))


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


def _over_copy_out(touch: Callable[[int], None]) -> float:
    """The median of assessing what `touch` has touched, over the median of COPY OUT; taken in turns."""
    out, taken = [], []
    for number in range(REPEATS):
        out.append(_copied_out())
        touch(number)
        taken.append(assessed())
    return median(taken) / median(out)


def _of_one_function(organisation: Organisation) -> NDArray[np.int64]:
    """The series of as many KPIs of one function as one pair in a hundred has on either side."""
    parties = "link__from_measure", "link__to_measure", "measure", "other_measure"
    looking = [rule.parties for rule in Rule.objects.select_related(*parties)]
    serving = Counter(side.code for sides in looking for side in sides if side)
    own = [number for number, entry in enumerate(organisation.entries) if not entry.is_outcome and not entry.function]
    reached = np.cumsum([serving[organisation.entries[number].code] for number in own])
    some = own[: int(np.searchsorted(reached, len(looking) * CHANGED_SHARE)) + 1]
    segments = organisation.size.segments
    return (np.array(some)[:, None] * segments + np.arange(segments)).ravel()


def restate_one(organisation: Organisation, before: date, number: int) -> None:
    """Change one figure of the whole's last month, otherwise each time; nothing is assessed."""
    _restate(organisation, np.array([0]), before, number)


def _restate(organisation: Organisation, series: NDArray[np.int64], before: date, number: int) -> None:
    """Change the last month of some series a little, otherwise each time."""
    month, (values, _, _) = months(1, before)[0].code, organisation.figures
    _deliver(
        (
            organisation.entries[measure].code,
            month,
            organisation.spoken[segment],
            f"{values[measure, segment, -1]:.5f}{number % 9 + 1}",
        )
        for measure, segment in zip(*divmod(series, organisation.size.segments), strict=True)
    )


def _copied_out() -> float:
    started = perf_counter()
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY metrics_reading TO STDOUT", Nowhere())
    return perf_counter() - started


def _deliver(cells: "Iterator[tuple[str, str, str, str]] | list[tuple[str, str, str, str]]") -> None:
    names = ("measure", "period", "segment", "value")
    delivery = Delivery(channel=Submission.Channel.COMMAND, source=FIRST_SOURCE, reason="counted again")
    ingest(Rows.of(dict(zip(names, cell, strict=True)) for cell in cells), delivery, by=CLOCKWORK)
