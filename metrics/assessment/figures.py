"""Figures of many series on one axis of periods, read from their chunks: arrays in, one array out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import ordinals, reach, start_of
from metrics.assessment.columns import FEW, fetch_known, fetch_packed
from metrics.assessment.joins import find, least, once
from metrics.detection.batch import Bools, Floats, Ints, in_a_row
from metrics.models import SeriesChunk
from metrics.prepared import Prepared
from truthgov.periods import Grain

CLOSE = 2
"""Chunks of a series: reading so many more costs less than another query."""
CHUNKS, CLOSE_CHUNKS = (f"""
    SELECT series_id, ordinals, "values", denominators
    FROM metrics_serieschunk WHERE {of_series} AND first_year >= %s"""  # noqa: S608 - both are our own
    for of_series in ("series_id = ANY(%s::bigint[])", "series_id BETWEEN %s AND %s"))  # fmt: skip
MOST = 0.75
"""Part of the series from the first to the last from which reading all between costs less than looking for each."""
BESIDE = Prepared("beside_figures", """
    WITH wanted(series) AS (SELECT ARRAY(SELECT unnest(%(series)s::bigint[])))
    SELECT reading.series_id, reading.period_start, 0 FROM metrics_reading AS reading
    WHERE reading.series_id = ANY((SELECT series FROM wanted)::bigint[])
        AND reading.notices IS NOT NULL AND 'factor_of_1000' = ANY(reading.notices)
    UNION ALL
    SELECT gone.series_id, max(gone.period_start), 1 FROM (
        SELECT absence.series_id, absence.period_start FROM metrics_absence AS absence
        WHERE absence.series_id = ANY((SELECT series FROM wanted)::bigint[]) AND absence.withdraws IS NOT NULL
        UNION ALL
        SELECT refused.series_id, refused.period_start FROM metrics_refusedfigure AS refused
        WHERE refused.series_id = ANY((SELECT series FROM wanted)::bigint[])) AS gone
    GROUP BY gone.series_id""",
    series="bigint[]",
)  # fmt: skip
"""Implausible figures, and the last one withdrawn, or refused as impossible, of each series. An index that holds few is
gone through once, whatever is asked for; the list comes by a query of its own, for of each of a thousand series that it
sees the planner works out what to expect, which takes longer than there is to read."""


@dataclass(frozen=True)
class Figures:
    """Values and denominators, series × periods, NaN where there is none; column 0 is the period `start`.

    `withdrawn` is the last period in which a figure of each was withdrawn, or refused as impossible; before the axis
    where none was.
    """

    series: Ints
    start: int
    values: Floats
    denominators: Floats
    withdrawn: Ints

    @classmethod
    def read(cls, series: Ints, since: Ints, grain: Grain) -> Self:
        """The figures of series from a period each on, as many earlier ones as judging that period may lean on."""
        ids, firsts = least(series, since - reach(grain))
        chunks = list(_chunks(ids, firsts, grain))
        beside = fetch_known(BESIDE, {"series": ids.tolist()}, len(ids), series="i8", day="day", is_withdrawn="i4")
        implausible, taken_back = (beside[beside["is_withdrawn"] == told] for told in (False, True))
        withdrawn = _last_withdrawn(ids, grain, taken_back)
        gone = withdrawn[withdrawn >= 0].tolist()
        start = min([*(int(chunk.ordinals[:, 0].min()) for chunk in chunks), *gone], default=0)
        end = max([*(int(chunk.ordinals[:, -1].max()) for chunk in chunks), *gone], default=0)
        shape = len(ids), end - start + 1
        values, denominators = (np.full(shape, np.nan) for _ in range(2))
        for chunk in chunks:
            place = _place(np.searchsorted(ids, chunk.series), chunk.ordinals - start)
            values[place], denominators[place] = chunk.values, chunk.denominators
        _set_aside(implausible, ids, start, grain, values)
        return cls(ids, start, values, denominators, withdrawn)

    @property
    def end(self) -> int:
        """The period after the last one that any series has a figure for."""
        return self.start + self.values.shape[1]

    def rows_of(self, series: Ints) -> Ints:
        return find(self.series, series)[0]

    def of(self, series: Ints) -> Self:
        """Some of the series, in order; not to be changed, for they may share their figures with these."""
        rows = in_a_row(self.rows_of(series))
        return type(self)(series, self.start, self.values[rows], self.denominators[rows], self.withdrawn[rows])

    @cached_property
    def known(self) -> Bools:
        """Where there is a figure."""
        return ~np.isnan(self.values)

    @cached_property
    def last(self) -> Ints:
        """The column of the last figure of each series; -1 where it has none."""
        backwards = self.known[:, ::-1]
        latest = backwards.argmax(axis=1)
        there = backwards[np.arange(len(latest)), latest]
        return np.where(there, self.known.shape[1] - 1 - latest, -1)

    def gap_before(self, series: Ints, first: Ints, grain: Grain) -> Ints:
        """From a period of each on, or from the gap that leads up to it: what is missing shows once figures go on."""
        rows, columns = self.rows_of(series), first - self.start
        begins = first.copy()
        lacking = np.flatnonzero((columns > 0) & ~self.known[rows, np.clip(columns - 1, 0, self.known.shape[1] - 1)])
        if len(lacking):
            before = self.known[rows[lacking]] & (np.arange(self.known.shape[1]) < columns[lacking, None])
            after_last = self.known.shape[1] - before[:, ::-1].argmax(axis=1)
            gap = np.maximum(self.start + after_last, first[lacking] - reach(grain))
            begins[lacking] = np.where(before.any(axis=1), gap, first[lacking])
        return begins

    def last_said(self, series: Ints) -> Ints:
        """The last period each series has, or had, a figure for; before the axis where it has none.

        What was judged of a figure that was withdrawn since is judged anew: it is missing.
        """
        rows = self.rows_of(series)
        return np.maximum(self.start + self.last[rows], self.withdrawn[rows])


class Chunks(NamedTuple):
    """Chunks that hold equally many figures: of which series, and their figures, chunks × figures."""

    series: Ints
    ordinals: Ints
    values: Floats
    denominators: Floats

    def rows(self, chosen: Bools) -> "Chunks":
        if chosen.all():
            return self
        return Chunks(self.series[chosen], self.ordinals[chosen], self.values[chosen], self.denominators[chosen])


def _chunks(series: Ints, firsts: Ints, grain: Grain) -> Iterator[Chunks]:
    """The chunks of series from that of each one's first period on; a query for those that begin close together."""
    distinct = once(firsts)
    which = np.searchsorted(distinct, firsts)
    starts = (start_of(first, grain).year if first > 0 else 0 for first in distinct.tolist())
    years = np.array([SeriesChunk.first_year_of(year, grain) for year in starts], np.int64)[which]
    begins: list[int] = []
    for year in once(years).tolist():
        if not begins or year > begins[-1] + CLOSE * SeriesChunk.YEARS[grain]:
            begins.append(year)
    part = np.searchsorted(begins, years, "right") - 1
    for number, year in enumerate(begins):
        for chunks in _since(year, series[part == number]):
            if chunks.ordinals.size:
                yield chunks


