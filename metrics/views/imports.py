"""Files of the dictionary: handed in, looked at, proposed, approved by another; and the dictionary as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics import access
from metrics.dictionary.export import dictionary_as_it_stands
from metrics.dictionary_files.writing import WRITERS
from metrics.dictionary_import import proposing
from metrics.import_forms import ImportForm, WhyForm
from metrics.models import DictionaryImport
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.keyset import turn_to

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def imports(request: PersonRequest) -> HttpResponse:
    """What was handed in, and the form to hand in a file."""
    if request.method == "POST":
        access.import_to_start(request.person)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["file"].name
        handed_in = proposing.draft_import(name, form.content, form.answers, by=request.actor)
        return go_to(request, handed_in.get_absolute_url())
    context = {
        "form": form, "forms": WRITERS, "may_import": access.may_import(request.person),
        "page": turn_to(request.GET.get("cursor", ""), access.imports_to_read(request.person), ("-pk",), size=SHOWN),
    }  # fmt: skip
    return render(request, "metrics/imports.html", context, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def imported(request: PersonRequest, pk: int) -> HttpResponse:
    """What a file would change today, field by field, and what is wrong with it."""
    handed_in = access.import_to_read(request.person, pk)
    reading = proposing.reading_of(handed_in)
    open_ = handed_in.status in (DictionaryImport.Status.DRAFTED, DictionaryImport.Status.PROPOSED)
    context = {
        "handed_in": handed_in, "reading": reading, "form": WhyForm(),
        "plan": proposing.plan_of(reading, handed_in.proposed_by) if open_ else None,
        "is_own": handed_in.proposed_by == request.person,
        "may_approve": access.may_approve_imports(request.person) and handed_in.proposed_by != request.person,
    }  # fmt: skip
    return render(request, "metrics/import.html", context)


@require_POST
@signed_in
def proposal(request: PersonRequest, pk: int) -> HttpResponse:
    handed_in = access.import_to_propose(request.person, pk)
    proposing.propose_import(handed_in, reason=request.POST.get("reason", ""), by=request.actor)
    return go_to(request, handed_in.get_absolute_url())


@require_POST
@signed_in
def approval(request: PersonRequest, pk: int) -> HttpResponse:
    handed_in = access.import_to_approve(request.person, pk)
    proposing.approve_import(handed_in, seen=request.POST.get("seen", ""), by=request.actor)
    return go_to(request, handed_in.get_absolute_url())


@require_POST
@signed_in
def ending(request: PersonRequest, pk: int) -> HttpResponse:
    handed_in = access.import_to_end(request.person, pk)
    proposing.end_import(handed_in, reason=request.POST.get("reason", ""), by=request.actor)
    return go_to(request, handed_in.get_absolute_url())


@require_safe
@signed_in
def exported(request: PersonRequest, ending: str) -> HttpResponse:
    """The dictionary as it stands, as a file."""
    form = WRITERS.get(ending)
    if form is None:
        raise Http404
    response = HttpResponse(form.write(dictionary_as_it_stands()), content_type=form.media_type)
    response["Content-Disposition"] = f'attachment; filename="dictionary.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
