"""A large file on its way: how far it is, what would change, and the word that stores it or does without."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from metrics import access
from metrics.ingestion.segments import read as read_segment
from metrics.models import RefusedRow, RestatedRow
from metrics.uploads.interpreting import COLUMNS
from truthgov.export import csv_response
from truthgov.figures import EXACTLY
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.keyset import turn_to

SHOWN = 20
"""Rows on the page; the files to take away have all of them."""
RESTATED = ("row", "measure", "name", "period", "segment", "source", "old", "new", "difference", "old_numerator",
            "numerator", "old_denominator", "denominator", "note")  # fmt: skip


@require_safe
@signed_in
def upload(request: PersonRequest, pk: int) -> HttpResponse:
    """How far a file is; asked for again and again while a worker has it."""
    shown = access.upload_to_read(request.person, pk)
    template = "metrics/_upload.html" if request.htmx else "metrics/upload.html"
    told = [(row, _figure(row)) for row in shown.refused_rows.all()[:SHOWN]]
    restated = turn_to(request.GET.get("cursor", ""), shown.restated_rows.with_names(), ("row",), size=SHOWN)
    return render(request, template, {"upload": shown, "refused_rows": told, "restated": restated})


@require_POST
@signed_in
def confirmation(request: PersonRequest, pk: int) -> HttpResponse:
    """Store what was shown: whole, by a worker."""
    shown, appointment = access.upload_to_confirm(request.person, pk)
    shown.confirm(seen=request.POST.get("seen", ""), by=request.actor.acting_under(appointment))
    return go_to(request, shown.get_absolute_url())


@require_POST
@signed_in
def cancellation(request: PersonRequest, pk: int) -> HttpResponse:
    """Do without the file, whatever it is at."""
    shown = access.upload_to_read(request.person, pk)
    shown.cancel(by=request.actor)
    messages.success(request, f"{shown} is cancelled; nothing of it was stored.")
    return go_to(request, shown.get_absolute_url())


@require_safe
@signed_in
def refused(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Every refused row, with what stands in it and why it cannot be taken."""
    shown = access.upload_to_read(request.person, pk)
    rows = ((each.row, each.column, each.why, *each.said) for each in shown.refused_rows.iterator(chunk_size=2_000))
    return csv_response(f"refused-rows-{shown.pk}", ("row", "column", "why", *COLUMNS), rows)


@require_safe
@signed_in
def restated(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Every figure that the file would change, before and after."""
    shown = access.upload_to_read(request.person, pk)
    rows = map(_line, shown.restated_rows.with_names().order_by("row").iterator(chunk_size=2_000))
    return csv_response(f"restated-rows-{shown.pk}", RESTATED, rows)


def _line(row: RestatedRow) -> tuple[Any, ...]:
    figures = (row.old_value, row.value, EXACTLY.subtract(row.value, row.old_value), row.old_numerator, row.numerator,
               row.old_denominator, row.denominator)  # fmt: skip
    return (row.row, row.series.measure.code, row.series.measure.name, row.period.code, row.series.segment.key,
            row.series.source.code, *figures, row.reason)  # fmt: skip


def _figure(row: RefusedRow) -> str:
    """Which figure a row means, in words; a segment that cannot be read stands as it was written."""
    measure, period, segment, *_ = row.said
    try:
        cut = ", ".join(read_segment(segment).values())
    except ValueError:
        cut = segment
    return ", ".join(filter(None, (measure, period, cut)))
