"""What cannot be computed is not known: the figure that stood leaves the readings, and its place says why.

The ledger keeps it; from the audit entry of its withdrawal on it is no longer what is known.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from metrics.ingestion import chunks
from metrics.models import Absence, Measure, Segment, SeriesChunk, TouchedSet
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.periods import Period

REMOVE = """
    DELETE FROM metrics_reading AS reading USING unnest(%s::bigint[], %s::date[]) AS gone (series_id, period_start)
    WHERE reading.series_id = gone.series_id AND reading.period_start = gone.period_start"""


class Unknown(NamedTuple):
    """A cell whose figure cannot be computed, and why; `series` and `observation` where one stands there."""

    measure: Measure
    segment: Segment
    period: Period
    why: str
    series: int | None = None
    observation: int | None = None


def make_unknown(cells: Sequence[Unknown], *, by: Actor) -> list[int]:
    """Say of each cell why it has no figure, and withdraw the one that stands; the touched sets that this noted.

    What was said last already, where no figure stands, is not said again. Called by who holds the measures.
    """
    news = _news(cells)
    if not news:
        return []
    with audit.act() as act:
        entries = _record(news, act, by)
        Absence.objects.bulk_create(_absence(cell, entries[cell.measure.pk]) for cell in news)
        standing = [(cell.series, cell.period) for cell in news if cell.series is not None]
        return _withdraw(standing) if standing else []


def _news(cells: Sequence[Unknown]) -> list[Unknown]:
    if not cells:
        return []
    since = min(cell.period.start for cell in cells)
    said = Absence.objects.latest_of({cell.measure.pk for cell in cells}, since=since)

    def is_said(cell: Unknown) -> bool:
        before = said.get((cell.measure.pk, cell.segment.pk, cell.period.start))
        return cell.observation is None and before is not None and before.reason == cell.why

    return [cell for cell in cells if not is_said(cell)]


def _record(news: Sequence[Unknown], act: audit.Act, by: Actor) -> dict[int, int]:
    """An entry for each measure; their numbers by measure."""
    periods: dict[Measure, set[str]] = defaultdict(set)
    for cell in news:
        periods[cell.measure].add(cell.period.code)
    for measure, codes in periods.items():
        audit.record("measure.not_computed", measure, by=by, measure=measure.code, periods=sorted(codes))
    chained = act.chain()[-len(periods) :]
    return {measure.pk: entry.number for measure, entry in zip(periods, chained, strict=True)}


def _absence(cell: Unknown, entry: int) -> Absence:
    return Absence(
        measure=cell.measure, segment=cell.segment, period_start=cell.period.start, reason=cell.why,
        stated_at=clock.now(), entry=entry, series_id=cell.series, withdraws=cell.observation,
    )  # fmt: skip


def _withdraw(standing: Sequence[tuple[int, Period]]) -> list[int]:
    series, starts = [each for each, _ in standing], [period.start for _, period in standing]
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [series, starts])
    chunks.take_out({
        (each, SeriesChunk.first_year_of(period.start.year, period.grain)): period.grain for each, period in standing
    })  # fmt: skip
    first: dict[int, date] = {}
    for each, start in zip(series, starts, strict=True):
        first[each] = min(start, first.get(each, start))
    noted = TouchedSet.objects.create(
        series=list(first), first_periods=list(first.values()), noted_at=clock.now()
    )  # fmt: skip
    return [noted.pk]
