from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from journeys.access import journey_to_read
from journeys.models import Journey
from metrics import access
from metrics.trust.pages import following, measure_trust, overview, scope_trust
from truthgov import clock
from truthgov.http import PersonRequest, signed_in
from truthgov.knowledge import day_asked
from truthgov.models import Function
from truthgov.periods import Grain, Period


@require_safe
@signed_in
def trust(request: PersonRequest) -> HttpResponse:
    """Every function and journey, the least reliable first."""
    known_on = day_asked(request.GET.get("known_on", ""))
    month = _asked(request, Grain.MONTH, known_on)
    context = {
        "month": month, "lines": overview(month, known_on), "earlier": month.shift(-1), "later": following(month),
        "known_on": known_on, "today": clock.today(),
    }  # fmt: skip
    return render(request, "metrics/trust/overview.html", context)


@require_safe
@signed_in
def of_measure(request: PersonRequest, code: str) -> HttpResponse:
    measure = access.measure_to_read(request.person, code)
    known_on = day_asked(request.GET.get("known_on", ""))
    page = measure_trust(measure, _asked(request, access.grain_to_read(measure), known_on), known_on)
    context = {"page": page, "measure": measure, "known_on": known_on, "today": clock.today()}
    return render(request, "metrics/trust/measure.html", context)


@require_safe
@signed_in
def of_function(request: PersonRequest, code: str) -> HttpResponse:
    return _of_scope(request, access.function_to_read(request.person, code))


@require_safe
@signed_in
def of_journey(request: PersonRequest, code: str) -> HttpResponse:
    return _of_scope(request, journey_to_read(request.person, code))


def _of_scope(request: PersonRequest, scope: Function | Journey) -> HttpResponse:
    known_on = day_asked(request.GET.get("known_on", ""))
    page = scope_trust(scope, _asked(request, Grain.MONTH, known_on), known_on)
    context = {"page": page, "scope": scope, "known_on": known_on, "today": clock.today()}
    return render(request, "metrics/trust/scope.html", context)


def _asked(request: PersonRequest, grain: Grain, known_on: date | None) -> Period:
    """The period that the address names, else the last that was over on the day asked for; 404 where it names none."""
    text = request.GET.get("period", "")
    try:
        return Period.parse(text, grain) if text else Period.last_complete(known_on or clock.today(), grain)
    except ValueError as unreadable:
        raise Http404 from unreadable
