from datetime import datetime, timedelta
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.urls import reverse

from metrics.models.source import Source
from metrics.models.submission import Submission
from truthgov import audit, clock, vault
from truthgov.actor import Actor
from truthgov.errors import Refusal
from truthgov.lifecycle import advance
from truthgov.models import Function, Person

ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)
LEASE = timedelta(minutes=15)
"""How long a worker may hold a run; longer than a task may live, so that a killed worker's run is taken up again."""


class FeedQuerySet(models.QuerySet["Feed"]):
    def due(self, *, at: datetime) -> Self:
        return self.exclude(status=Feed.Status.PAUSED).filter(next_run_at__lte=at)


class Feed(models.Model):
    """A source that truthgov fetches by itself over HTTP, as JSON or CSV.

    `mapping` names, for each field of a row, where it stands: a JMESPath in JSON, a column in CSV. `rows_path` is
    the JMESPath of the list of rows. The token is write-only and encrypted.
    """

    class Format(models.TextChoices):
        JSON = "json", "JSON"
        CSV = "csv", "CSV"

    class Status(models.TextChoices):
        ACTIVE = "active"
        FAILING = "failing"
        PAUSED = "paused"

    name = models.CharField(max_length=200, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="feeds")
    function = models.ForeignKey(Function, on_delete=models.PROTECT, related_name="feeds")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    url = models.URLField(max_length=500, help_text="May hold {period}, the period asked for.")
    format = models.CharField(max_length=4, choices=Format)
    rows_path = models.CharField(max_length=200, blank=True)
    mapping = models.JSONField(default=dict)
    sealed_token = models.TextField(blank=True)
    every_minutes = models.PositiveIntegerField(default=1440)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    next_run_at = models.DateTimeField()

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("metrics:feed", args=[self.pk])

    @classmethod
    def connect(cls, *, token: str = "", by: Actor, **fields: Any) -> "Feed":
        """A person's new feed, first run at the next beat. The token is sealed here and shown never again."""
        if by.person is None:
            raise PermissionDenied
        with audit.act():
            feed = cls.objects.create(
                owner=by.person, sealed_token=vault.seal(token) if token else "", next_run_at=clock.now(), **fields
            )
            audit.record("feed.connected", feed, by=by, url=feed.url, function=feed.function_id, source=feed.source_id)
        return feed

    def correct(self, *, token: str = "", by: Actor, **fields: Any) -> None:
        """Change where and how it is read, and run it at the next beat; an empty token leaves the one there is."""
        with audit.act():
            if token:
                fields["sealed_token"] = vault.seal(token)
            Feed.objects.filter(pk=self.pk).update(**fields, next_run_at=clock.now())
            self.refresh_from_db()
            audit.record("feed.corrected", self, by=by, url=self.url, mapping=self.mapping, new_token=bool(token))

    def pause(self, *, by: Actor) -> None:
        with audit.act():
            if self.status == self.Status.PAUSED:
                raise Refusal("This feed is paused already; resume it to run it again.")
            advance(self, self.status, self.Status.PAUSED)
            audit.record("feed.paused", self, by=by)

    def resume(self, *, by: Actor) -> None:
        """Run again, from the next beat on."""
        with audit.act():
            advance(self, self.Status.PAUSED, self.Status.ACTIVE, next_run_at=clock.now())
            audit.record("feed.resumed", self, by=by)

    def run_soon(self, *, by: Actor) -> None:
        """Bring the next run forward to the next beat."""
        with audit.act():
            if self.status == self.Status.PAUSED:
                raise Refusal("This feed is paused; resume it first.")
            Feed.objects.filter(pk=self.pk).update(next_run_at=clock.now())
            audit.record("feed.hurried", self, by=by)

    def slot_after(self, moment: datetime) -> datetime:
        """The first slot of the schedule after a moment; slots that were missed are not made up for."""
        every = timedelta(minutes=self.every_minutes)
        missed = max((moment - self.next_run_at) // every, 0)
        return self.next_run_at + (missed + 1) * every


class FeedRunQuerySet(models.QuerySet["FeedRun"]):
    def to_take_up(self, *, at: datetime) -> Self:
        """Due, and nobody's: never begun, or to be tried again, or left by a worker that died."""
        return self.filter(status=FeedRun.Status.DUE).filter(Q(retry_at__isnull=True) | Q(retry_at__lte=at))


class FeedRun(models.Model):
    """One run of a feed for one slot of its schedule: claimed once, however many beats tick.

    While a worker has it, `retry_at` is the end of its lease; after a failed attempt, when it is tried again.
    """

    class Status(models.TextChoices):
        DUE = "due"
        DONE = "done"
        FAILED = "failed"

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="runs")
    slot = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status, default=Status.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")

    objects = FeedRunQuerySet.as_manager()

    class Meta:
        ordering = ["-slot"]
        constraints = [models.UniqueConstraint(fields=["feed", "slot"], name="a_slot_of_a_feed_runs_once")]

    def __str__(self) -> str:
        return f"{self.feed} at {self.slot:%Y-%m-%d %H:%M}"

    @property
    def is_poisoned(self) -> bool:
        """Has it outlived all its attempts: did the workers that took it up die?"""
        return self.attempts > ATTEMPTS

    @property
    def is_last_attempt(self) -> bool:
        return self.attempts >= ATTEMPTS

    @property
    def pause_before_next(self) -> timedelta:
        """A minute after the first attempt, twice as long after each further one."""
        return FIRST_PAUSE * 2 ** (self.attempts - 1)

    def finish(self, submission: Submission | None, message: str, *, by: Actor) -> None:
        """The figures are stored, in this very transaction; a feed that failed before works again."""
        with audit.act():
            advance(
                self, self.Status.DUE, self.Status.DONE, ended_at=clock.now(), message=message, submission=submission
            )
            Feed.objects.filter(pk=self.feed_id, status=Feed.Status.FAILING).update(status=Feed.Status.ACTIVE)
            audit.record("feed.pulled", self.feed, by=by, run=self.pk, message=message)

    def try_again(self, message: str) -> None:
        """The attempt failed; another follows after a pause."""
        at = clock.now() + self.pause_before_next
        FeedRun.objects.filter(pk=self.pk, status=self.Status.DUE).update(retry_at=at, message=message)

    def fail(self, message: str, *, by: Actor) -> None:
        """Give up this slot and say so on the feed; the next slot is run all the same."""
        with audit.act():
            advance(self, self.Status.DUE, self.Status.FAILED, ended_at=clock.now(), message=message)
            Feed.objects.filter(pk=self.feed_id, status=Feed.Status.ACTIVE).update(status=Feed.Status.FAILING)
            audit.record("feed.failed", self.feed, by=by, run=self.pk, message=message)
