"""The lists of feeds and sources: a fixed number of queries for any number of either."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from metrics.models import Feed, FeedRun, Source, Submission


def feeds(*, on: date) -> list[tuple[Feed, FeedRun | None]]:
    """Every feed with its standing, those retired last, each with its latest run."""
    last_run = FeedRun.objects.filter(feed=OuterRef("pk")).values("pk")[:1]
    related = Feed.objects.with_standing(on=on).select_related("source", "function", "owner")
    found = list(related.annotate(last_run=Subquery(last_run)))
    runs = FeedRun.objects.in_bulk([feed.last_run for feed in found if feed.last_run])
    found.sort(key=lambda feed: feed.status == Feed.Status.RETIRED)
    return [(feed, runs.get(feed.last_run)) for feed in found]


def sources() -> QuerySet[Source]:
    """Every source with the moment of its last delivery."""
    latest = Submission.objects.filter(source=OuterRef("pk")).order_by("-entry").values("received_at")[:1]
    return Source.objects.annotate(delivered_at=Subquery(latest))
