"""Which figures a list of the API shows: what its query asks for, and what the caller may see."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from metrics.api.callers import Row, known, sources_of
from metrics.figures.named_periods import in_periods
from metrics.ingestion import segments
from metrics.models import Measure, Segment, Series, Source
from truthgov import audit, clock
from truthgov.models import Key
from truthgov.periods import Period, periods_named
from truthgov.rest.problems import Problem, error

LAST_ENTRY = 2**63 - 1
"""The largest number that an audit entry can have."""


def narrowed(rows: QuerySet[Row], query: Mapping[str, Any], request: Request) -> QuerySet[Row]:
    """Those of the figures that the query asks for and the caller may see. Http404 for what is not known."""
    series = sources_of(request, Series.objects.all(), "source")
    if "measure" in query:
        series = series.filter(measure=known(Measure.objects.filter(code=query["measure"])))
    if "source" in query:
        series = series.filter(
            source=known(sources_of(request, Source.objects.all(), "pk").filter(code=query["source"]))
        )
    if "segment" in query:
        series = series.filter(segment=known(Segment.objects.filter(key=segment_key(query["segment"]))))
    if "period" in query:
        rows = rows.filter(in_periods(periods_of(query["period"]), "definition__grain"))
    asks_for_some = isinstance(request.auth, Key) or {"measure", "source", "segment"} & set(query)
    return rows.filter(series__in=series) if asks_for_some else rows


def moment_of(text: str) -> int:
    """The moment of knowledge that a caller names: an audit entry, or a date in the organisation's zone (its end).

    Problem 400 for one that is still to come: what is answered now would be answered otherwise then.
    """
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LAST_ENTRY:
        if int(text) > audit.known_now():
            raise _faulty("known_on", f"there is no audit entry {text} yet")
        return int(text)
    try:
        day = date.fromisoformat(text)
    except ValueError as fault:
        raise _faulty("known_on", "write a date such as 2026-10-31, or the number of an audit entry") from fault
    if day > clock.today():
        raise _faulty("known_on", "nobody knows yet what will be known then; name today or an earlier day")
    return audit.known_on(clock.end_of(day))


def periods_of(text: str) -> list[Period]:
    """The periods that a short form names. Problem 400 where it names none."""
    periods = periods_named(text)
    if not periods:
        raise _faulty("period", "write 2026-10, 2026-W41, 2026-10-05 or 2026-Q4")
    return periods


def segment_key(text: str) -> str:
    try:
        return segments.key_of(segments.read(text))
    except ValueError as fault:
        raise _faulty("segment", str(fault)) from fault


def _faulty(name: str, what: str) -> Problem:
    return Problem(400, "malformed", f"The parameter {name} is faulty.", [error(f"?{name}", "invalid", what)])
