"""How far figures can be relied on: late, incomplete, disputed or implausible ones leave an outcome unknown.

For the whole, in one period, as known now or at a moment of knowledge; a fixed number of queries however many measures.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from metrics import known
from metrics.holding import by_measure, holding, shown_source
from metrics.models import Contradiction, Definition, Observation, Reading, Series, Signal, SourceOfRecord
from truthgov import clock
from truthgov.models import AuditEntry
from truthgov.periods import Grain, Period

IMPLAUSIBLE = "factor_of_1000"
"""The notice intake leaves on a figure a thousand times its neighbours, or a thousandth of them."""
WHOLE = "{}"
MISSED_FROM = Decimal("0.01")
"""The share of the whole from which a part is missed when it is silent: a smaller one may have nothing to report."""


class State(StrEnum):
    TRUSTED = "trusted"
    AWAITED = "awaited"
    LATE = "late"
    INCOMPLETE = "incomplete"
    DISPUTED = "disputed"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether a measure's figure of a period can be relied on, and why not, in a sentence."""

    state: State
    why: str = ""

    @property
    def is_given(self) -> bool:
        return self.state is State.TRUSTED


TRUSTED = Trust(State.TRUSTED)


def trust_of(measures: Collection[int], period: Period, known_at: int | None = None) -> dict[int, Trust]:
    """The trust of each measure's figure for the whole; those of another grain than the period's are left out.

    `known_at` is an audit entry's number: what was known then, judged by the date it was made.
    """
    at = _moment(known_at)
    definitions = _definitions(measures, period, at)
    shown = _shown_wholes(definitions, period, at)
    figures = known.figures([series.pk for series in shown.values()], period.start, period.start, known_at=known_at)
    implausible = _implausible([figure.observation for figure in figures.values()])
    disputed = _disputed(definitions, period, at)
    absent = _absent_parts(shown, period, known_at)
    answer = {}
    for measure, definition in definitions.items():
        series = shown.get(measure)
        whole = figures.get((series.pk, period.start)) if series else None
        if whole is None:
            answer[measure] = _missing(definition, period, at)
        elif whole.observation in implausible:
            answer[measure] = Trust(State.IMPLAUSIBLE, "The figure is a thousand times off its neighbours.")
        elif measure in disputed:
            answer[measure] = Trust(State.DISPUTED, "Two sources report it differently, beyond the tolerance agreed.")
        else:
            answer[measure] = _complete(absent.get(measure, 0), period)
    return answer


def doubted_periods(case: Contradiction, *, since: date) -> set[date]:
    """Periods (their first days) whose figures in a case's segment are implausible or disputed; they prove nothing."""
    parties = [case.measure_id, *([case.other_measure_id] if case.other_measure_id else [])]
    series = Series.objects.filter(measure__in=parties, segment=case.segment_id)
    current = Reading.objects.filter(series__in=series, period_start__gte=since, notices__contains=[IMPLAUSIBLE])
    doubted = set(current.values_list("period_start", flat=True))
    if case.kind != Contradiction.Kind.SOURCE_DISAGREEMENT:
        disputes = _disputes(parties, case.segment_id).filter(period_start__gte=since)
        doubted |= set(disputes.values_list("period_start", flat=True))
    return doubted


def _moment(known_at: int | None) -> datetime:
    if known_at is None:
        return clock.now()
    return AuditEntry.objects.values_list("at", flat=True).get(number=known_at)


def _definitions(measures: Collection[int], period: Period, at: datetime) -> dict[int, Definition]:
    """The version of each measure in force for the period, as known then, of those that have its grain."""
    histories = Definition.objects.filter(measure__in=measures, approved_at__lte=at).histories()
    held = {measure: holding(versions, period.start) for measure, versions in histories.items()}
    return {measure: each for measure, each in held.items() if each and Grain(each.grain) is period.grain}


