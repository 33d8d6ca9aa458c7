"""A sheet's figures on their way in, as in its grid: drafted, looked at, handed in as they were seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.callers import actor_of, person_of, scope_of
from metrics.api.forms import drafts as forms
from metrics.api.views.sheets import tag_of_sheet
from metrics.handing_in import confirming as handing_in
from metrics.handing_in.blank import FORMS, name_of
from metrics.handing_in.preview import Preview
from metrics.handing_in.sheets import Cell, Sheet
from metrics.ingestion.segments import key_of
from metrics.models import Draft, Source
from truthgov.actor import Appointed
from truthgov.errors import InvalidInput
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.bodies import read_act
from truthgov.rest.negotiation import WhateverIsAccepted
from truthgov.rest.tags import require_match, tagged
from truthgov.rest.views import ApiView, read_query

GIVEN = ("value", "numerator", "denominator", "note")
REFUSED = "Some figures cannot be drafted; see errors."


@dataclass(frozen=True)
class Drafted:
    """The caller's draft of a sheet, kept or empty, and what would become of it."""

    sheet: Sheet
    draft: Draft
    preview: Preview

    @classmethod
    def of(cls, sheet: Sheet, by: Appointed) -> "Drafted":
        scope, code = sheet.scope, sheet.period.code
        draft = Draft.objects.of(by.person, scope, code).first() or Draft(person=by.person, scope=scope, code=code)
        return cls(sheet, draft, handing_in.preview(sheet, draft, by=by))

    @property
    def tag(self) -> str:
        return f'"{self.preview.digest}"'


class SheetView(ApiView):
    """Of those who deliver a sheet's figures."""

    permission_classes = [PersonOnly]
    kind = ""

    def sheet(self, request: Request, code: str, period: str) -> tuple[Sheet, Appointed]:
        """The sheet, and the caller under the appointment by which they deliver it."""
        scope = scope_of(request, self.kind, code)
        sheet, appointment = access.sheet_to_submit(person_of(request), scope.pk, period)
        return sheet, actor_of(request).acting_under(appointment)


class SheetTemplate(SheetView):
    """The rows that are due, to be filled in and sent back as an upload."""

    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        summary="Template of a sheet",
        parameters=[forms.TemplateQuery],
        responses={(200, form.media_type.partition(";")[0]): OpenApiTypes.BINARY for form in FORMS.values()},
    )
    def get(self, request: Request, code: str, period: str) -> HttpResponse:
        """As CSV, or as a workbook with a sheet that explains."""
        sheet, _ = self.sheet(request, code, period)
        ending = read_query(request, forms.TemplateQuery)["form"]
        saved = {"Content-Disposition": f'attachment; filename="{name_of(sheet, ending)}"'}
        return HttpResponse(FORMS[ending].write(sheet), content_type=FORMS[ending].media_type, headers=saved)


class SheetDraft(SheetView):
    """What the caller is about to hand in."""

    is_tagged = True

    @extend_schema(summary="Your draft of a sheet", responses=forms.DraftForm)
    def get(self, request: Request, code: str, period: str) -> Response:
        """Yours alone, with what would become of each figure today; its tag is of just that."""
        return _told(Drafted.of(*self.sheet(request, code, period)))

    @extend_schema(summary="Draft the figures of a sheet", request=forms.DraftedForm, responses=forms.DraftForm)
    def put(self, request: Request, code: str, period: str) -> Response:
        """In the place of an earlier draft; a figure that is refused says why, and at which field."""
        sheet, by = self.sheet(request, code, period)
        given = read_act(request, forms.DraftedForm)
        require_match(request, Drafted.of(sheet, by).tag)
        if given["figures"]:
            entries = _entries(sheet, given["figures"], source_named(given["source"]))
            Draft.objects.keep(by.person, sheet.scope, sheet.period.code, entries, given["source"])
        else:
            Draft.objects.of(by.person, sheet.scope, sheet.period.code).delete()
        return _told(Drafted.of(sheet, by))


class DraftDelivery(SheetView):
    """The word that stores what was drafted."""

    is_tagged = True

    @extend_schema(summary="Hand a draft in", request=forms.HandInForm, responses={201: forms.HandedInForm})
    def post(self, request: Request, code: str, period: str) -> Response:
        """All of it or nothing, as it was seen, which If-Match says with the tag of the draft."""
        sheet, by = self.sheet(request, code, period)
        given, drafted = read_act(request, forms.HandInForm), Drafted.of(sheet, by)
        require_match(request, drafted.tag)
        submission = handing_in.hand_in(sheet, seen=drafted.preview.digest, attested=given["attested"], by=by)
        stored = access.sheet_to_read(by.person, sheet.scope.pk, period)
        address = (
            reverse("metrics:api:batch", args=[submission.pk])
            if submission
            else reverse(f"metrics:api:{self.kind}_sheet", args=[code, period])
        )
        told = {"pk": submission.pk if submission else None, "attested": stored.is_attested}
        return tagged(forms.HandedInForm(told).data, status=201, tag=tag_of_sheet(stored), Location=address)


def _told(drafted: Drafted) -> Response:
    return tagged(forms.DraftForm(drafted).data, tag=drafted.tag)


def source_named(code: str) -> str:
    """The code of a source that figures are handed in from; empty for none, InvalidInput for another."""
    if code and not Source.objects.handed_in_from().filter(code=code).exists():
        raise InvalidInput("The figures cannot come from there.", {"source": "No such source; see /api/v1/sources."})
    return code


def _entries(sheet: Sheet, figures: Iterable[Mapping[str, Any]], source: str) -> dict[str, dict[str, str]]:
    """What is said, by the key of its cell. InvalidInput, at each figure, for what is not due, said twice, or of
    nobody's source."""
    due = {(cell.measure.code, cell.segment.key): cell for cell in sheet.cells}
    entries: dict[str, dict[str, str]] = {}
    faults = {}
    for number, figure in enumerate(figures):
        cell = due.get((figure["measure"], key_of(figure["segment"])))
        if fault := _fault(cell, entries, source):
            faults[f"figures/{number}/measure"] = fault
        elif cell:
            entries[cell.key] = {name: figure[name] for name in GIVEN}
    if faults:
        raise InvalidInput(REFUSED, faults)
    return entries


def _fault(cell: Cell | None, entries: Mapping[str, Any], source: str) -> str:
    if cell is None:
        return "No such figure is due on this sheet in this segment."
    if cell.key in entries:
        return "Another figure of the list is the same; keep one of them."
    return "" if cell.source or source else "It never came before: say in source where it comes from."
