"""A sheet's template to take away, and the file that comes back filled in."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from metrics import access, handing_in, sheet_files, sheet_workbooks
from metrics.models import Draft
from metrics.sheets import Sheet
from metrics.upload_forms import UploadForm
from truthgov.export import lines
from truthgov.http import PersonRequest, go_to, signed_in

BOM = "\ufeff"


@require_safe
@signed_in
def csv_template(request: PersonRequest, scope: int, code: str) -> HttpResponseBase:
    """The due rows as CSV; its mark tells a spreadsheet that it is UTF-8."""
    owed, _ = access.sheet_to_submit(request.person, scope, code)
    text = BOM + "".join(lines(sheet_files.columns(owed), sheet_files.rows(owed)))
    return _saved(text.encode(), "text/csv; charset=utf-8", _name(owed, "csv"))


@require_safe
@signed_in
def xlsx_template(request: PersonRequest, scope: int, code: str) -> HttpResponseBase:
    """The due rows as a workbook, with a sheet that explains."""
    owed, _ = access.sheet_to_submit(request.person, scope, code)
    return _saved(sheet_workbooks.workbook(owed), sheet_workbooks.MEDIA_TYPE, _name(owed, "xlsx"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def file(request: PersonRequest, scope: int, code: str) -> HttpResponse:
    """Send a filled-in file: refused at row and column, or kept as the draft that the preview shows."""
    owed, appointment = access.sheet_to_submit(request.person, scope, code)
    form = UploadForm(owed, *(request.POST, request.FILES) if request.method == "POST" else ())
    if form.is_valid():
        draft = form.draft(request.person)
        shown = handing_in.preview(owed, draft, by=request.actor.acting_under(appointment))
        form.refuse(shown.refused)
        if not form.faults:
            Draft.objects.keep(request.person, owed.scope, code, draft.entries, draft.source, draft.file)
            messages.info(request, f"{draft.file} was read as {form.read_as}. Nothing is stored until you confirm.")
            return go_to(request, reverse("metrics:preview", args=[owed.scope.pk, code]))
    context = {"title": f"{owed.scope}, {owed.period}", "sheet": owed, "form": form}
    return render(request, "metrics/file.html", context, status=422 if form.is_bound else 200)


def _name(owed: Sheet, suffix: str) -> str:
    return f"truthgov-{owed.scope.pk}-{owed.period.code}.{suffix}"


def _saved(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