def _since(year: int, series: Ints) -> Iterator[Chunks]:
    """The chunks of series, in order, from a year on."""
    first, last = int(series[0]), int(series[-1])
    is_close = len(series) > MOST * (last + 1 - first)
    select, given = (CLOSE_CHUNKS, [first, last, year]) if is_close else (CHUNKS, [series.tolist(), year])
    few = len(series) <= FEW
    for owners, told in fetch_packed(select, given, few=few, ordinals=">i4", values=">f8", denominators=">f8"):
        chunks = Chunks(owners, **told)
        yield chunks.rows(find(series, owners)[1]) if is_close else chunks


def _place(rows: Ints, columns: Ints) -> tuple[Ints, slice | Ints]:
    """Where the figures of chunks stand: nearly always in the same periods, one after the other, which is quick."""
    together = in_a_row(columns[0])
    if isinstance(together, slice) and (columns == columns[0]).all():
        return rows, together
    return rows[:, None], columns


def _set_aside(implausible: NDArray[np.void], series: Ints, start: int, grain: Grain, values: Floats) -> None:
    """Take figures a thousand times off their neighbours for missing: a slip of the unit is no collapse."""
    column = ordinals(implausible["day"], grain) - start
    on_axis = (column >= 0) & (column < values.shape[1])
    values[np.searchsorted(series, implausible["series"][on_axis]), column[on_axis]] = np.nan


def _last_withdrawn(series: Ints, grain: Grain, taken_back: NDArray[np.void]) -> Ints:
    last = np.full(len(series), -1, np.int64)
    last[np.searchsorted(series, taken_back["series"])] = ordinals(taken_back["day"], grain)
    return last