def _shown_wholes(measures: Collection[int], period: Period, at: datetime) -> dict[int, Series]:
    """By measure, the series of the whole that is shown: of the source of record, else the first that reported."""
    named = SourceOfRecord.objects.filter(measure__in=measures, named_at__lte=at).histories()
    reporting = by_measure(Series.objects.filter(measure__in=measures, segment__key=WHOLE).order_by("pk"))
    shown = {}
    for measure, many in reporting.items():
        of_source = {series.source_id: series for series in many}
        source = shown_source(named.get(measure, []), list(of_source), period.start)
        if source:
            shown[measure] = of_source[source]
    return shown


def _absent_parts(shown: dict[int, Series], period: Period, known_at: int | None) -> dict[int, int]:
    """By measure, how many parts that would be missed reported the period before, and not yet in this one."""
    given = GIVEN_NOW if known_at is None else GIVEN_THEN
    asked: dict[str, Any] = {
        "measures": list(shown), "sources": [series.source_id for series in shown.values()],
        "wholes": [series.pk for series in shown.values()], "missed": MISSED_FROM,
        "start": period.start, "before": period.shift(-1).start, "entry": known_at,
    }  # fmt: skip
    looked_at = {
        "now": given.format(series="s.id", day="start"),
        "part": given.format(series="s.id", day="before"),
        "whole": given.format(series="asked.whole", day="before"),
    }
    with connection.cursor() as cursor:
        cursor.execute(ABSENT.format(**looked_at), asked)
        return dict(cursor.fetchall())


def _implausible(observations: list[int]) -> set[int]:
    doubted = Observation.objects.filter(pk__in=observations, notices__contains=[IMPLAUSIBLE])
    return set(doubted.values_list("pk", flat=True))


def _disputed(measures: Collection[int], period: Period, at: datetime) -> set[int]:
    standing = _disputes(measures, None).filter(period_start=period.start, at__lte=at)
    return set(standing.values_list("contradiction__measure", flat=True))


def _disputes(measures: Collection[int], segment: int | None) -> QuerySet[Signal]:
    """Standing signals that two sources disagree on these measures, in a segment or, without one, on the whole."""
    where = Q(segment=segment) if segment else Q(segment__key=WHOLE)
    return Signal.objects.filter(
        where, withdrawal__isnull=True, contradiction__kind=Contradiction.Kind.SOURCE_DISAGREEMENT,
        contradiction__measure__in=measures, contradiction__status__in=Contradiction.LIVE,
    )  # fmt: skip


def _missing(definition: Definition, period: Period, at: datetime) -> Trust:
    due = period.end + timedelta(days=definition.freshness_days)
    if timezone.localdate(at, timezone.get_default_timezone()) < due:
        return Trust(State.AWAITED, f"Not reported yet; promised by {due:%-d %B %Y}.")
    return Trust(State.LATE, f"No figure has come; it was promised by {due:%-d %B %Y}.")


def _complete(absent: int, period: Period) -> Trust:
    if not absent:
        return TRUSTED
    parts = "1 part" if absent == 1 else f"{absent} parts"
    return Trust(State.INCOMPLETE, f"{parts} that reported the {period.grain} before: not reported yet.")


GIVEN_NOW = """
    SELECT coalesce(denominator, abs(value)) AS size FROM metrics_reading
    WHERE series_id = {series} AND period_start = %({day})s
"""
GIVEN_THEN = """
    SELECT coalesce(o.denominator, abs(o.value)) AS size
    FROM metrics_observation o JOIN metrics_submission d ON d.id = o.submission_id
    WHERE o.series_id = {series} AND o.period_start = %({day})s AND d.entry <= %(entry)s ORDER BY o.id DESC LIMIT 1
"""
ABSENT = """
    SELECT asked.measure, count(*)
    FROM unnest(%(measures)s::bigint[], %(sources)s::bigint[], %(wholes)s::bigint[]) AS asked(measure, source, whole)
    JOIN metrics_series s ON s.measure_id = asked.measure AND s.source_id = asked.source AND s.id <> asked.whole
    JOIN LATERAL ({part}) part ON true
    LEFT JOIN LATERAL ({whole}) whole ON true
    WHERE NOT EXISTS ({now}) AND part.size >= coalesce(%(missed)s * whole.size, 0)
    GROUP BY asked.measure
"""
