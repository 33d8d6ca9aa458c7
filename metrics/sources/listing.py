"""The lists of feeds and sources: a fixed number of queries for any number of either."""

from datetime import date

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Greatest

from metrics.models import Feed, FeedRun, Observation, Series, Source, Submission


def feeds(*, on: date) -> list[tuple[Feed, FeedRun | None]]:
    """Every feed with its standing, those retired last, each with its latest run."""
    last_run = FeedRun.objects.filter(feed=OuterRef("pk")).values("pk")[:1]
    related = Feed.objects.with_standing(on=on).select_related("source", "function", "owner")
    found = list(related.annotate(last_run=Subquery(last_run)))
    runs = FeedRun.objects.in_bulk([feed.last_run for feed in found if feed.last_run])
    found.sort(key=lambda feed: feed.status == Feed.Status.RETIRED)
    return [(feed, runs.get(feed.last_run)) for feed in found]


def sources() -> QuerySet[Source]:
    """Every source with the moment of its last delivery, be it in a file with those of others."""
    # From the latest submission back: a source that delivers is found in one of the first looked at. Not by EXISTS,
    # which the database would answer for all submissions at once, from the whole ledger, source by source.
    figures = Observation.objects.filter(submission=OuterRef("pk"), series__source=OuterRef(OuterRef("pk")))
    among_others = Submission.objects.filter(source=None).alias(own=Subquery(figures.values("pk")[:1]))
    delivering = Submission.objects.filter(source=OuterRef("pk")), among_others.filter(own__isnull=False)
    latest = (Subquery(each.order_by("-entry").values("received_at")[:1]) for each in delivering)
    begun = Exists(Series.objects.filter(source=OuterRef("pk")))
    return Source.objects.annotate(delivered_at=Case(When(begun, then=Greatest(*latest))))
