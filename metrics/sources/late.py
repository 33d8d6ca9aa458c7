"""Feeds that are late: a state with an owner, derived from their runs."""

from dataclasses import dataclass
from datetime import date, datetime

from metrics.models import Feed, FeedRun
from truthgov.models import Person
from truthgov.periods import Period


@dataclass(frozen=True)
class LateFeed:
    """A feed (with its source, function and owner) whose figures of a period were due at `due_at` and are not there.

    `run` is the asking that brought nothing, `missing` how many periods in all are missing of this feed.
    """

    feed: Feed
    period: Period
    due_at: datetime
    run: FeedRun
    missing: int

    @property
    def owner(self) -> Person:
        return self.feed.owner


def feeds_late(on: date, *, owner: Person | None = None) -> list[LateFeed]:
    """Feeds late on a day (of one owner, where given), by the earliest period that is missing; one query.

    Late from the day after a period's slot, in the organisation's zone; paused and retired feeds owe nothing.
    """
    runs = FeedRun.objects.late(on=on).select_related("feed__source", "feed__function", "feed__owner")
    if owner:
        runs = runs.filter(feed__owner=owner)
    by_feed: dict[int, list[FeedRun]] = {}
    for run in runs.order_by("slot", "period_start"):
        by_feed.setdefault(run.feed_id, []).append(run)
    return [LateFeed(each[0].feed, each[0].period, each[0].slot, each[0], len(each)) for each in by_feed.values()]
