"""Figures: pushed, as given, in force."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics.api.bodies import PARSERS
from metrics.api.callers import sources_of
from metrics.api.figures import moment_of, narrowed
from metrics.api.forms import figures as forms
from metrics.api.pushing import Push, told
from metrics.figures import known
from metrics.models import Observation, Reading, Submission
from truthgov.models import IdempotentAnswer, Key
from truthgov.rest.authentication import KeyAuthentication, KeyOnly, KeyRequest
from truthgov.rest.views import ApiView, page_of, read_query

IN_CELL_ORDER = ("series_id", "period_start", "-id")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
    description=f"A value of your own, new for each delivery; a repetition within {IdempotentAnswer.KEPT} days is "
    "answered as the first time.",
)  # fmt: skip
PREFER = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER, description="`handling=lenient` leaves faulty rows out and answers 207."
)

ANSWERED = (200, 201, 207)
REPLAYED = OpenApiParameter(
    "Idempotency-Replayed", str, OpenApiParameter.HEADER, response=ANSWERED,
    description="`true` where it is the answer of before.",
)  # fmt: skip
APPLIED = OpenApiParameter(
    "Preference-Applied", str, OpenApiParameter.HEADER, response=ANSWERED,
    description="`handling=lenient` where it was asked for.",
)  # fmt: skip


class Batches(ApiView):
    """Deliveries of figures."""

    is_for_keys = True
    authentication_classes = [KeyAuthentication]
    permission_classes = [KeyOnly]
    parser_classes = PARSERS

    @extend_schema(
        summary="Push figures",
        parameters=[IDEMPOTENCY_KEY, PREFER, forms.BatchQuery, REPLAYED, APPLIED],
        request=forms.PushForm,
        responses={201: forms.BatchForm, 200: forms.BatchForm, 207: forms.BatchInPartForm},
    )
    def post(self, request: KeyRequest) -> Response:
        """Accepted whole or refused whole, unless lenient handling is preferred; answered after the commit."""
        push = Push.of(request)
        answer = push.answer()
        headers = {"Location": answer.location} if answer.location else {}
        if answer.is_replay:
            headers["Idempotency-Replayed"] = "true"
        if push.is_lenient:
            headers["Preference-Applied"] = "handling=lenient"
        return Response(answer.body, status=answer.status, headers=headers)


class Batch(ApiView):
    """One delivery of figures."""

    @extend_schema(summary="A delivery and its receipt", responses=forms.BatchForm)
    def get(self, request: Request, pk: str) -> Response:
        """Of a key's own deliveries and those of its sources."""
        submissions = Submission.objects.all()
        if isinstance(request.auth, Key):
            submissions = submissions.filter(key=request.auth) | sources_of(request, submissions, "source")
        return Response(told(get_object_or_404(submissions, pk=pk)))


class Observations(ApiView):
    """The ledger: every figure that was ever given."""

    @extend_schema(
        summary="Figures as given", parameters=[forms.FigureQuery], responses=forms.ObservationForm(many=True)
    )
    def get(self, request: Request) -> Response:
        """Restatements stand beside what they restate; with `known_on`, what was known by then."""
        query = read_query(request, forms.FigureQuery)
        rows = narrowed(Observation.objects.all(), query, request)
        if "known_on" in query:
            rows = rows.filter(submission__entry__lte=moment_of(query["known_on"]))
        return page_of(request, _with_names(rows, "submission"), query, IN_CELL_ORDER, forms.ObservationForm)


class Readings(ApiView):
    """The current figure of each measure, segment, period and source."""

    @extend_schema(summary="Figures in force", parameters=[forms.FigureQuery], responses=forms.ReadingForm(many=True))
    def get(self, request: Request) -> Response:
        """With `known_on`, the figures in force as known then."""
        query = read_query(request, forms.FigureQuery)
        if "known_on" in query:
            rows = narrowed(known.observations_at(moment_of(query["known_on"])), query, request)
            return page_of(request, _with_names(rows), query, IN_CELL_ORDER, forms.ReadingForm)
        readings = narrowed(Reading.objects.all(), query, request)
        return page_of(request, _with_names(readings), query, IN_CELL_ORDER[:2], forms.ReadingForm)


def _with_names(rows: QuerySet[Any], *further: str) -> QuerySet[Any]:
    return rows.select_related("series__measure", "series__segment", "series__source", "definition", *further)
