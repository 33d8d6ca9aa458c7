"""What becomes of a definition: a version is proposed, reviewed, commented on, approved, rejected or withdrawn."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from forums.measures.definition_forms import CommentForm, DefinitionForm, RetirementForm
from forums.meetings.forms import ReasonForm, input_of
from metrics import access
from metrics.dictionary.defining import approve_definition, propose_retirement
from metrics.dictionary.reviewing import begin_review, comment, reject_definition, withdraw_definition
from metrics.models import Definition, Measure
from truthgov.http import PersonRequest, go_to, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def definition_new(request: PersonRequest, code: str) -> HttpResponse:
    """A new version of a definition, proposed for another person to approve."""
    entry = access.measure_to_define(request.person, code)
    current = _current(entry)
    form = DefinitionForm(request.POST or None, current=current)
    if form.is_valid() and form.propose(by=request.actor):
        return redirect("forums:measure", code)
    shown = {"form": form, "measure": entry, "current": current, "waiting": entry.definitions.waiting().first()}
    return render(request, "forums/dictionary/definition_new.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def retirement_new(request: PersonRequest, code: str) -> HttpResponse:
    """That a measure ends, proposed for another person to approve."""
    entry = access.measure_to_define(request.person, code)
    form = RetirementForm(request.POST or None, current=_current(entry))
    if form.is_valid():
        propose_retirement(entry, **form.cleaned_data, by=request.actor)
        return redirect("forums:measure", code)
    shown = {"form": form, "measure": entry}
    return render(request, "forums/dictionary/retirement_new.html", shown, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def definition_review(request: PersonRequest, code: str, version: int) -> HttpResponse:
    begin_review(access.definition_to_decide(request.person, code, version), by=request.actor)
    return _entry(request, code)


@require_POST
@signed_in
def definition_approval(request: PersonRequest, code: str, version: int) -> HttpResponse:
    approve_definition(access.definition_to_decide(request.person, code, version), by=request.actor)
    return _entry(request, code)


@require_POST
@signed_in
def definition_rejection(request: PersonRequest, code: str, version: int) -> HttpResponse:
    definition = access.definition_to_decide(request.person, code, version)
    reject_definition(definition, reason=input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return _entry(request, code)


@require_POST
@signed_in
def definition_withdrawal(request: PersonRequest, code: str, version: int) -> HttpResponse:
    definition = access.definition_to_decide(request.person, code, version)
    withdraw_definition(definition, reason=input_of(ReasonForm(request.POST))["reason"], by=request.actor)
    return _entry(request, code)


@require_POST
@signed_in
def definition_comments(request: PersonRequest, code: str, version: int) -> HttpResponse:
    definition = access.definition_to_comment(request.person, code, version)
    comment(definition, input_of(CommentForm(request.POST))["text"], by=request.actor)
    return _entry(request, code)


def _current(measure: Measure) -> Definition:
    """The version that a new one starts from; 404 where none was approved yet."""
    current = measure.definitions.approved().order_by("-version").first()
    if current is None:
        raise Http404
    return current


def _entry(request: PersonRequest, code: str) -> HttpResponse:
    return go_to(request, reverse("forums:measure", args=[code]))
