"""A sheet's figures on their way in, as in its grid: drafted, looked at, handed in as they were seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.forms import drafts as forms
from metrics.api.sheets import SheetView, require_source, tag_of_sheet
from metrics.handing_in import confirming as handing_in
from metrics.handing_in.blank_sheets import KINDS, name_of
from metrics.handing_in.preview import Preview, Standing
from metrics.handing_in.sheet_files import GIVEN
from metrics.handing_in.sheets import Sheet
from metrics.ingestion.segments import key_of
from metrics.models import Draft
from truthgov.actor import Appointed
from truthgov.errors import InvalidInput
from truthgov.rest.bodies import read_act
from truthgov.rest.negotiation import WhateverIsAccepted
from truthgov.rest.tags import require_match, tagged
from truthgov.rest.views import read_query

LARGEST = 4 * 1024 * 1024
"""Bytes of a draft: of as many figures as it may have, cut by some dimensions, with a note here and there."""


@dataclass(frozen=True)
class Drafted:
    """The caller's draft of a sheet, kept or empty, and what would become of it."""

    sheet: Sheet
    draft: Draft
    preview: Preview

    @classmethod
    def of(cls, sheet: Sheet, by: Appointed) -> Self:
        scope, code = sheet.scope, sheet.period.code
        draft = Draft.objects.of(by.person, scope, code).first() or Draft(person=by.person, scope=scope, code=code)
        return cls(sheet, draft, handing_in.preview(sheet, draft, by=by))

    @property
    def tag(self) -> str:
        return f'"{self.preview.digest}"'

    def answer(self) -> Response:
        return tagged(forms.DraftForm(self).data, tag=self.tag)


class SheetTemplate(SheetView):
    """The rows that are due, to be filled in and sent back as an upload."""

    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        summary="Template of a sheet",
        parameters=[forms.TemplateQuery],
        responses={(200, kind.media_type.partition(";")[0]): OpenApiTypes.BINARY for kind in KINDS.values()},
    )
    def get(self, request: Request, code: str, period: str) -> HttpResponse:
        """As CSV, or as a workbook with a sheet that explains."""
        sheet, _ = self.sheet(request, code, period)
        ending = read_query(request, forms.TemplateQuery)["form"]
        saved = {"Content-Disposition": f'attachment; filename="{name_of(sheet, ending)}"'}
        return HttpResponse(KINDS[ending].write(sheet), content_type=KINDS[ending].media_type, headers=saved)


class SheetDraft(SheetView):
    """What the caller is about to hand in."""

    is_tagged = True

    @extend_schema(summary="Your draft of a sheet", responses=forms.DraftForm)
    def get(self, request: Request, code: str, period: str) -> Response:
        """Yours alone, with what would become of each figure today; its tag is of what was typed and of that."""
        return Drafted.of(*self.sheet(request, code, period)).answer()

    @extend_schema(summary="Draft the figures of a sheet", request=forms.DraftingForm, responses=forms.DraftForm)
    def put(self, request: Request, code: str, period: str) -> Response:
        """In the place of an earlier draft; a figure that is refused says why, and at which field. Up to 4 MB."""
        sheet, by = self.sheet(request, code, period)
        given = read_act(request, forms.DraftingForm, largest=LARGEST)
        require_source(given["source"])
        entries = _entries(sheet, given["figures"], given["source"])
        with transaction.atomic():
            Draft.objects.alone(by.person)
            require_match(request, Drafted.of(sheet, by).tag)
            Draft.objects.keep(by.person, sheet.scope, sheet.period.code, entries, given["source"])
        return Drafted.of(sheet, by).answer()

    @extend_schema(summary="Throw a draft away", responses={204: None})
    def delete(self, request: Request, code: str, period: str) -> Response:
        """What is on record stays."""
        sheet, by = self.sheet(request, code, period)
        with transaction.atomic():
            Draft.objects.alone(by.person)
            require_match(request, Drafted.of(sheet, by).tag)
            Draft.objects.of(by.person, sheet.scope, sheet.period.code).delete()
        return Response(status=204, headers={"ETag": Drafted.of(sheet, by).tag})


class DraftDelivery(SheetView):
    """The word that stores what was drafted."""

    is_tagged = True

    @extend_schema(summary="Hand a draft in", request=forms.DeliveringForm, responses={201: forms.DeliveredForm})
    def post(self, request: Request, code: str, period: str) -> Response:
        """All of it or nothing, as it was seen: If-Match is the tag of the draft, the tag that is answered is that of
        the sheet, to attest it by. Sent again, it is answered 412, and the sheet shows what the first one stored."""
        sheet, by = self.sheet(request, code, period)
        given, drafted = read_act(request, forms.DeliveringForm), Drafted.of(sheet, by)
        require_match(request, drafted.tag)
        _require_sound(drafted.preview)
        submission = handing_in.hand_in(sheet, seen=drafted.preview.digest, attested=given["attested"], by=by)
        stored = access.sheet_to_read(by.person, sheet.scope.pk, period)
        told = {"batch": submission.pk if submission else None, "attested": stored.is_attested}
        of_sheet = reverse(f"metrics:api:{self.kind}_sheet", args=[code, period])
        address = reverse("metrics:api:batch", args=[submission.pk]) if submission else of_sheet
        return tagged(forms.DeliveredForm(told).data, status=201, tag=tag_of_sheet(stored), Location=address)


def _require_sound(preview: Preview) -> None:
    """InvalidInput, at each line that is refused, as it stands in the draft."""
    told = enumerate(preview.lines)
    faults = {f"lines/{at}/typed/{line.at}": line.why for at, line in told if line.standing is Standing.REFUSED}
    if faults:
        raise InvalidInput("Some figures of the draft are refused; correct them, and look again.", faults)


def _entries(sheet: Sheet, figures: Iterable[Mapping[str, Any]], source: str) -> dict[str, dict[str, str]]:
    """What is said, by the key of its cell. InvalidInput, at each figure, for what is not due, is empty, is said
    twice, or is of nobody's source."""
    due = {(cell.measure.code, cell.segment.key): cell for cell in sheet.cells}
    measures = {measure for measure, _ in due}
    entries: dict[str, dict[str, str]] = {}
    faults = {}
    for number, figure in enumerate(figures):
        at, typed = f"figures/{number}", {name: figure[name] for name in GIVEN}
        cell = due.get((figure["measure"], key_of(figure["segment"])))
        if cell is None:
            part = "segment" if figure["measure"] in measures else "measure"
            faults[f"{at}/{part}"] = "No such figure is due on this sheet."
        elif cell.key in entries:
            faults[f"{at}/measure"] = "Another figure of the list is the same; keep one of them."
        elif not any(typed.values()):
            faults[at] = "Nothing is said of it; give a value, its parts or a note, or leave it out."
        elif not (cell.source or source):
            faults["source"] = f"{cell.measure} never came before: say where it comes from."
        else:
            entries[cell.key] = typed
    if faults:
        raise InvalidInput("Some figures cannot be drafted; see errors.", faults)
    return entries
