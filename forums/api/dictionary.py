"""What stands around a measure: where its figures come from and lead to, and what a version that waits would touch."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from forums.api.dictionary_forms import ImpactForm, LineageForm
from forums.measures.lineage import graph_of
from forums.measures.measure_page import waiting_version
from metrics.api.callers import known
from metrics.models import Measure
from truthgov.rest.views import ApiView


class MeasureLineage(ApiView):
    """Source → measure → derived → outcome → journey."""

    @extend_schema(summary="Lineage of a measure", responses=LineageForm)
    def get(self, request: Request, code: str) -> Response:
        """Where its figures come from, and what they lead to; without edges where nothing is known of either."""
        return Response(LineageForm(graph_of([_measure(code)])).data)


class DefinitionImpact(ApiView):
    """What approving a version would touch."""

    @extend_schema(summary="Impact of a version that waits", responses=ImpactForm)
    def get(self, request: Request, code: str, version: int) -> Response:
        """What it changes of the version in force, and who relies on the measure; unknown once it is decided on."""
        found = waiting_version(_measure(code), version)
        if found is None:
            raise Http404
        return Response(ImpactForm(found).data)


def _measure(code: str) -> Measure:
    return known(Measure.objects.filter(code=code))
