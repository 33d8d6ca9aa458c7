"""Feeds: how they stand, what their runs brought, and what whoever manages them has them do."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.callers import actor_of, named, person_of, sources_of
from metrics.api.fields import Form
from metrics.api.forms.feeds import FeedForm, FeedQuery, FeedRunForm, RangeForm, RunQuery, TermsForm
from metrics.models import Feed, FeedRun, Source
from metrics.models.feed_run import LATEST_FIRST
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import InvalidInput
from truthgov.models import Function, Person
from truthgov.periods import Grain, Period
from truthgov.rest.bodies import NothingForm, read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, page_of, read_query

STANDING = ("status", "standing", "next_run_at")
"""What of a feed changes without anybody's correcting it."""


class Feeds(ApiView):
    """The sources that truthgov fetches by itself."""

    is_made_tagged = True

    @extend_schema(summary="Feeds", parameters=[FeedQuery], responses=FeedForm(many=True))
    def get(self, request: Request) -> Response:
        """In the order of their numbers; a key sees those of its sources."""
        query = read_query(request, FeedQuery)
        feeds = _feeds(request)
        if "status" in query:
            feeds = feeds.filter(status=query["status"])
        if "source" in query:
            feeds = feeds.filter(source=named(sources_of(request, Source.objects.all(), "pk"), query["source"]))
        return page_of(request, feeds, query, ("id",), FeedForm)

    @extend_schema(summary="Connect a feed", request=TermsForm, responses={201: FeedForm})
    def post(self, request: Request) -> Response:
        """By the lead of its function, or an administrator, who then answers for it; first asked at the next beat."""
        functions = access.connections_to_start(person_of(request))
        feed = Feed.connect(**terms_of(read_act(request, TermsForm), functions), by=actor_of(request))
        return _told(person_of(request), feed.pk, status=201, Location=reverse("metrics:api:feed", args=[feed.pk]))


class FeedOne(ApiView):
    """One feed; its tag is of how it is described, not of how it stands."""

    is_tagged = True

    @extend_schema(summary="A feed", responses=FeedForm)
    def get(self, request: Request, pk: int) -> Response:
        told = FeedForm(get_object_or_404(_feeds(request), pk=pk)).data
        return tagged(told, tag=_tag(told))

    @extend_schema(summary="Correct a feed", request=TermsForm, responses=FeedForm)
    def put(self, request: Request, pk: int) -> Response:
        """By the lead of its function, or an administrator; what waits is tried at the next beat."""
        person = person_of(request)
        feed = access.feed_to_manage(person, pk)
        terms = terms_of(read_act(request, TermsForm), access.functions_to_connect(person))
        with audit.act():
            Feed.objects.select_for_update(no_key=True).get(
                pk=feed.pk
            )  # of two who correct it at once, one has read an old state
            require_match(request, _tag(FeedForm(access.feed_to_read(person, pk)).data))
            access.feed_to_manage(person, pk).correct(**terms, by=actor_of(request))
        return _told(person, pk)


