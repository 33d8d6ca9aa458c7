"""Figures given anew, as resources: each with what relied on the figure that stood before."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from forums.api.restatement_forms import RestatementForm, RestatementQuery
from forums.restatements.register import with_reliance
from forums.restatements.sealed_periods import sealed_only
from metrics.api.callers import named, sources_of
from metrics.api.figures import periods_of
from metrics.figures.restatements import LATEST_FIRST, Asked, restated
from metrics.models import Measure
from truthgov.models import Function
from truthgov.rest.views import ApiView, page_of, read_query


class Restatements(ApiView):
    """Figures that were given before and given anew."""

    @extend_schema(summary="Restatements", parameters=[RestatementQuery], responses=RestatementForm(many=True))
    def get(self, request: Request) -> Response:
        """The latest first, each with what relied on the old figure; a key sees those of its sources."""
        query = read_query(request, RestatementQuery)
        rows = sources_of(request, restated(_asked(query)), "series__source")
        if "sealed" in query:
            rows = sealed_only(rows, query["sealed"])
        return page_of(request, rows, query, LATEST_FIRST, RestatementForm, with_reliance)


class RestatementOne(ApiView):
    """One figure given anew."""

    @extend_schema(summary="A restatement", responses=RestatementForm)
    def get(self, request: Request, pk: int) -> Response:
        found = with_reliance(sources_of(request, restated(Asked()).filter(pk=pk), "series__source"))
        if not found:
            raise Http404
        return Response(RestatementForm(found[0]).data)


def _asked(query: Mapping[str, Any]) -> Asked:
    return Asked(
        measure=named(Measure.objects.all(), query.get("measure")),
        function=named(Function.objects.all(), query.get("function")),
        periods=tuple(periods_of(query["period"])) if "period" in query else (),
        material=query.get("material"),
        since=query.get("since"),
        until=query.get("until"),
        batch=query.get("batch"),
    )
