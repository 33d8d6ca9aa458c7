"""Test runs of feeds over REST: what they offer now, through the one door and back out again; nothing of it stays."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.callers import person_of
from metrics.api.forms.feed_trials import TestRunForm
from metrics.api.forms.feeds import TermsForm
from metrics.api.views.feeds import terms_of
from metrics.models import Feed
from metrics.sources.rehearsal import rehearse
from truthgov.rest.bodies import read_act
from truthgov.rest.views import ApiView


class TestRun(ApiView):
    """A feed that is not connected yet, tried."""

    @extend_schema(
        operation_id="feeds_test_run_of_new", summary="Try a new feed", request=TermsForm, responses=TestRunForm
    )
    def post(self, request: Request) -> Response:
        """By who may connect it: the latest period that is due is fetched, and shown as it would be stored."""
        person = person_of(request)
        functions = access.connections_to_start(person)
        terms = terms_of(read_act(request, TermsForm), functions)
        return Response(TestRunForm(rehearse(Feed().corrected(**terms, described_by=person))).data)


class CorrectedTestRun(ApiView):
    """A feed tried as it would be corrected."""

    @extend_schema(
        operation_id="feeds_test_run_of_corrected", summary="Try a corrected feed", request=TermsForm,
        responses=TestRunForm,
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """By who manages it; without a token it is tried with the secret there is, at the same server."""
        person = person_of(request)
        feed = access.feed_to_manage(person, pk)
        terms = terms_of(read_act(request, TermsForm), access.functions_to_connect(person))
        return Response(TestRunForm(rehearse(feed.corrected(**terms, described_by=person))).data)
