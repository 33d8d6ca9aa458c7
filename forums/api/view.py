"""The reconciled view as a resource: what executives read and meetings freeze, hash for hash."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from forums.api.view_forms import ViewForm, ViewQuery
from forums.reconciliation.reconciled import reconciled_view
from metrics.api.figures import moment_of
from truthgov import clock
from truthgov.knowledge import Moment
from truthgov.periods import Grain, Period
from truthgov.rest.tags import is_held, tagged
from truthgov.rest.views import ApiView, read_query

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of what you have; 304 where that still holds."
)


class ReconciledView(ApiView):
    """One truth for a month, now or as it was known."""

    is_tagged = True

    @extend_schema(
        summary="The reconciled view",
        parameters=[ViewQuery, IF_NONE_MATCH],
        responses={200: ViewForm, 304: OpenApiResponse(description="What you have still holds.")},
    )
    def get(self, request: Request) -> Response:
        """Figures as exact decimals; its hash, which the ETag is too, is what decisions and sealed minutes name."""
        query = read_query(request, ViewQuery)
        known_at = moment_of(query["known_on"]) if "known_on" in query else None
        view = reconciled_view(_month(query, known_at), known_at=known_at)
        tag = f'"{view.hash}"'
        if is_held(request, tag):
            return Response(status=304, headers={"ETag": tag})
        return tagged({"hash": view.hash, **view.content()}, tag=tag)


def _month(query: Mapping[str, Any], known_at: int | None) -> Period:
    """The one asked for; else the last that was complete at the moment. Before everything there is no such moment."""
    asked: Period | None = query.get("period")
    return asked or Period.last_complete(clock.today() if known_at == 0 else Moment.of(known_at).day, Grain.MONTH)
