"""Figures that are missing: gaps within a series, and series that stopped; and how much of their measure that is."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from metrics.assessment.calendar import ordinals, start_of
from metrics.assessment.columns import fetch
from metrics.assessment.figures import Figures
from metrics.detection.batch import Bools, Floats, Ints, Mark
from metrics.detection.mix import CARRIES
from metrics.ingestion.faults import EXPLAINING
from metrics.models import TouchedSet
from truthgov import clock
from truthgov.periods import Grain, Period

SOON = timedelta(days=3)
"""How long after a promise ran out a series is looked at once more: a worker may be away over a week-end."""
IS_ALL = """
    (segment.key = '{}' OR NOT EXISTS (
        SELECT FROM metrics_series beside
        WHERE beside.measure_id = own.measure_id AND beside.segment_id <> own.segment_id))"""
SHARES = f"""
    WITH gap AS MATERIALIZED (
        SELECT * FROM unnest(%s::bigint[], %s::date[]) WITH ORDINALITY AS each(series, day, place))
    SELECT gap.place, CASE WHEN {IS_ALL} THEN 1 ELSE coalesce(
        before.denominator / nullif(around.denominator, 0),
        1.0 / (SELECT count(*) FROM metrics_series beside JOIN metrics_segment other ON other.id = beside.segment_id
               WHERE beside.measure_id = own.measure_id AND beside.source_id = own.source_id
                 AND other.values ?& ARRAY(SELECT jsonb_object_keys(segment.values))
                 AND segment.values ?& ARRAY(SELECT jsonb_object_keys(other.values)))) END::float8
    FROM gap JOIN metrics_series own ON own.id = gap.series JOIN metrics_segment segment ON segment.id = own.segment_id
    LEFT JOIN LATERAL (
        SELECT period_start, denominator FROM metrics_reading
        WHERE series_id = own.id AND period_start < gap.day ORDER BY period_start DESC LIMIT 1) AS before ON true
    LEFT JOIN LATERAL (
        SELECT reading.denominator FROM metrics_series whole
        JOIN metrics_segment nothing ON nothing.id = whole.segment_id AND nothing.key = '{{}}'
        JOIN metrics_reading reading ON reading.series_id = whole.id AND reading.period_start = before.period_start
        WHERE whole.measure_id = own.measure_id AND whole.source_id = own.source_id) AS around ON true
"""  # noqa: S608 - IS_ALL is our own
"""Where sizes are silent, all segments of the same dimensions count alike."""
STOPPED = f"""
    SELECT own.id, owed.day FROM metrics_series own JOIN metrics_segment segment ON segment.id = own.segment_id
    JOIN LATERAL (
        SELECT grain, freshness_days, approved_at, derivation, retires FROM metrics_definition
        WHERE measure_id = own.measure_id AND status = 'approved' ORDER BY version DESC LIMIT 1) AS stated ON true
    CROSS JOIN LATERAL (SELECT CASE stated.grain WHEN 'quarter' THEN interval '3 months'
        ELSE ('1 ' || stated.grain)::interval END) AS grained(step)
    CROSS JOIN LATERAL (SELECT max(period_start) FROM metrics_reading WHERE series_id = own.id) AS last(day)
    CROSS JOIN LATERAL (SELECT (step + greatest(last.day, (
        SELECT max(absence.period_start) FROM metrics_absence absence
        WHERE absence.measure_id = own.measure_id AND absence.segment_id = own.segment_id), (
        SELECT max(period_start) FROM metrics_refusedfigure
        WHERE series_id = own.id AND code = ANY('{{{",".join(sorted(EXPLAINING))}}}'))))::date) AS owed(day)
    CROSS JOIN LATERAL (SELECT (owed.day + step)::date + stated.freshness_days) AS promised(until)
    WHERE (%s::bigint[] IS NULL OR own.id = ANY(%s::bigint[])) AND {IS_ALL}
      AND stated.derivation = '' AND NOT stated.retires
      AND promised.until BETWEEN greatest(stated.approved_at::date, %s::date) AND %s::date - 1
      AND EXISTS (SELECT FROM metrics_observation said JOIN metrics_submission came ON came.id = said.submission_id
                  WHERE said.series_id = own.id AND said.period_start = last.day
                    AND came.received_at::date <= promised.until)
