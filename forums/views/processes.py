"""A measure as a process, and how the limits of its chart are set anew."""

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from forums.measures.dictionary_forms import SegmentForm
from forums.measures.process_document import process_document
from forums.measures.process_page import ProcessPage, process_page
from forums.measures.rebasing_forms import RebasingForm
from forums.meetings.forms import ReasonForm, input_of
from metrics import access
from metrics.models import Measure, Rebasing, Segment
from metrics.rules.rebasing import approve_rebasing, propose_rebasing, rebaser_of, reject_rebasing, withdraw_rebasing
from truthgov import pdf
from truthgov.export import file_response
from truthgov.http import PersonRequest, go_to, signed_in


@require_safe
@signed_in
def process(request: PersonRequest, code: str) -> HttpResponse:
    """Its segment stands in the address."""
    entry = access.measure_to_read(request.person, code)
    return _page(request, entry, SegmentForm(request.GET, measure=entry))


@require_safe
@signed_in
def process_pdf(request: PersonRequest, code: str) -> HttpResponse:
    """The same as a document; there is none before the first figure."""
    entry = access.measure_to_read(request.person, code)
    page = process_page(entry, SegmentForm(request.GET, measure=entry).chosen())
    if page.course is None or page.chart is None:
        raise Http404
    made = process_document(entry, page, page.course, page.chart)
    return file_response(f"{entry.code}-process.pdf", pdf.MEDIA_TYPE, made, inline=True)


@require_POST
@signed_in
def rebasings(request: PersonRequest, code: str) -> HttpResponse:
    entry = access.measure_to_rebase(request.person, code)
    scope = SegmentForm(request.POST, measure=entry)
    page = process_page(entry, scope.chosen())
    if page.course is None:
        raise Http404
    form = RebasingForm(request.POST, course=page.course)
    if not form.is_valid():
        return _page(request, entry, scope, form)
    propose_rebasing(entry, page.course.segment, **form.cleaned_data, by=request.actor)
    return _chart(request, entry, page.course.segment)


@require_POST
@signed_in
def rebasing_approval(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    proposed = access.rebasing_to_decide(request.person, code, pk)
    approve_rebasing(proposed, by=request.actor)
    return _decided(request, proposed)


@require_POST
@signed_in
def rebasing_rejection(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    proposed = access.rebasing_to_decide(request.person, code, pk)
    reject_rebasing(proposed, **input_of(ReasonForm(request.POST)), by=request.actor)
    return _decided(request, proposed)


@require_POST
@signed_in
def rebasing_withdrawal(request: PersonRequest, code: str, pk: int) -> HttpResponse:
    proposed = access.rebasing_to_decide(request.person, code, pk)
    withdraw_rebasing(proposed, **input_of(ReasonForm(request.POST)), by=request.actor)
    return _decided(request, proposed)


def _decided(request: PersonRequest, rebasing: Rebasing) -> HttpResponse:
    return _chart(request, rebasing.measure, rebasing.segment)


def _chart(request: PersonRequest, measure: Measure, segment: Segment) -> HttpResponse:
    address = reverse("forums:process", args=[measure.code])
    return go_to(request, f"{address}?{urlencode({'segment': segment.key})}")


def _page(request: PersonRequest, measure: Measure, scope: SegmentForm, faulty: Form | None = None) -> HttpResponse:
    page: ProcessPage = process_page(measure, scope.chosen())
    may_rebase = page.course is not None and rebaser_of(measure, request.person) is not None
    shown = {
        "page": page, "measure": measure, "form": scope, "may_rebase": may_rebase, "reason_form": ReasonForm(),
        "rebasing_form": faulty or (RebasingForm(course=page.course) if may_rebase and page.course else None),
    }  # fmt: skip
    return render(request, "forums/processes/process.html", shown, status=422 if faulty else 200)
