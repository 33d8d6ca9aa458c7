"""Figures as they stand, or as they stood at a moment of knowledge, for many series at once."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet

from metrics.models import Absence, Observation


class Known(NamedTuple):
    """The figure of a series in a period, with its row in the ledger and the definition it was given under."""

    value: Decimal
    numerator: Decimal | None
    denominator: Decimal | None
    observation: int
    definition: int


Cell = tuple[int, date]
"""A series and the first day of a period."""


def figures(series: Collection[int], first: date, last: date, *, known_at: int | None = None) -> dict[Cell, Known]:
    """The figures of these series in periods that start from `first` to `last`; one query.

    With `known_at` (an audit entry) what the ledger held then: of each cell the latest observation whose submission
    was known. Without, the readings.
    """
    asked: dict[str, Any] = {"series": list(series), "first": first, "last": last, "entry": known_at}
    with connection.cursor() as cursor:
        cursor.execute(AS_READ if known_at is None else AS_KNOWN, asked)
        return {(row[0], row[1]): Known._make(row[2:]) for row in cursor.fetchall()}


def observations_at(entry: int) -> QuerySet[Observation]:
    """Of each cell the observation that was its reading at an audit entry; `observation_id` is its own, as there."""
    later = Observation.objects.filter(
        series_id=OuterRef("series_id"), period_start=OuterRef("period_start"), id__gt=OuterRef("id"),
        submission__entry__lte=entry,
    )  # fmt: skip
    gone = Absence.objects.filter(
        series=OuterRef("series_id"), period_start=OuterRef("period_start"), withdraws__gte=OuterRef("id"),
        entry__lte=entry,
    )  # fmt: skip
    known = Observation.objects.filter(~Exists(later), ~Exists(gone), submission__entry__lte=entry)
    return known.annotate(observation_id=F("id"))


STANDS = """
    NOT EXISTS (SELECT FROM metrics_absence gone WHERE gone.series_id = o.series_id
        AND gone.period_start = o.period_start AND gone.withdraws >= o.id AND gone.entry <= %(entry)s)
"""
"""Of an observation `o`: neither it nor one that restated it was withdrawn at the moment of knowledge."""
AS_READ = """
    SELECT series_id, period_start, value, numerator, denominator, observation_id, definition_id
    FROM metrics_reading WHERE series_id = ANY (%(series)s) AND period_start BETWEEN %(first)s AND %(last)s
"""
AS_KNOWN = f"""
    SELECT DISTINCT ON (o.series_id, o.period_start)
           o.series_id, o.period_start, o.value, o.numerator, o.denominator, o.id, o.definition_id
    FROM metrics_observation o JOIN metrics_submission s ON s.id = o.submission_id
    WHERE o.series_id = ANY (%(series)s) AND o.period_start BETWEEN %(first)s AND %(last)s AND s.entry <= %(entry)s
      AND {STANDS}
    ORDER BY o.series_id, o.period_start, o.id DESC
"""  # noqa: S608 - STANDS is our own
