from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics import access
from metrics.feed_forms import BackfillForm, FeedForm
from metrics.models import Feed
from metrics.models.feed_run import LATEST_FIRST
from metrics.sources import listing
from metrics.sources.rehearsal import rehearse
from truthgov import clock
from truthgov.errors import InvalidInput
from truthgov.http import PersonRequest, go_to, signed_in
from truthgov.keyset import turn_to

RUNS = 30


@require_safe
@signed_in
def feeds(request: PersonRequest) -> HttpResponse:
    """Every feed with its standing and last run, and the sources that figures come from."""
    context = {
        "feeds": listing.feeds(on=clock.today()),
        "sources": listing.sources(),
        "may_connect": access.functions_to_connect(request.person).exists(),
    }
    return render(request, "metrics/feeds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_feed(request: PersonRequest) -> HttpResponse:
    """The editor: saving connects a feed, a test run shows what it would bring and stores nothing."""
    form = FeedForm(access.connections_to_start(request.person), request.person, request.POST or None)
    return _edited(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correction(request: PersonRequest, pk: int) -> HttpResponse:
    feed = access.feed_to_manage(request.person, pk)
    form = FeedForm(access.functions_to_connect(request.person), request.person, request.POST or None, feed=feed)
    return _edited(request, form, feed)


def _edited(request: PersonRequest, form: FeedForm, feed: Feed | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "feed": feed}
    if form.is_valid():
        try:
            if "test" not in request.POST:
                return go_to(request, _saved(request, form, feed).get_absolute_url())
            tried = (feed or Feed()).corrected(**form.description(), described_by=request.person)
            context["rehearsal"] = rehearse(tried)
        except InvalidInput as refusal:  # the form is where its fields can be named
            form.refuse(refusal)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "metrics/feed_form.html", context, status=status)


def _saved(request: PersonRequest, form: FeedForm, feed: Feed | None) -> Feed:
    if feed is None:
        return Feed.connect(**form.description(), by=request.actor)
    feed.correct(**form.description(), seen=form.cleaned_data["seen"], by=request.actor)
    return feed


@require_safe
@signed_in
def feed(request: PersonRequest, pk: int) -> HttpResponse:
    """A feed with its run log."""
    return _shown(request, access.feed_to_read(request.person, pk))


def _shown(request: PersonRequest, shown: Feed, form: BackfillForm | None = None) -> HttpResponse:
    cursor = request.GET.get("cursor", "")
    context = {
        "feed": shown,
        "runs": turn_to(cursor, shown.runs.select_related("submission"), LATEST_FIRST, size=RUNS),
        "waiting": shown.runs.waiting().count(),
        "may_manage": access.functions_to_connect(request.person).filter(pk=shown.function_id).exists(),
        "form": form or BackfillForm(shown.schedule.grain),
    }
    return render(request, "metrics/feed.html", context, status=422 if form else 200)


@require_POST
@signed_in
def backfill(request: PersonRequest, pk: int) -> HttpResponse:
    filled = access.feed_to_manage(request.person, pk)
    form = BackfillForm(filled.schedule.grain, request.POST)
    if not form.is_valid():
        return _shown(request, filled, form)
    filled.backfill(form.cleaned_data["first"], form.cleaned_data["last"], by=request.actor)
    return go_to(request, filled.get_absolute_url())


@require_POST
@signed_in
def pause(request: PersonRequest, pk: int) -> HttpResponse:
    paused = access.feed_to_manage(request.person, pk)
    paused.pause(by=request.actor)
    return go_to(request, paused.get_absolute_url())


@require_POST
@signed_in
def resumption(request: PersonRequest, pk: int) -> HttpResponse:
    resumed = access.feed_to_manage(request.person, pk)
    resumed.resume(by=request.actor)
    return go_to(request, resumed.get_absolute_url())


@require_POST
@signed_in
def retirement(request: PersonRequest, pk: int) -> HttpResponse:
    retired = access.feed_to_manage(request.person, pk)
    retired.retire(by=request.actor)
    return go_to(request, retired.get_absolute_url())


@require_POST
@signed_in
def next_run(request: PersonRequest, pk: int) -> HttpResponse:
    hurried = access.feed_to_manage(request.person, pk)
    hurried.run_soon(by=request.actor)
    return go_to(request, hurried.get_absolute_url())


@require_safe
@signed_in
def run(request: PersonRequest, pk: int, run: int) -> HttpResponse:
    """One run: what came, what was refused and why."""
    shown = access.run_to_read(request.person, pk, run)
    may_manage = access.functions_to_connect(request.person).filter(pk=shown.feed.function_id).exists()
    return render(request, "metrics/feed_run.html", {"run": shown, "feed": shown.feed, "may_manage": may_manage})


@require_POST
@signed_in
def retry(request: PersonRequest, pk: int, run: int) -> HttpResponse:
    tried = access.run_to_manage(request.person, pk, run)
    tried.retry(by=request.actor)
    return go_to(request, tried.get_absolute_url())


@require_POST
@signed_in
def withdrawal(request: PersonRequest, pk: int, run: int) -> HttpResponse:
    withdrawn = access.run_to_manage(request.person, pk, run)
    withdrawn.withdraw(by=request.actor)
    return go_to(request, withdrawn.get_absolute_url())
