"""Who answers for figures, what is governed, and where figures come from."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.models import Journey
from metrics.api.callers import known, sources_of
from metrics.api.forms.organisation import JourneyForm, NamedForm
from metrics.models import Source
from truthgov.models import Function
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class Functions(ApiView):
    """The parts of the organisation that answer for figures."""

    @extend_schema(summary="Functions", parameters=[PageQuery], responses=NamedForm(many=True))
    def get(self, request: Request) -> Response:
        return _listed(request, Function.objects.all())


class FunctionOne(ApiView):
    """One part of the organisation."""

    @extend_schema(summary="A function", responses=NamedForm)
    def get(self, request: Request, code: str) -> Response:
        return Response(NamedForm(known(Function.objects.filter(code=code))).data)


class Journeys(ApiView):
    """The journeys that are governed."""

    @extend_schema(summary="Journeys", parameters=[PageQuery], responses=NamedForm(many=True))
    def get(self, request: Request) -> Response:
        return _listed(request, Journey.objects.all())


class JourneyOne(ApiView):
    """One journey."""

    @extend_schema(summary="A journey with its stages and handoffs", responses=JourneyForm)
    def get(self, request: Request, code: str) -> Response:
        whole = Journey.objects.prefetch_related("stages__function", "handoffs__from_stage", "handoffs__to_stage")
        return Response(JourneyForm(known(whole.filter(code=code))).data)


class Sources(ApiView):
    """Where figures come from; a key sees its own."""

    @extend_schema(summary="Sources", parameters=[PageQuery], responses=NamedForm(many=True))
    def get(self, request: Request) -> Response:
        return _listed(request, sources_of(request, Source.objects.all(), "pk"))


class SourceOne(ApiView):
    """One source."""

    @extend_schema(summary="A source", responses=NamedForm)
    def get(self, request: Request, code: str) -> Response:
        return Response(NamedForm(known(sources_of(request, Source.objects.filter(code=code), "pk"))).data)


def _listed(request: Request, rows: QuerySet[Any]) -> Response:
    return page_of(request, rows, read_query(request, PageQuery), ("code",), NamedForm)
