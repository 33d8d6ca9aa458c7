import json

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from truthgov import access, checkpoints, trail, verification
from truthgov.errors import InvalidInput
from truthgov.export import csv_response
from truthgov.forms import AuditFilterForm
from truthgov.http import PersonRequest, signed_in
from truthgov.keyset import Page, turn_to
from truthgov.models import AuditEntry, AuditHead

PAGE = 50
VERIFIED_AT_ONCE = 200_000
"""Entries that one request verifies; a longer chain is for `manage.py verify_audit`."""


@require_safe
@signed_in
def audit(request: PersonRequest) -> HttpResponse:
    """Every act, latest first, found by what was done, who did it, to which record, and when."""
    form = AuditFilterForm(request.GET.dict())
    page: Page[AuditEntry] = Page([])
    if form.is_valid():
        found = trail.entries(**form.cleaned_data)
        page = turn_to(request.GET.get("cursor", ""), found, ("-number",), size=PAGE)
    context = {
        "form": form,
        "page": page,
        "lines": trail.worded(page.rows),
        "head": AuditHead.objects.get(),
        "checkpoint": checkpoints.latest(),
    }
    return render(request, "truthgov/audit.html", context, status=200 if form.is_valid() else 422)


@require_safe
@signed_in
def sheet(request: PersonRequest) -> HttpResponseBase:
    """The entries that the filters find, as CSV."""
    form = AuditFilterForm(request.GET.dict())
    if not form.is_valid():
        raise InvalidInput("The filters cannot be read; correct them on the page of the audit.")
    return csv_response("audit", trail.COLUMNS, trail.sheet(trail.entries(**form.cleaned_data)))


@require_safe
@signed_in
def entry(request: PersonRequest, number: int) -> HttpResponse:
    shown = access.entry_to_read(request.person, number)
    readable = access.may_read_data(request.person)
    context = {
        "line": trail.worded([shown])[0],
        "data": json.dumps(shown.data, indent=2, ensure_ascii=False, sort_keys=True) if readable else "",
        "readable": readable,
        "earlier": trail.worded(
            AuditEntry.objects.filter(subject_kind=shown.subject_kind, subject_id=shown.subject_id)[:20]
        ),
    }
    return render(request, "truthgov/entry.html", context)


@require_safe
@signed_in
def verification_page(request: PersonRequest) -> HttpResponse:
    """The whole chain, recomputed for whoever asks."""
    head = AuditHead.objects.get()
    found = verification.verify() if head.number <= VERIFIED_AT_ONCE else None
    context = {"head": head, "found": found, "public_key": checkpoints.public_key()}
    return render(request, "truthgov/verification.html", context)
