"""A sheet's template to take away, and the file that comes back filled in."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from metrics import access
from metrics.handing_in import confirming as handing_in
from metrics.handing_in.blank_sheets import KINDS, name_of
from metrics.handing_in.sheets import Sheet
from metrics.handing_in.upload_forms import UploadForm
from metrics.models import Draft, Upload
from truthgov.actor import Appointed
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.receiving import takes_large_files


@require_safe
@signed_in
def template(request: PersonRequest, scope: int, code: str, ending: str) -> HttpResponseBase:
    """The due rows to fill in, as CSV or as a workbook."""
    owed, _ = access.sheet_to_submit(request.person, scope, code)
    kind = KINDS[ending]
    response = HttpResponse(kind.write(owed), content_type=kind.media_type)
    response["Content-Disposition"] = f'attachment; filename="{name_of(owed, ending)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@takes_large_files
def file(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """Send a filled-in file: refused at row and column, kept as the draft that the preview shows, or read later."""
    owed, appointment = access.sheet_to_submit(request.person, scope, code)
    form = UploadForm(owed, *(request.POST, request.FILES) if request.method == "POST" else ())
    if form.is_valid() and (leads_to := _next_page(request, owed, form, request.actor.acting_under(appointment))):
        return go_to(request, leads_to)
    waiting = Upload.objects.filter(person=request.person, status__in=Upload.UNFINISHED).first()
    context = {"title": f"{owed.scope}, {owed.period}", "sheet": owed, "form": form, "waiting": waiting}
    return render(request, "metrics/file.html", context, status=422 if form.is_bound else 200)


def _next_page(request: PersonRequest, owed: Sheet, form: UploadForm, by: Appointed) -> str | None:
    """Where a file that was taken leads; None back to the form, with what is refused of it."""
    if form.is_large:
        return form.receive(by=by).get_absolute_url()
    draft = form.draft(by.person)
    form.refuse(handing_in.preview(owed, draft, by=by).refused)
    if form.faults:
        return None
    Draft.objects.keep(by.person, owed.scope, owed.period.code, draft.entries, draft.source, draft.file)
    messages.info(request, f"{draft.file} was read as {form.read_as}. Nothing is stored until you confirm.")
    return reverse("metrics:preview", args=[owed.scope.pk, owed.period.code])
