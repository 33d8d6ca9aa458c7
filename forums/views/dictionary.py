from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums.dictionary import dictionary
from forums.dictionary_forms import DefinitionForm, DictionaryForm, SegmentForm
from forums.figure_page import figure_page
from forums.measure_page import measure_page
from metrics import access
from metrics.defining import approve_definition, definer_of, propose_definition, withdraw_definition
from metrics.models import Definition
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.periods import Grain, Period


@require_safe
@signed_in
def entries(request: PersonRequest) -> HttpResponse:
    """The dictionary: its search stands in the address."""
    form = DictionaryForm(request.GET)
    shown = {"form": form, "dictionary": dictionary(form, request.GET)}
    return render(request, "forums/dictionary/entries.html", shown)


@require_safe
@signed_in
def measure(request: PersonRequest, code: str) -> HttpResponse:
    entry = access.measure_to_read(request.person, code)
    form = SegmentForm(request.GET, measure=entry)
    page = measure_page(entry, form.chosen())
    may_define = definer_of(entry, request.person) is not None
    shown = {"page": page, "measure": entry, "form": form, "may_define": may_define}
    return render(request, "forums/dictionary/measure.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def definition_new(request: PersonRequest, code: str) -> HttpResponse:
    """A new version of a definition, proposed for another person to approve."""
    entry = access.measure_to_define(request.person, code)
    current = entry.definitions.approved().order_by("-version").first()
    if current is None:
        raise Http404
    form = DefinitionForm(request.POST or None, current=current)
    if form.is_valid():
        given = form.cleaned_data
        propose_definition(
            entry, form.terms, starts_on=given["starts_on"], rationale=given["rationale"], by=request.actor
        )
        return redirect("forums:measure", code)
    shown = {"form": form, "measure": entry, "current": current}
    return render(request, "forums/dictionary/definition_new.html", shown, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def definition_approval(request: PersonRequest, code: str, version: int) -> HttpResponse:
    entry = access.measure_to_define(request.person, code)
    approve_definition(get_object_or_404(Definition, measure=entry, version=version), by=request.actor)
    return go_to(request, reverse("forums:measure", args=[code]))


@require_POST
@signed_in
def definition_withdrawal(request: PersonRequest, code: str, version: int) -> HttpResponse:
    entry = access.measure_to_define(request.person, code)
    withdraw_definition(get_object_or_404(Definition, measure=entry, version=version), by=request.actor)
    return go_to(request, reverse("forums:measure", args=[code]))


@require_safe
@signed_in
def figure(request: PersonRequest, code: str, period: str) -> HttpResponse:
    """A figure followed to its observations, their submissions, sources and definition versions."""
    entry = access.measure_to_read(request.person, code)
    segment = SegmentForm(request.GET, measure=entry).chosen()
    versions = list(entry.definitions.approved())
    if segment is None or not versions:
        raise Http404
    page = figure_page(entry, segment, _period(period, versions[0].grain), versions)
    return render(request, "forums/dictionary/figure.html", {"page": page, "measure": entry})


def _period(text: str, grain: str) -> Period:
    try:
        return Period.parse(text, Grain(grain))
    except ValueError as unreadable:
        raise Http404 from unreadable
