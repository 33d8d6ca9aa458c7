"""Contradictions, to be read; they are settled in forums, never here."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics.api.forms.cases import ContradictionForm, ContradictionQuery
from metrics.models import Contradiction
from truthgov.rest.views import ApiView, page_of, read_query


class Contradictions(ApiView):
    """The cases in which figures contradict each other; they are settled in forums, never here."""

    @extend_schema(
        summary="Contradictions", parameters=[ContradictionQuery], responses=ContradictionForm(many=True)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The newest first."""
        query = read_query(request, ContradictionQuery)
        asked = {name: query[name] for name in ("status", "kind") if name in query}
        return page_of(request, _contradictions().filter(**asked), query, ("-id",), ContradictionForm)


class ContradictionOne(ApiView):
    """One case."""

    @extend_schema(summary="A contradiction", responses=ContradictionForm)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ContradictionForm(get_object_or_404(_contradictions(), pk=pk)).data)


def _contradictions() -> QuerySet[Contradiction]:
    return Contradiction.objects.select_related(
        "measure", "other_measure", "source", "other_source", "segment", "journey"
    )
