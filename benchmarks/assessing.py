"""What assessment costs: of everything, of one pair in a hundred, and of one figure of a long and a short series."""

from collections.abc import Callable, Iterable, Iterator
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
from metrics.assessment.looks import Look
from metrics.assessment.standing import as_it_stands
from metrics.ingestion import Delivery, Rows, ingest
from metrics.models import Measure, Series, Submission, TouchedSet
from truthgov.periods import Grain

CHANGED_SHARE = 0.01
REPEATS = 11
YEARS = {"long": 10, "short": 1}
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Taken:
    """Median seconds of assessing, and of COPY OUT of the readings in turn with it."""

    seconds: float
    copy_out: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.copy_out


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


def all_rules(before: date) -> Taken:
    """Assessing the latest month of every series once more, as the figures stand."""
    return _in_turns(lambda _: touch_latest_month(before))


def touch_latest_month(before: date) -> None:
    """Have the latest month of every series assessed once more, in one touched set."""
    month = months(1, before)[0].start
    TouchedSet.objects.note((series, month) for series in Series.objects.values_list("pk", flat=True))


def a_push(organisation: Organisation, before: date) -> Taken:
    """Assessing what one function pushes, its month of some KPIs, which one pair in a hundred leans on."""
    return _in_turns(lambda number: push_again(organisation, before, number))


def push_again(organisation: Organisation, before: date, number: int) -> None:
    """Have one function push its month of some KPIs, otherwise each time."""
    segments = organisation.size.segments
    chosen = (np.array(of_one_function(organisation))[:, None] * segments + np.arange(segments)).ravel()
    _restate(organisation, chosen, before, number)


def scattered(organisation: Organisation, before: date) -> Taken:
    """Assessing a changed figure in one series of a hundred, all over the organisation."""
    series = organisation.size.measures * organisation.size.segments
    chosen = np.random.default_rng(1).choice(series, max(1, round(series * CHANGED_SHARE)), replace=False)
    return _in_turns(lambda number: _restate(organisation, np.sort(chosen), before, number))


@dataclass(frozen=True)
class History:
    """A daily KPI and the outcome it serves, their figures ending some days ago."""

    name: str
    first_free: date

    def add_day(self, number: int) -> None:
        """One new figure, of the outcome."""
        _deliver([(f"daily.{self.name}.outcome", (self.first_free + timedelta(number)).isoformat(), "{}", "50.5")])


def histories(before: date) -> list[History]:
    """Series of ten years and of one, stored, with room for new days."""
    first_free = before - timedelta(REPEATS + 2)
    random = np.random.default_rng(2)
    for name, years in YEARS.items():
        declare_pair(f"daily.{name}", grain=Grain.DAY)
        days = [first_free - timedelta(back) for back in range(years * DAYS_A_YEAR, 0, -1)]
        for side in ("kpi", "outcome"):
            values = random.normal(50, 2, len(days))
            _deliver((f"daily.{name}.{side}", day.isoformat(), "{}", f"{value:.2f}")
                     for day, value in zip(days, values, strict=True))  # fmt: skip
    return [History(name, first_free) for name in YEARS]


def one_figure(histories: list[History]) -> list[float]:
    """Median seconds from the commit of one new figure to its assessment, for each history; taken in turns."""
    taken: dict[str, list[float]] = {history.name: [] for history in histories}
    for number in range(REPEATS):
        for history in histories:
            history.add_day(number)
            taken[history.name].append(assessed())
    return [median(taken[history.name]) for history in histories]


def _in_turns(touch: Callable[[int], None]) -> Taken:
    """Assessing what `touch` has touched, and COPY OUT."""
    out, taken = [], []
    for number in range(REPEATS):
        out.append(_copied_out())
        touch(number)
        taken.append(assessed())
    return Taken(median(taken), median(out))


def of_one_function(organisation: Organisation) -> list[int]:
    """The numbers of so many KPIs of one function that one pair of a hundred has one of them on a side."""
    keys = dict(Measure.objects.values_list("code", "pk"))
    own = [number for number, entry in enumerate(organisation.entries) if not entry.is_outcome and not entry.function]
    wanted, some = len(looks_at(list(keys.values()))) * CHANGED_SHARE, list[int]()
    while len(looks_at([keys[organisation.entries[number].code] for number in some])) < wanted:
        some.append(own[len(some)])
    return some


def looks_at(measures: Iterable[int]) -> list[Look]:
    """What each rule looks at that looks at any of some measures."""
    return as_it_stands().concerning(np.array(sorted(measures), np.int64)).looks


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
