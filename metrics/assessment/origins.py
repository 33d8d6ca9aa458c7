"""What is known of figures beyond their values: how they were first reported, and what is marked on them or their gaps.

Rows of everything here are series as `Figures` holds them, columns its periods.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import ordinals, start_of
from metrics.assessment.columns import FEW, fetch, fetch_known
from metrics.assessment.figures import Figures
from metrics.assessment.joins import once
from metrics.assessment.missing import mark_gaps, with_stops
from metrics.detection.batch import Floats, Ints, Mark
from metrics.ingestion.faults import EXPLAINING
from metrics.ingestion.oddities import FACTOR_OF_1000, GAP_BEFORE, LATE, MATERIAL_RESTATEMENT, SAME_INSTANT_CONFLICT
from metrics.prepared import Prepared
from truthgov.periods import Grain

FIRST, FIRST_OF_FEW = (f"""
    WITH restated AS MATERIALIZED (
        SELECT DISTINCT later.series_id, later.period_start FROM unnest(%s::bigint[]) AS wanted(series)
        JOIN metrics_observation later ON later.series_id = wanted.series
        WHERE {restates} AND later.period_start >= %s)
    SELECT restated.series_id, restated.period_start, first.value::float8, coalesce(first.denominator::float8, 'NaN')
    FROM restated CROSS JOIN LATERAL (
        SELECT value, denominator FROM metrics_observation cell
        WHERE cell.series_id = restated.series_id AND cell.period_start = restated.period_start
        ORDER BY cell.id LIMIT 1) AS first"""  # noqa: S608 - both are our own
    for restates in ("later.restates IS NOT NULL", "coalesce(later.restates, 0) > 0"))  # fmt: skip
"""Each restated figure once, however often: every restatement beside all the others of its cell would be too many.

Of few series the cells are looked at, and not all that was restated anywhere: which is more, nobody has counted yet."""
NOTICES = {
    MATERIAL_RESTATEMENT: Mark.MATERIAL_RESTATEMENT,
    FACTOR_OF_1000: Mark.FACTOR_OF_1000,
    SAME_INSTANT_CONFLICT: Mark.SAME_INSTANT_CONFLICT,
    LATE: Mark.LATE,
    GAP_BEFORE: Mark.GAP_BEFORE,
}
"""The mark of each notice that intake leaves on a figure."""
CODED = {"codes": list(NOTICES), "marks": [mark.value for mark in NOTICES.values()], "explaining": sorted(EXPLAINING)}
TOLD = Prepared("told_of_figures", """
    WITH wanted(series) AS MATERIALIZED (SELECT unnest(%(series)s::bigint[])), since(day) AS (SELECT %(since)s::date)
    SELECT series_id, period_start, value::float8, coalesce((
        SELECT sum(coded.mark) FROM unnest(%(codes)s::text[], %(marks)s::int[]) AS coded(code, mark)
        WHERE coded.code = ANY(notices)), 0)::int, 0
    FROM wanted CROSS JOIN since JOIN metrics_reading ON series_id = wanted.series
    WHERE notices IS NOT NULL AND period_start >= since.day
    UNION ALL SELECT series.id, absence.period_start, 'NaN', 0, 1
    FROM metrics_absence absence JOIN metrics_series series USING (measure_id, segment_id)
    JOIN wanted ON wanted.series = series.id CROSS JOIN since WHERE absence.period_start >= since.day
    UNION ALL SELECT DISTINCT refused.series_id, refused.period_start, 'NaN'::float8, 0,
        (refused.code <> ALL(%(explaining)s::text[]))::int + 1
    FROM wanted CROSS JOIN since JOIN metrics_refusedfigure refused ON refused.series_id = wanted.series
    WHERE refused.period_start >= since.day AND (refused.code = ANY(%(explaining)s::text[]) OR NOT EXISTS (
        SELECT FROM metrics_observation later JOIN metrics_submission came ON came.id = later.submission_id
        WHERE later.series_id = refused.series_id AND later.period_start = refused.period_start
          AND came.received_at > refused.refused_at))""",
    series="bigint[]", since="date", codes="text[]", marks="int[]", explaining="text[]",
)  # fmt: skip
NOTED, EXPLAINED, REFUSED = range(3)
"""What TOLD says of a cell: a figure with notices, an absence or refusal that explains a gap, a refusal that stands."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Some series as they were first reported and as they stand, what is implausible included, and their marks."""

    first: Figures
    standing: Figures
    marks: NDArray[np.uint16]

    @classmethod
    def read(cls, figures: Figures, series: Ints, grain: Grain, judged_from: int = 0, *, in_full: bool = True) -> Self:
        """Everything about some of the series, in a few queries; what was restated from a period on.

        Unless `in_full`, first figures are read only of series in which a restatement was material: no verdict leans on
        the others.
        """
        ids = once(series)
        known = with_stops(figures.of(ids), grain)
        given = {"series": ids.tolist(), "since": start_of(max(figures.start, 1), grain), **CODED}
        told = fetch_known(TOLD, given, len(ids), series="i8", day="day", value="f8", marks="i4", what="i4")
        noted, explained, refused = (told[told["what"] == what] for what in (NOTED, EXPLAINED, REFUSED))
        marks, cells = np.zeros(known.values.shape, np.uint16), _cells(noted, known, grain)
        marks[cells] = noted["marks"]
        standing = _with(known, cells, values=noted["value"])
        mark_gaps(marks, standing, _on_axis(_cells(explained, standing, grain), standing), grain)
        marks[_on_axis(_cells(refused, standing, grain), standing)] |= Mark.REFUSED.value
        asked = ids if in_full else once(noted["series"][(noted["marks"] & Mark.MATERIAL_RESTATEMENT) > 0])
        restated = _restated(asked, start_of(max(figures.start, judged_from, 1), grain))
        cells = _cells(restated, standing, grain)
        marks[cells] |= Mark.RESTATED.value
        first = _with(standing, cells, values=restated["value"], denominators=restated["denominator"])
        return cls(first, standing, marks)


def _restated(series: Ints, since: date) -> NDArray[np.void]:
    """The figures of some series as first reported, where they were restated."""
    if not len(series):
        return np.empty(0, [("series", "i8"), ("day", "M8[D]"), ("value", "f8"), ("denominator", "f8")])
    return fetch(
        FIRST if len(series) > FEW else FIRST_OF_FEW,
        [series.tolist(), since],
        series="i8",
        day="day",
        value="f8",
        denominator="f8",
    )


def _with(figures: Figures, cells: tuple[Ints, Ints], **instead: Floats) -> Figures:
    """The figures with others in some cells."""
    if not len(cells[0]):
        return figures
    changed = {name: getattr(figures, name).copy() for name in instead}
    for name, values in instead.items():
        changed[name][cells] = values
    return replace(figures, **changed)


def _cells(found: NDArray[np.void], figures: Figures, grain: Grain) -> tuple[Ints, Ints]:
    """Rows and columns of what was found."""
    return figures.rows_of(found["series"]), ordinals(found["day"], grain) - figures.start


def _on_axis(cells: tuple[Ints, Ints], figures: Figures) -> tuple[Ints, Ints]:
    """Those of cells without a figure that lie where any series has one."""
    rows, columns = cells
    within = (columns >= 0) & (columns < figures.values.shape[1])
    return rows[within], columns[within]
