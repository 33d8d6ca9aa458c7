from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from metrics.models.feed_status import FeedStatus
from metrics.models.submission import Submission
from truthgov import audit, clock
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.periods import Grain, Period

ATTEMPTS = 7
LATEST_FIRST = ("-slot", "-period_start", "-id")
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(days=1)
"""That a source may ask for; whoever asks for more is called again all the same."""
LEASE = timedelta(minutes=15)
"""How long a worker may hold a run; longer than a task may live, so that a killed worker's run is taken up again."""


class LeaseLost(Exception):  # noqa: N818 - not a failure: somebody else has it
    """Somebody else has taken the run up since, or it was withdrawn: whatever was fetched is not stored."""


class FeedRunQuerySet(models.QuerySet["FeedRun"]):
    def to_take_up(self, *, at: datetime) -> Self:
        """Due, nobody's, and its time has come: never begun, to be tried again, or left by a worker that died."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
        ripe = Q(retry_at__isnull=True) | Q(retry_at__lte=at)
        return self.filter(free, ripe, status=FeedRun.Status.DUE, feed__status=FeedStatus.ACTIVE)

    def waiting(self) -> Self:
        """Due, and in no worker's hands."""
        return self.filter(status=FeedRun.Status.DUE, leased_until=None)

    def parked(self) -> Self:
        return self.filter(status=FeedRun.Status.PARKED)

    def late(self, *, on: date) -> Self:
        """Of the schedule, not brought, and their slot lies on a day before `on` in the organisation's zone."""
        missing = [FeedRun.Status.DUE, FeedRun.Status.PARKED]
        return self.filter(
            kind=FeedRun.Kind.SCHEDULED, status__in=missing, slot__lt=clock.midnight(on), feed__status=FeedStatus.ACTIVE
        )  # fmt: skip


class FeedRun(models.Model):
    """One asking of a feed for one period; claimed once, however many beats tick.

    `lease` counts how often a worker has taken it up: only the latest one may end it. `attempts` counts those since
    it last made sense to begin anew. Parked: given up, until somebody tries it again or withdraws it.
    """

    class Kind(models.TextChoices):
        SCHEDULED = "scheduled"
        ASKED = "asked", "asked for"

    class Status(models.TextChoices):
        DUE = "due"
        DONE = "done"
        PARKED = "parked"
        WITHDRAWN = "withdrawn"

    feed = models.ForeignKey("metrics.Feed", on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.SCHEDULED)
    grain = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Grain], default="month")
    period_start = models.DateField()
    slot = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    pages = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    offered = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    restated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list, help_text="The first rows that were refused, and why.")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")

    objects = FeedRunQuerySet.as_manager()

    class Meta:
        ordering = list(LATEST_FIRST)
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "grain", "period_start"], condition=Q(kind="scheduled"),
                name="a_period_of_a_feed_is_scheduled_once",
            ),
            models.UniqueConstraint(
                fields=["feed", "grain", "period_start"], condition=Q(kind="asked", status="due"),
                name="a_period_that_is_asked_for_again_waits_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["feed", "-slot", "-period_start", "-id"], name="runs_of_a_feed"),
            models.Index(fields=["status"], condition=Q(status__in=["due", "parked"]), name="runs_that_are_not_over"),
        ]

    def __str__(self) -> str:
        return f"{self.period} of {self.feed}"

    def get_absolute_url(self) -> str:
        return reverse("metrics:feed_run", args=[self.feed_id, self.pk])

    @property
    def period(self) -> Period:
        return Period.containing(self.period_start, Grain(self.grain))

    @property
    def is_poisoned(self) -> bool:
        """Has it outlived all its attempts: did the workers that took it up die?"""
        return self.attempts > ATTEMPTS

    @property
    def is_last_attempt(self) -> bool:
        return self.attempts >= ATTEMPTS

    @property
    def pause_before_next(self) -> timedelta:
        """A minute after the first attempt, three times as long after each further one: six hours and more in all."""
        return FIRST_PAUSE * 3 ** (self.attempts - 1)

    @property
    def seconds(self) -> float | None:
        """How long its last attempt took."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at and self.started_at else None

    def take_up(self, at: datetime) -> None:
        """Lease the run; the caller holds its row."""
        FeedRun.objects.filter(pk=self.pk).update(
            attempts=F("attempts") + 1, lease=F("lease") + 1, started_at=at, leased_until=at + LEASE, retry_at=None
        )
        self.refresh_from_db(fields=["attempts", "lease", "started_at", "leased_until", "retry_at"])

    def hold(self) -> None:
        """Lock the run until commit; LeaseLost where it is no longer the caller's."""
        mine = FeedRun.objects.select_for_update(no_key=True).filter(
            pk=self.pk, status=self.Status.DUE, lease=self.lease
        )
        if not mine.exists():
            raise LeaseLost

    def finish(self, message: str, *, by: Actor, **came: Any) -> None:
        """The figures are stored, in this very transaction."""
        with audit.act():
            self.hold()
            advance(self, self.Status.DUE, self.Status.DONE, **self._ended(message, came))
            audit.record("feed.pulled", self.feed, by=by, run=self.pk, message=message)

    def try_again(
        self, message: str, *, at: datetime | None = None, after: timedelta | None = None, afresh: bool = False
    ) -> None:
        """The attempt brought nothing; another follows after a pause, the one that the source asks for where that is
        longer, or at a moment with its attempts counted anew."""
        pause = max(self.pause_before_next, min(after or FIRST_PAUSE, LONGEST_PAUSE))
        with audit.act():
            self.hold()
            fields = {
                "retry_at": at or clock.now() + pause,
                "attempts": 0 if afresh else self.attempts,
            }
            FeedRun.objects.filter(pk=self.pk).update(**fields, **self._ended(message, {}))

    def park(self, message: str, *, by: Actor, refusals: Sequence[dict[str, Any]] = (), **came: Any) -> None:
        """Give up, until somebody tries it again; the periods after it are asked for all the same."""
        with audit.act():
            self.hold()
            advance(self, self.Status.DUE, self.Status.PARKED, **self._ended(message, came), refusals=list(refusals))
            audit.record("feed.parked", self.feed, by=by, run=self.pk, message=message)

    def retry(self, *, by: Actor) -> None:
        """Try a parked run again at the next beat, with its attempts counted anew."""
        with audit.act():
            if self.feed.status != FeedStatus.ACTIVE:
                raise Refusal(f"This feed is {self.feed.status}; resume it first.")
            with only_once("This period waits already; look at its run."):
                advance(self, self.Status.PARKED, self.Status.DUE, attempts=0, retry_at=None, ended_at=None)
            audit.record("feed.retried", self.feed, by=by, run=self.pk)

    def withdraw(self, *, by: Actor) -> None:
        """Do without this run: its period is not asked for any more, and late no longer."""
        with audit.act():
            advance(self, self.Status.PARKED, self.Status.WITHDRAWN)
            audit.record("feed.run_withdrawn", self.feed, by=by, run=self.pk, period=self.period.code)

    def _ended(self, message: str, came: dict[str, Any]) -> dict[str, Any]:
        return {"leased_until": None, "ended_at": clock.now(), "message": message, **came}
