from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forums import access
from forums.restatements.page import restatement_page
from forums.restatements.register import COLUMNS, RestatementFilter, register, sheet
from truthgov.errors import InvalidInput
from truthgov.export import csv_response
from truthgov.http import PersonRequest, signed_in


@require_safe
@signed_in
def restatements(request: PersonRequest) -> HttpResponse:
    """The register: every figure that was given before and given anew."""
    form = RestatementFilter(request.GET)
    found = register(form.narrow(), request.GET.get("cursor", "")) if form.is_valid() else None
    context = {"form": form, "register": found}
    return render(request, "forums/restatements/list.html", context, status=200 if found else 422)


@require_safe
@signed_in
def restatements_sheet(request: PersonRequest) -> HttpResponseBase:
    """What the filters find, as CSV."""
    form = RestatementFilter(request.GET)
    if not form.is_valid():
        raise InvalidInput("The filters cannot be read; correct them on the page of the register.")
    return csv_response("restatements", COLUMNS, sheet(form.narrow()))


@require_safe
@signed_in
def restatement(request: PersonRequest, pk: int) -> HttpResponse:
    page = restatement_page(access.restatement_to_read(request.person, pk))
    return render(request, "forums/restatements/restatement.html", {"page": page, "restatement": page.restatement})
