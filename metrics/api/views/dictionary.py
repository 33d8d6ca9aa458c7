"""The measurement dictionary: what is measured, and each version of what it means."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from journeys.models import Journey
from metrics.api.callers import known, named
from metrics.api.forms.dictionary import DefinitionForm, MeasureForm, MeasureQuery
from metrics.dictionary.searching import found
from metrics.models import Definition, Measure
from truthgov.models import Function
from truthgov.rest.tags import tagged
from truthgov.rest.views import ApiView, page_of, read_query


class Measures(ApiView):
    """The entries of the measurement dictionary."""

    @extend_schema(summary="Measures", parameters=[MeasureQuery], responses=MeasureForm(many=True))
    def get(self, request: Request) -> Response:
        """In the order of their codes, or those that a search leaves."""
        query = read_query(request, MeasureQuery)
        function = named(Function.objects.all(), query.get("function"))
        journey = named(Journey.objects.all(), query.get("journey"))
        measures = found(
            query.get("q", ""), kind=query.get("kind", ""), function=function, journey=journey,
            unguarded=query.get("unguarded", False),
        )  # fmt: skip
        return page_of(request, with_names(measures), query, ("code",), MeasureForm)


class MeasureOne(ApiView):
    """One entry of the dictionary."""

    @extend_schema(summary="A measure", responses=MeasureForm)
    def get(self, request: Request, code: str) -> Response:
        return Response(MeasureForm(known(with_names(Measure.objects.filter(code=code)))).data)


class DefinitionOne(ApiView):
    """One version of what a measure means."""

    is_tagged = True

    @extend_schema(summary="A version of a definition", responses=DefinitionForm)
    def get(self, request: Request, code: str, version: int) -> Response:
        """Its tag is what whoever decides on it sends back."""
        return tagged(DefinitionForm(known(definitions_of(code).filter(version=version))).data)


def definitions_of(code: str) -> QuerySet[Definition]:
    """The versions of a measure, with their people. Http404 for an unknown one."""
    versions = Definition.objects.filter(measure=known(Measure.objects.filter(code=code)))
    return versions.select_related("proposed_by", "approved_by", "ended_by")


def with_names(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    return measures.select_related("function", "journey", "guards")
