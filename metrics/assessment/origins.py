"""What is known of figures beyond their values: how they were first reported, and what is marked on them or their gaps.

Rows of everything here are series as `Figures` holds them, columns its periods.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import ordinals, start_of
from metrics.assessment.columns import fetch
from metrics.assessment.figures import Figures
from metrics.assessment.missing import mark_gaps, with_stops
from metrics.detection.batch import Ints, Mark
from metrics.ingestion.faults import SLIP
from truthgov.periods import Grain

FIRST = """
    WITH restated AS MATERIALIZED (
        SELECT DISTINCT later.series_id, later.period_start FROM unnest(%s::bigint[]) AS wanted(series)
        JOIN metrics_observation later ON later.series_id = wanted.series
        WHERE later.restates IS NOT NULL AND later.period_start >= %s)
    SELECT restated.series_id, restated.period_start, first.value::float8, coalesce(first.denominator::float8, 'NaN')
    FROM restated CROSS JOIN LATERAL (
        SELECT value, denominator FROM metrics_observation cell
        WHERE cell.series_id = restated.series_id AND cell.period_start = restated.period_start
        ORDER BY cell.id LIMIT 1) AS first"""
"""Each restated figure once, however often: every restatement beside all the others of its cell would be too many."""
ABSENT = """
    SELECT series.id, absence.period_start FROM metrics_series series
    JOIN metrics_absence absence USING (measure_id, segment_id)
    WHERE series.id = ANY(%s::bigint[]) AND absence.period_start >= %s
    UNION ALL SELECT refused.series_id, refused.period_start FROM metrics_refusedfigure refused
    WHERE refused.code = %s AND refused.series_id = ANY(%s::bigint[]) AND refused.period_start >= %s"""
REFUSED = """
    SELECT DISTINCT refused.series_id, refused.period_start FROM metrics_refusedfigure refused
    WHERE refused.code <> %s AND refused.series_id = ANY(%s::bigint[]) AND refused.period_start >= %s AND NOT EXISTS (
        SELECT FROM metrics_observation later JOIN metrics_submission came ON came.id = later.submission_id
        WHERE later.series_id = refused.series_id AND later.period_start = refused.period_start
          AND came.received_at > refused.refused_at)"""
NOTICES = {
    "material_restatement": Mark.MATERIAL_RESTATEMENT,
    "factor_of_1000": Mark.FACTOR_OF_1000,
    "same_instant_conflict": Mark.SAME_INSTANT_CONFLICT,
    "late": Mark.LATE,
    "gap_before": Mark.GAP_BEFORE,
}
"""The mark of each notice that intake leaves on a figure."""
NOTED = """
    SELECT series_id, period_start, value::float8, coalesce((
        SELECT sum(coded.mark) FROM unnest(%s::text[], %s::int[]) AS coded(code, mark)
        WHERE coded.code = ANY(notices)), 0)::int
    FROM metrics_reading WHERE series_id = ANY(%s::bigint[]) AND notices IS NOT NULL AND period_start >= %s"""


@dataclass(frozen=True, slots=True)
class Origins:
    """Some series as they were first reported and as they stand, what is implausible included, and their marks."""

    first: Figures
    standing: Figures
    marks: NDArray[np.uint16]

    @classmethod
    def read(cls, figures: Figures, series: Ints, grain: Grain) -> Self:
        """Everything about some of the series, in six queries."""
        ids = np.unique(series)
        standing = with_stops(figures.of(ids), grain)
        marks = np.zeros(standing.values.shape, np.uint16)
        wanted = [ids.tolist(), start_of(max(figures.start, 1), grain)]
        coded = list(NOTICES), [mark.value for mark in NOTICES.values()]
        noted = fetch(NOTED, [*coded, *wanted], series="i8", day="day", value="f8", marks="i4")
        cells = _cells(noted, standing, grain)
        standing.values[cells], marks[cells] = noted["value"], noted["marks"]
        absent = fetch(ABSENT, [*wanted, SLIP, *wanted], series="i8", day="day")
        mark_gaps(marks, standing, _on_axis(_cells(absent, standing, grain), standing), grain)
        refused = fetch(REFUSED, [SLIP, *wanted], series="i8", day="day")
        marks[_on_axis(_cells(refused, standing, grain), standing)] |= Mark.REFUSED.value
        first = standing.of(ids)
        told = fetch(FIRST, wanted, series="i8", day="day", value="f8", denominator="f8")
        cells = _cells(told, standing, grain)
        first.values[cells], first.denominators[cells] = told["value"], told["denominator"]
        marks[cells] |= Mark.RESTATED.value
        return cls(first, standing, marks)


def _cells(found: NDArray[np.void], figures: Figures, grain: Grain) -> tuple[Ints, Ints]:
    """Rows and columns of what was found."""
    return figures.rows_of(found["series"]), ordinals(found["day"], grain) - figures.start


def _on_axis(cells: tuple[Ints, Ints], figures: Figures) -> tuple[Ints, Ints]:
    """Those of cells without a figure that lie where any series has one."""
    rows, columns = cells
    within = (columns >= 0) & (columns < figures.values.shape[1])
    return rows[within], columns[within]
