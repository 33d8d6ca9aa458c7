"""How far each measure's figures can be relied on, period by period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.models import Journey
from metrics.api.callers import functions_of, known, named
from metrics.api.figures import moment_of, periods_of
from metrics.api.forms.trust import TrustForm, TrustQuery
from metrics.dictionary.target_conditions import trust_needed
from metrics.models import Definition, Measure
from metrics.trust import radars
from metrics.trust.lines import TrustLine, line_of_measure
from truthgov import clock
from truthgov.models import AuditEntry, Function
from truthgov.periods import Grain, Period
from truthgov.rest.views import ApiView, page_of, read_query


@dataclass(frozen=True, slots=True)
class Trusted:
    """A measure in a period, with its trust."""

    measure: Measure
    period: Period
    line: TrustLine


class Trust(ApiView):
    """How far figures can be relied on: six axes, never better than the worst of them."""

    @extend_schema(summary="Trust of measures", parameters=[TrustQuery], responses=TrustForm(many=True))
    def get(self, request: Request) -> Response:
        """In the order of the measures' codes; a key sees those of its functions."""
        query = read_query(request, TrustQuery)
        entry = known(AuditEntry.objects.filter(pk=moment_of(query["known_on"]))) if "known_on" in query else None
        moment = entry.pk if entry else None
        periods = _periods(query, clock.local_day(entry.at) if entry else clock.today())
        measures = _measures(request, query, periods)
        return page_of(request, measures, query, ("code",), TrustForm, lambda page: _judged(page, periods, moment))


def _periods(query: Mapping[str, Any], day: date) -> list[Period]:
    """Those that the query names, else of each grain the last that was over on a day."""
    if "period" in query:
        return periods_of(query["period"])
    return [Period.last_complete(day, grain) for grain in Grain]


def _measures(request: Request, query: Mapping[str, Any], periods: Sequence[Period]) -> QuerySet[Measure]:
    """The measures asked for that the caller sees and that are reported in such periods."""
    defined = Definition.objects.approved().filter(grain__in=[period.grain.value for period in periods])
    measures = functions_of(request, Measure.objects.filter(pk__in=defined.values("measure")), "function")
    if "measure" in query:
        measures = measures.filter(pk=named(Measure.objects.all(), query["measure"]).pk)
    if "function" in query:
        measures = measures.filter(function=named(Function.objects.all(), query["function"]))
    if "journey" in query:
        measures = measures.filter(journey=named(Journey.objects.all(), query["journey"]))
    return measures


def _judged(page: Sequence[Measure], periods: Sequence[Period], moment: int | None) -> list[Trusted]:
    """The measures of a page that a definition holds for, now or as known at a moment.

    The same number of queries for any page.
    """
    numbers = [measure.pk for measure in page]
    found = radars(numbers, periods, moment)
    needed = {period: trust_needed(numbers, on=period.last_day, known_at=moment) for period in periods}
    return [
        Trusted(measure, period, line_of_measure(measure, radar, needed[period]))
        for measure in page for period in periods if (radar := found.get((measure.pk, period.start)))
        and radar.period == period
    ]  # fmt: skip