"""  # noqa: S608 - IS_ALL and the codes are our own
"""Whose promise ran out, having been made and kept before: what an archive lacks was promised to nobody. What is
computed stops with what it is computed from, and that is told there."""


def with_stops(figures: Figures, grain: Grain) -> Figures:
    """The figures on an axis that reaches to the first period which series that stopped owe, and what to judge of it.

    Told once: later periods are as silent for the same cause.
    """
    today = clock.today()
    # A figure is promised by the end of its period at the earliest: of what still comes in nobody need ask more.
    silent = figures.start + figures.last + 2 <= Period.containing(today - timedelta(1), grain).ordinal
    ids = figures.series[silent].tolist()
    if not ids:
        return figures
    owed = fetch(STOPPED, [ids, ids, date.min, today], series="i8", day="day")
    if not len(owed):
        return figures
    period, withdrawn = ordinals(owed["day"], grain), figures.withdrawn.copy()
    rows = figures.rows_of(owed["series"])
    withdrawn[rows] = np.maximum(withdrawn[rows], period)
    room = ((0, 0), (0, max(0, int(period.max()) + 1 - figures.end)))
    values, denominators = (
        np.pad(each, room, constant_values=np.nan) for each in (figures.values, figures.denominators)
    )
    return replace(figures, values=values, denominators=denominators, withdrawn=withdrawn)


def have_stops_judged() -> int:
    """Have assessed what a promise has lately run out of; how many series. May run at any hour, however often."""
    today = clock.today()
    owed = fetch(STOPPED, [None, None, today - SOON, today], series="i8", day="day")
    TouchedSet.objects.note(zip(owed["series"].tolist(), owed["day"].tolist(), strict=True))
    return len(owed)


def mark_gaps(marks: NDArray[np.uint16], figures: Figures, explained: tuple[Ints, Ints], grain: Grain) -> None:
    """Mark what is missing, but for what somebody explained, and how much of its measure that is."""
    if not _have_gaps(figures).any():
        return
    gaps = _gaps(figures)
    gaps[explained] = False
    marks[gaps] |= Mark.MISSING.value
    share = _shares(figures, gaps, grain)
    marks[gaps & (share >= 1)] |= Mark.ALL_MISSING.value
    marks[gaps & (share < CARRIES)] |= Mark.DETAIL_MISSING.value


def _have_gaps(figures: Figures) -> Bools:
    """Which series lack a figure between the first that they have and the last that is spoken of."""
    last = figures.last_said(figures.series) - figures.start
    return (figures.last >= 0) & (figures.known.sum(axis=1) <= last - figures.known.argmax(axis=1))


def _gaps(figures: Figures) -> Bools:
    """Periods without a figure after the first that has one, up to the last that is spoken of."""
    begun = np.logical_or.accumulate(figures.known, axis=1)
    spoken_of = figures.last_said(figures.series)[:, None] >= figures.start + np.arange(begun.shape[1])
    return begun & spoken_of & ~figures.known


def _shares(figures: Figures, gaps: Bools, grain: Grain) -> Floats:
    """The share of the whole that each gap lacks, by what stood just before it."""
    first = gaps.copy()
    first[:, 1:] &= ~gaps[:, :-1]
    row, column = np.nonzero(first)
    share = np.full(gaps.shape, np.nan)
    if len(row):
        days = [start_of(figures.start + each, grain) for each in column.tolist()]
        told = fetch(SHARES, [figures.series[row].tolist(), days], gap="i8", share="f8")
        share[row[told["gap"] - 1], column[told["gap"] - 1]] = told["share"]
    begins = np.maximum.accumulate(np.where(first, np.arange(gaps.shape[1]), 0), axis=1)
    return np.take_along_axis(share, begins, axis=1)
