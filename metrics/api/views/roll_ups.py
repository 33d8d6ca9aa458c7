"""Roll-ups: figures of record over longer periods and over segments, computed as they are asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics.api.callers import known, sources_of
from metrics.api.figures import segment_key
from metrics.api.forms.roll_ups import RollUpForm, RollUpQuery
from metrics.figures.courses import courses
from metrics.figures.roll_ups import RollUp, over_periods, over_segments
from metrics.models import Definition, Measure, Segment, Source
from truthgov.periods import Grain
from truthgov.rest.views import ApiView, page_of_items, read_query


class RollUps(ApiView):
    """What the figures of a measure come to, as its definition says."""

    may_be_refused = True

    @extend_schema(summary="Roll-ups of a measure", parameters=[RollUpQuery], responses=RollUpForm(many=True))
    def get(self, request: Request, code: str) -> Response:
        """A part that is missing leaves the whole without a value; 409 for a measure that is never added up.

        A key sees what comes from its own sources alone.
        """
        query = read_query(request, RollUpQuery)
        found = _asked(known(Measure.objects.filter(code=code)), query)
        seen = set(sources_of(request, Source.objects.all(), "pk").values_list("pk", flat=True))
        shown = [each for each in found if each.sources <= seen]
        return page_of_items(request, shown, query, lambda each: [each.period.code, each.by], RollUpForm)


def _asked(measure: Measure, query: Mapping[str, Any]) -> list[RollUp]:
    segment = known(Segment.objects.filter(key=segment_key(query["segment"])))
    versions = Definition.objects.filter(measure=measure).select_related("measure").histories().get(measure.pk)
    if not versions:
        raise Http404
    if query["over"] == "segments":
        return over_segments(measure, segment, versions)
    course = courses([(measure.pk, segment)])[0]
    return over_periods(course, Grain(query["over"])) if course else []