class FeedRuns(ApiView):
    """What a feed was asked for, and what came."""

    @extend_schema(summary="Runs of a feed", parameters=[RunQuery], responses=FeedRunForm(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The latest first."""
        query = read_query(request, RunQuery)
        runs = get_object_or_404(_feeds(request), pk=pk).runs.all()
        if "status" in query:
            runs = runs.filter(status=query["status"])
        return page_of(request, runs, query, LATEST_FIRST, FeedRunForm)


class FeedRunOne(ApiView):
    """One run."""

    @extend_schema(summary="A run of a feed", responses=FeedRunForm)
    def get(self, request: Request, pk: int, run: int) -> Response:
        feed = get_object_or_404(_feeds(request), pk=pk)
        return Response(FeedRunForm(get_object_or_404(feed.runs, pk=run)).data)


class FeedAct(ApiView):
    """Whoever manages a feed has it do something."""

    form: type[Form] = NothingForm

    @extend_schema(request=NothingForm, responses=FeedForm)
    def post(self, request: Request, pk: int) -> Response:
        """By the lead of its function, or an administrator."""
        feed = access.feed_to_manage(person_of(request), pk)
        self.act(feed, by=actor_of(request), **read_act(request, self.form))
        return Response(FeedForm(access.feed_to_read(person_of(request), pk)).data)

    def act(self, feed: Feed, *, by: Actor, **given: Any) -> None:
        raise NotImplementedError


@extend_schema_view(post=extend_schema(summary="Pause a feed"))
class Pause(FeedAct):
    """It is not asked until it is resumed."""

    def act(self, feed: Feed, *, by: Actor, **given: Any) -> None:
        feed.pause(by=by)


@extend_schema_view(post=extend_schema(summary="Resume a feed"))
class Resumption(FeedAct):
    """It is asked again, also for what was missed."""

    def act(self, feed: Feed, *, by: Actor, **given: Any) -> None:
        feed.resume(by=by)


@extend_schema_view(post=extend_schema(summary="Retire a feed"))
class Retirement(FeedAct):
    """It is never asked again; what it brought stays."""

    def act(self, feed: Feed, *, by: Actor, **given: Any) -> None:
        feed.retire(by=by)


@extend_schema_view(post=extend_schema(summary="Ask a feed for its latest period"))
class NextRun(FeedAct):
    """At the next beat, whether or not it was brought already."""

    def act(self, feed: Feed, *, by: Actor, **given: Any) -> None:
        feed.run_soon(by=by)


@extend_schema_view(post=extend_schema(summary="Ask a feed for a range of periods", request=RangeForm))
class Backfill(FeedAct):
    """A run for each period; what is cut off goes on where it stood."""

    form = RangeForm

    def act(self, feed: Feed, *, by: Actor, **given: Any) -> None:
        grain = feed.schedule.grain
        feed.backfill(*(_period(name, given[name], grain) for name in ("first", "last")), by=by)


class RunAct(ApiView):
    """Whoever manages a feed decides on a run that was parked."""

    @extend_schema(request=NothingForm, responses=FeedRunForm)
    def post(self, request: Request, pk: int, run: int) -> Response:
        """By the lead of its function, or an administrator."""
        decided = access.run_to_manage(person_of(request), pk, run)
        read_act(request, NothingForm)
        self.act(decided, by=actor_of(request))
        return Response(FeedRunForm(decided).data)

    def act(self, run: FeedRun, *, by: Actor) -> None:
        raise NotImplementedError


@extend_schema_view(post=extend_schema(summary="Try a parked run again"))
class Retry(RunAct):
    """At the next beat, with its attempts counted anew."""

    def act(self, run: FeedRun, *, by: Actor) -> None:
        run.retry(by=by)


@extend_schema_view(post=extend_schema(summary="Withdraw a parked run"))
class RunWithdrawal(RunAct):
    """Its period is not asked for any more."""

    def act(self, run: FeedRun, *, by: Actor) -> None:
        run.withdraw(by=by)


def _feeds(request: Request) -> QuerySet[Feed]:
    feeds = Feed.objects.with_standing(on=clock.today()).select_related("source", "function", "owner")
    return sources_of(request, feeds, "source")


def _told(person: Person, pk: int, status: int = 200, **headers: str) -> Response:
    told = FeedForm(access.feed_to_read(person, pk)).data
    return tagged(told, status=status, tag=_tag(told), **headers)


def _tag(told: Mapping[str, Any]) -> str:
    return tag_of({name: value for name, value in told.items() if name not in STANDING})


def terms_of(given: dict[str, Any], functions: QuerySet[Function]) -> dict[str, Any]:
    """What a feed is connected with: source, function and owner in the place of what names them."""
    found: dict[str, Any] = {"source": Source.objects.handed_in_from().filter(code=given["source"]).first(),
                             "function": functions.filter(code=given["function"]).first()}  # fmt: skip
    if "owner" in given:
        found["owner"] = Person.objects.active().filter(pk=given["owner"]).first()
    unknown = {name: "is not one whose feeds you manage" if name == "function" else "is unknown"
               for name, record in found.items() if record is None}  # fmt: skip
    if unknown:
        raise InvalidInput("The feed cannot be connected so.", unknown)
    return given | found


def _period(name: str, text: str, grain: Grain) -> Period:
    try:
        return Period.parse(text, grain)
    except ValueError as error:
        raise InvalidInput(
            "The periods cannot be read.", {name: f"is not the short form of a {grain.value}"}
        ) from error
