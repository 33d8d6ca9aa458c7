"""What is due, what is on record for a period, who stands behind it, and what is said not to be available."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.callers import actor_of, functions_of, named, person_of, scope_of
from metrics.api.figures import periods_of
from metrics.api.forms import sheets as forms
from metrics.api.sheets import SheetView, tag_of_sheet
from metrics.figures.named_periods import in_periods
from metrics.handing_in import attesting, due
from metrics.handing_in.absences import declare_unavailable
from metrics.handing_in.sheet_counts import SheetCount
from metrics.ingestion.segments import key_of
from metrics.models import Absence, Attestation, Definition, Measure
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.models import Scope
from truthgov.periods import Period
from truthgov.rest.bodies import NothingForm, read_act
from truthgov.rest.tags import require_match, tagged
from truthgov.rest.views import ApiView, page_of, page_of_items, read_query

WITH_NAMES = ("scope__function", "scope__journey", "person")


class DueFigures(ApiView):
    """What every function and journey owes for the last complete periods."""

    @extend_schema(summary="Figures due", parameters=[forms.DueQuery], responses=forms.DueForm(many=True))
    def get(self, request: Request) -> Response:
        """With what is late, and what is on record without anybody standing behind it; a key sees its functions."""
        query = read_query(request, forms.DueQuery)
        periods = periods_of(query["period"]) if "period" in query else None
        today, late = clock.today(), query.get("late")
        owed = [
            sheet for sheet in due.owed_of(_scopes(request, query))
            if (periods is None or sheet.period in periods) and late in (None, sheet.late(on=today) > 0)
        ]  # fmt: skip
        return page_of_items(request, owed, query, _key, forms.DueForm)


class SheetOne(ApiView):
    """The figures of a function or a journey in one period."""

    is_tagged = True
    kind = ""

    @extend_schema(summary="Figures of a period", responses=forms.SheetForm)
    def get(self, request: Request, code: str, period: str) -> Response:
        """Its tag is the digest of what is on record: whoever attests sends it back."""
        sheet = due.sheet(scope_of(request, self.kind, code), period)
        if sheet is None:
            raise Http404
        return tagged(forms.SheetForm(sheet).data, tag=tag_of_sheet(sheet))


class SheetAttestation(ApiView):
    """Somebody stands behind what is on record."""

    is_tagged = True
    kind = ""

    @extend_schema(
        summary="Attest the figures of a period", request=NothingForm, responses={201: forms.AttestationForm}
    )
    def post(self, request: Request, code: str, period: str) -> Response:
        """By who answers for the figures, in the words of the attestation; If-Match says what they have seen."""
        scope = scope_of(request, self.kind, code)
        sheet = access.sheet_to_attest(person_of(request), scope.pk, period)
        read_act(request, NothingForm)
        require_match(request, tag_of_sheet(sheet))
        made = attesting.attest(sheet, seen=attesting.digest_of(sheet), by=actor_of(request))
        address = reverse("metrics:api:attestation", args=[made.pk])
        return tagged(forms.AttestationForm(made).data, status=201, tag=tag_of_sheet(sheet), Location=address)


class SheetAbsences(SheetView):
    """What is said in the place of figures."""

    @extend_schema(
        summary="Say that a figure is not available", request=forms.UnavailableForm, responses={201: forms.AbsenceForm}
    )  # fmt: skip
    def post(self, request: Request, code: str, period: str) -> Response:
        """By whoever delivers the figures; one that comes in later supersedes what was said."""
        sheet, by = self.sheet(request, code, period)
        given = read_act(request, forms.UnavailableForm)
        cell = sheet.cell(given["measure"], key_of(given.get("segment", {})))
        if cell is None:
            raise InvalidInput("No such figure is due here.", {"measure": "is not due for this period in this segment"})
        said = declare_unavailable(sheet, cell, given["reason"], by=by)
        address = reverse("metrics:api:absence", args=[said.pk])
        return Response(forms.AbsenceForm(said).data, status=201, headers={"Location": address})


class Attestations(ApiView):
    """Who stands behind which figures, in which words."""

    @extend_schema(
        summary="Attestations", parameters=[forms.ScopeQuery], responses=forms.AttestationForm(many=True)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The latest first; a key sees those of its functions."""
        query = read_query(request, forms.ScopeQuery)
        made = Attestation.objects.filter(scope__in=_scopes(request, query)).select_related(*WITH_NAMES)
        if "period" in query:
            made = made.filter(in_periods(periods_of(query["period"]), "grain"))
        return page_of(request, made, query, ("-id",), forms.AttestationForm)


class AttestationOne(ApiView):
    """One attestation."""

    @extend_schema(summary="An attestation", responses=forms.AttestationForm)
    def get(self, request: Request, pk: int) -> Response:
        made = functions_of(request, Attestation.objects.select_related(*WITH_NAMES), "scope__function")
        return Response(forms.AttestationForm(get_object_or_404(made, pk=pk)).data)


class Absences(ApiView):
    """Figures that somebody said are not available, and why."""

    @extend_schema(summary="Absences", parameters=[forms.AbsenceQuery], responses=forms.AbsenceForm(many=True))
    def get(self, request: Request) -> Response:
        """The latest first; a key sees those of its functions."""
        query = read_query(request, forms.AbsenceQuery)
        said = _absences(request)
        if "measure" in query:
            said = said.filter(measure=named(Measure.objects.all(), query["measure"]))
        if "period" in query:
            said = said.filter(_in_periods(periods_of(query["period"])))
        return page_of(request, said, query, ("-id",), forms.AbsenceForm)


class AbsenceOne(ApiView):
    """One figure that is not available."""

    @extend_schema(summary="An absence", responses=forms.AbsenceForm)
    def get(self, request: Request, pk: int) -> Response:
        return Response(forms.AbsenceForm(get_object_or_404(_absences(request), pk=pk)).data)


def _in_periods(periods: Sequence[Period]) -> Q:
    """Of absences, whose grain stands in the definitions of their measure."""
    alike = Definition.objects.approved().filter(grain__in=[period.grain.value for period in periods])
    return Q(measure__in=alike.values("measure"), period_start__in=[period.start for period in periods])


def _absences(request: Request) -> QuerySet[Absence]:
    said = Absence.objects.select_related("measure", "segment", "person")
    return functions_of(request, said, "measure__function")


def _scopes(request: Request, query: Any) -> QuerySet[Scope]:
    """The functions and journeys that a query names and the caller sees, as scopes."""
    scopes = Scope.objects.filter(kind__in=[Scope.Kind.FUNCTION, Scope.Kind.JOURNEY])
    if "function" in query:
        scopes = scopes.filter(pk=scope_of(request, "function", query["function"]).pk)
    if "journey" in query:
        scopes = scopes.filter(pk=scope_of(request, "journey", query["journey"]).pk)
    return functions_of(request, scopes, "function").select_related("function", "journey")


def _key(sheet: SheetCount) -> list[Any]:
    return [sheet.scope.name, sheet.scope.kind, str(sheet.period.start), str(sheet.period.end)]
