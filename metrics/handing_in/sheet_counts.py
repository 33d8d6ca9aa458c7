"""How the sheets stand, counted where their figures lie: of each measure and period what is owed, here and missing.

The counts are those of the cells that `metrics.handing_in.due.sheet` shows; no figure is read to count it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Q

from metrics.dictionary.holding import holding
from metrics.models import Absence, Definition, Measure, Segment, SourceOfRecord
from metrics.trust.rows import MISSED_FROM
from truthgov.models import Scope
from truthgov.periods import Grain, Period

LOOKED_BACK = {Grain.DAY: 7, Grain.WEEK: 4, Grain.MONTH: 3, Grain.QUARTER: 2}
"""How many complete periods are looked through for figures that are still owed."""
NAMED = 8
"""How many of the figures that a sheet lacks are named."""


@dataclass(frozen=True)
class Line:
    """The figures of one measure in a period: `gaps` and `absences` are the first few segments and absences."""

    definition: Definition
    deadline: date
    owed: int
    standing: int
    missing: int
    unattested: int
    absent: int
    gaps: list[int]
    absences: list[int]


@dataclass(frozen=True)
class Gap:
    """A figure that is not there: `reason` says why not, where somebody said so."""

    measure: Measure
    segment: Segment
    deadline: date
    reason: str = ""


@dataclass(frozen=True)
class SheetCount:
    """What one function or journey owes for one period, counted; `gaps` are the first of what is not there."""

    scope: Scope
    period: Period
    lines: list[Line]
    gaps: list[Gap]

    @property
    def owed(self) -> int:
        return sum(line.owed for line in self.lines)

    @property
    def standing(self) -> int:
        """Figures on record, and those said to be unavailable: what can be attested."""
        return sum(line.standing for line in self.lines)

    @cached_property
    def missing(self) -> int:
        return sum(line.missing for line in self.lines)

    @property
    def absent(self) -> int:
        return sum(line.absent for line in self.lines)

    @property
    def unnamed(self) -> int:
        """How many more are missing or not available than are named."""
        return self.missing + self.absent - len(self.gaps)

    @property
    def unattested(self) -> int:
        return sum(line.unattested for line in self.lines)

    @property
    def is_attested(self) -> bool:
        """Does somebody stand behind everything that is on record, as it stands?"""
        return bool(self.standing) and not self.unattested

    @cached_property
    def due_on(self) -> date:
        """The last day on which the first of its figures is still as fresh as its definition promises."""
        missing, owed = [line for line in self.lines if line.missing], [line for line in self.lines if line.owed]
        return min(line.deadline for line in missing or owed or self.lines)

    def late(self, *, on: date) -> int:
        """How many figures have not come although their deadline has passed."""
        return sum(line.missing for line in self.lines if line.deadline < on)


def supplied_versions(scopes: Iterable[Scope], grains: Collection[Grain]) -> dict[int, list[Definition]]:
    """The approved versions of each measure that these scopes supply, in the order of the measures' codes."""
    supplied = Q(measure__function__scope__in=scopes) | Q(measure__function=None, measure__journey__scope__in=scopes)
    asked = Definition.objects.filter(supplied, grain__in=[grain.value for grain in grains])
    versions = asked.select_related("measure__function", "measure__journey").histories()
    return dict(sorted(versions.items(), key=lambda item: item[1][0].measure.code))


def supplier_of(measure: Measure) -> int:
    """The scope that supplies a measure's figures: its function, else its journey."""
    if measure.function:
        return measure.function.scope_id
    return measure.journey.scope_id if measure.journey else 0


def sheet_counts(scopes: Collection[Scope], periods: dict[Grain, list[Period]]) -> list[SheetCount]:
    """By scope and period, how its sheet stands; the whole of what never reported is owed for the last period alone.

    Six queries, however much has been reported.
    """
    versions = supplied_versions(scopes, periods)
    asked = _asked(versions, periods)
    whole = Segment.objects.filter(key="{}").values_list("pk", flat=True).first()
    by_scope = {scope.pk: scope for scope in scopes}
    lines: dict[tuple[int, Period], list[Line]] = {}
    for (definition, period), counts in zip(asked, _counted(asked, whole), strict=True):
        is_last = period == periods[period.grain][-1]
        counts = counts or ((1, 0, 1, 0, 0, [whole], []) if whole and is_last else None)
        if counts:
            deadline = period.end + timedelta(days=definition.freshness_days)
            sheet = lines.setdefault((supplier_of(definition.measure), period), [])
            sheet.append(Line(definition, deadline, *counts))
    gaps = _gaps(lines)
    found = [SheetCount(by_scope[key[0]], key[1], some, gaps[key]) for key, some in lines.items()]
    return sorted(found, key=lambda each: (each.scope.name, each.period))


def _asked(
    versions: dict[int, list[Definition]], periods: dict[Grain, list[Period]]
) -> list[tuple[Definition, Period]]:
    """The definition that holds, of each measure and period whose figure somebody hands in."""
    held = (
        (holding(definitions, period.start), period)
        for definitions in versions.values()
        for period in periods[Grain(definitions[0].grain)]
    )
    return [(definition, period) for definition, period in held if definition and definition.is_handed_in]


