from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums.measures.definition_forms import CommentForm
from forums.measures.dictionary import dictionary
from forums.measures.dictionary_forms import DictionaryForm, SegmentForm
from forums.measures.figure_page import figure_page
from forums.measures.measure_page import measure_page
from forums.meetings.forms import ReasonForm
from metrics import access
from metrics.dictionary.defining import definer_of
from metrics.dictionary.reviewing import may_comment
from truthgov.http import PersonRequest, signed_in
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
    shown = {
        "page": page, "measure": entry, "form": form, "may_comment": may_comment(request.person),
        "may_define": definer_of(entry, request.person) is not None,
        "reason_form": ReasonForm(), "comment_form": CommentForm(),
    }  # fmt: skip
    return render(request, "forums/dictionary/measure.html", shown)


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
