from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics import access
from metrics.forms import FeedForm
from metrics.models import Feed, FeedRun, Source, Submission
from metrics.sources.mapping import check_mapping
from truthgov.http import PersonRequest, go_to, signed_in

RUNS = 30


@require_safe
@signed_in
def feeds(request: PersonRequest) -> HttpResponse:
    """Every feed with its state and last run, and the sources that figures come from."""
    last_run = FeedRun.objects.filter(feed=OuterRef("pk")).order_by("-slot").values("pk")[:1]
    listed = list(Feed.objects.select_related("source", "function").annotate(last_run=Subquery(last_run)))
    runs = FeedRun.objects.in_bulk([feed.last_run for feed in listed if feed.last_run])
    latest = Submission.objects.filter(source=OuterRef("pk")).order_by("-entry").values("received_at")[:1]
    context = {
        "feeds": [(feed, runs.get(feed.last_run)) for feed in listed],
        "sources": Source.objects.annotate(delivered_at=Subquery(latest)),
        "may_connect": access.functions_to_connect(request.person).exists(),
    }
    return render(request, "metrics/feeds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_feed(request: PersonRequest) -> HttpResponse:
    form = FeedForm(access.connections_to_start(request.person), request.POST or None)
    if form.is_valid():
        given = form.description()
        check_mapping(given["mapping"], given["rows_path"], is_json=given["format"] == Feed.Format.JSON)
        feed = Feed.connect(**given, by=request.actor)
        return go_to(request, feed.get_absolute_url())
    return render(request, "metrics/feed_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@signed_in
def feed(request: PersonRequest, pk: int) -> HttpResponse:
    """A feed with its run log."""
    shown = access.feed_to_read(request.person, pk)
    context = {
        "feed": shown,
        "runs": shown.runs.select_related("submission")[:RUNS],
        "may_manage": access.functions_to_connect(request.person).filter(pk=shown.function_id).exists(),
    }
    return render(request, "metrics/feed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correction(request: PersonRequest, pk: int) -> HttpResponse:
    corrected = access.feed_to_manage(request.person, pk)
    form = FeedForm(access.functions_to_connect(request.person), request.POST or None, feed=corrected)
    if form.is_valid():
        given = form.description()
        check_mapping(given["mapping"], given["rows_path"], is_json=given["format"] == Feed.Format.JSON)
        corrected.correct(**given, by=request.actor)
        return go_to(request, corrected.get_absolute_url())
    context = {"form": form, "feed": corrected}
    return render(request, "metrics/feed_form.html", context, status=422 if form.is_bound else 200)


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
def next_run(request: PersonRequest, pk: int) -> HttpResponse:
    hurried = access.feed_to_manage(request.person, pk)
    hurried.run_soon(by=request.actor)
    return go_to(request, hurried.get_absolute_url())