def _counted(asked: list[tuple[Definition, Period]], whole: int | None) -> list[tuple[Any, ...] | None]:
    """The counts of a line for each definition and period; None where there is nothing to count. Two queries."""
    named = SourceOfRecord.objects.filter(measure__in={definition.measure_id for definition, _ in asked}).histories()
    sources = [holding(named.get(definition.measure_id, []), period.start) for definition, period in asked]
    columns: dict[str, Any] = {
        "measures": [definition.measure_id for definition, _ in asked],
        "sources": [source.source_id if source else None for source in sources],
        "starts": [period.start for _, period in asked],
        "firsts": [period.shift(-LOOKED_BACK[period.grain]).start for _, period in asked],
        "days": list({period.start for _, period in asked}), "whole": whole, "missed_from": MISSED_FROM, "named": NAMED,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, columns)
        counted = {number: counts for number, *counts in cursor.fetchall()}
    return [counted.get(number) for number in range(1, len(asked) + 1)]


def _gaps(lines: dict[tuple[int, Period], list[Line]]) -> dict[tuple[int, Period], list[Gap]]:
    """The first gaps of each sheet, measure by measure. Two queries."""
    every = [line for some in lines.values() for line in some]
    segments = Segment.objects.in_bulk({pk for line in every for pk in line.gaps})
    absences = Absence.objects.select_related("segment").in_bulk({pk for line in every for pk in line.absences})
    return {key: [gap for line in some for gap in _gaps_of(line, segments, absences)][:NAMED]
            for key, some in lines.items()}  # fmt: skip


def _gaps_of(line: Line, segments: dict[int, Segment], absences: dict[int, Absence]) -> list[Gap]:
    measure = line.definition.measure
    said = [absences[pk] for pk in line.absences]
    return [
        *(Gap(measure, segments[pk], line.deadline) for pk in line.gaps),
        *(Gap(measure, absence.segment, line.deadline, absence.reason) for absence in said),
    ]


# `own` are the series of the source of record, else of the first that reports, each with its figure of the period and,
# of the whole and where there is none, its last one of the periods looked back through: looking at every cell is most
# of what this costs. What was reported then is expected again, unless it is too small a part of the whole that was.
COUNTED = """
    WITH asked AS MATERIALIZED (
        SELECT a.n, a.measure, a.first, a.start, coalesce(a.source, reporting.source_id) AS source
        FROM unnest(%(measures)s::bigint[], %(sources)s::bigint[], %(firsts)s::date[], %(starts)s::date[])
             WITH ORDINALITY AS a(measure, source, first, start, n)
        LEFT JOIN LATERAL (
            SELECT s.source_id FROM metrics_series s
            WHERE a.source IS NULL AND s.measure_id = a.measure AND EXISTS (
                SELECT FROM metrics_reading r WHERE r.series_id = s.id AND r.period_start BETWEEN a.first AND a.start)
            ORDER BY s.id LIMIT 1) reporting ON true
    ), own AS MATERIALIZED (
        SELECT asked.n, s.segment_id, before.size, given.observation_id
        FROM asked JOIN metrics_series s ON s.measure_id = asked.measure AND s.source_id = asked.source
        LEFT JOIN LATERAL (
            SELECT observation_id FROM metrics_reading
            WHERE series_id = s.id AND period_start = asked.start LIMIT 1) given ON true
        LEFT JOIN LATERAL (
            SELECT coalesce(denominator, abs(value)) AS size FROM metrics_reading
            WHERE (given.observation_id IS NULL OR s.segment_id = %(whole)s)
              AND series_id = s.id AND period_start >= asked.first AND period_start < asked.start
            ORDER BY period_start DESC LIMIT 1) before ON true
    ), whole AS (
        SELECT n, %(missed_from)s * size AS least FROM own WHERE segment_id = %(whole)s
    ), said AS (
        SELECT DISTINCT ON (asked.n, b.segment_id) asked.n, b.segment_id, b.id AS absence
        FROM asked JOIN metrics_absence b ON b.measure_id = asked.measure AND b.period_start = asked.start
        ORDER BY asked.n, b.segment_id, b.id DESC
    ), expected AS (
        SELECT own.n, own.segment_id, own.observation_id, own.size IS NOT NULL AS is_told,
               own.size < coalesce(whole.least, 0) AS is_small
        FROM own LEFT JOIN whole ON whole.n = own.n
    ), attested AS MATERIALIZED (
        SELECT observations, absences FROM metrics_attestation WHERE period_start = ANY (%(days)s::date[])
    ), cell AS (
        SELECT n, segment_id, observation_id IS NOT NULL OR absence IS NOT NULL AS is_answered,
               coalesce(NOT is_small, true) AS is_owed, CASE WHEN observation_id IS NULL THEN absence END AS absence,
               observation_id IN (SELECT unnest(observations) FROM attested)
               OR observation_id IS NULL AND absence IN (SELECT unnest(absences) FROM attested) AS is_attested
        FROM expected FULL JOIN said USING (n, segment_id)
        WHERE is_told OR observation_id IS NOT NULL OR absence IS NOT NULL
    )
    SELECT n, count(*) FILTER (WHERE is_owed OR is_answered), count(*) FILTER (WHERE is_answered),
           count(*) FILTER (WHERE is_owed AND NOT is_answered),
           count(*) FILTER (WHERE is_answered AND is_attested IS NOT TRUE), count(absence),
           coalesce((array_agg(segment_id ORDER BY segment_id)
                     FILTER (WHERE is_owed AND NOT is_answered))[1:%(named)s], '{}'),
           coalesce((array_agg(absence ORDER BY absence) FILTER (WHERE absence IS NOT NULL))[1:%(named)s], '{}')
    FROM cell GROUP BY n
"""
