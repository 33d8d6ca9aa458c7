import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from metrics.models.feed_run import FeedRun
from metrics.models.feed_status import FeedStatus
from metrics.models.source import Source
from metrics.sources.description import Description
from metrics.sources.paging import Paging, same_origin
from metrics.sources.schedule import Schedule
from truthgov import audit, clock, vault
from truthgov.actor import Actor
from truthgov.errors import InvalidInput, Refusal
from truthgov.lifecycle import advance, only_once
from truthgov.models import Function, Person
from truthgov.periods import Grain, Period

MAX_PERIODS = 366
"""The most periods of one back-fill."""


BRINGING = ("source_id", "function_id", "url", "format", "query", "rows_path", "mapping", "headers", "secret_header")
"""What says which figures a feed brings, and from where."""
DESCRIBING = (*BRINGING, "name", "owner_id", "pages", "page_parameter", "cursor_path", "first_page", "page_size",
              "lenient", "grain", "days_after", "hour")  # fmt: skip
"""Everything that a correction says anew, but for the secret."""
OVERTAKEN = "This feed was corrected since you opened this page; open it anew, and correct it there."
NAMED_ALREADY = "There is a feed called {} already; choose another name."


class FeedQuerySet(models.QuerySet["Feed"]):
    def due(self, *, at: datetime) -> Self:
        return self.filter(status=Feed.Status.ACTIVE, next_run_at__lte=at)

    def with_standing(self, *, on: date) -> Self:
        """With what `standing` looks at: is a period late, or a run parked?"""
        own = FeedRun.objects.filter(feed=OuterRef("pk")).order_by()
        return self.annotate(is_late=Exists(own.late(on=on)), has_parked=Exists(own.parked()))


class Feed(models.Model):
    """A source that truthgov fetches by itself: over HTTP as JSON or CSV, or by a query.

    `mapping` names, for each field of a row, where it stands: a JMESPath in JSON, a column in CSV or of the query.
    `rows_path` is the JMESPath of the list of rows. The secret (token or password) is write-only and encrypted. Each
    period of `grain` is asked for `days_after` its end, at `hour` in the organisation's zone. `owner` answers for it
    when it is late. `described_by` connected it, or was the last to change what it brings: beyond its function's
    figures it brings the outcomes that this person may let in, none where nobody knows who it was.
    """

    class Format(models.TextChoices):
        JSON = "json", "JSON over HTTP"
        CSV = "csv", "CSV over HTTP"
        SQL = "sql", "SQL query"

    Status = FeedStatus

    class Pages(models.TextChoices):
        LINK = "link", "the next link of the Link header"
        CURSOR = "cursor", "a cursor in the answer"
        PAGE = "page", "page numbers"
        OFFSET = "offset", "an offset in rows"

    name = models.CharField(max_length=200, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="feeds")
    function = models.ForeignKey(Function, on_delete=models.PROTECT, related_name="feeds")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    described_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500, help_text="May hold {period}, {period_start} and {period_end}.")
    format = models.CharField(max_length=4, choices=Format)
    query = models.TextField(blank=True)
    rows_path = models.CharField(max_length=200, blank=True)
    mapping = models.JSONField(default=dict)
    sealed_token = models.TextField(blank=True)
    secret_header = models.CharField(max_length=60, default="Authorization")
    headers = models.JSONField(default=dict)
    pages = models.CharField(max_length=6, choices=Pages, blank=True)
    page_parameter = models.CharField(max_length=60, blank=True)
    cursor_path = models.CharField(max_length=200, blank=True)
    first_page = models.PositiveSmallIntegerField(default=1)
    page_size = models.PositiveIntegerField(default=0)
    lenient = models.BooleanField(default=False)
    grain = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Grain], default="month")
    days_after = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(default=6)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    next_run_at = models.DateTimeField()

    objects = FeedQuerySet.as_manager()
    is_late: bool
    has_parked: bool

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(hour__lt=24), name="a_feed_runs_at_an_hour_of_the_day")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("metrics:feed", args=[self.pk])

    @property
    def schedule(self) -> Schedule:
        return Schedule(Grain(self.grain), self.days_after, self.hour, timezone.get_default_timezone())

    @property
    def paging(self) -> Paging:
        return Paging(self.pages, self.page_parameter, self.cursor_path, self.first_page, self.page_size)

    @property
    def description(self) -> Description:
        return Description(self.url, self.format, self.query, self.rows_path, self.mapping, self.secret_header,
                           self.headers, self.paging)  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of what it is described by: tells whether somebody corrected it meanwhile."""
        said = json.dumps([getattr(self, name) for name in DESCRIBING], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def standing(self) -> str:
        """What a list shows of it; of a feed read `with_standing`."""
        if self.status != self.Status.ACTIVE:
            return str(self.status)
        return "parked" if self.has_parked else "late" if self.is_late else "active"

    @classmethod
    def connect(cls, *, token: str = "", owner: Person | None = None, by: Actor, **fields: Any) -> "Feed":
        """A person's new feed, first run at the next beat. The secret is sealed here and shown never again."""
        if by.person is None:
            raise PermissionDenied
        sealed = vault.seal(token) if token else ""
        feed = cls(owner=owner or by.person, described_by=by.person, sealed_token=sealed, **fields)
        feed.description.check()
        with audit.act():
            feed.next_run_at = clock.now()
            with only_once(NAMED_ALREADY.format(feed.name)):
                feed.save(force_insert=True)
            audit.record("feed.connected", feed, by=by, url=feed.url, function=feed.function_id, source=feed.source_id)
        return feed

    def corrected(self, *, token: str = "", **fields: Any) -> "Feed":
        """This feed with other fields, not stored. An empty secret leaves the one there is, for the same server."""
        kept = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        feed = Feed(**kept)
        for name, value in fields.items():
            setattr(feed, name, value)
        if token:
            feed.sealed_token = vault.seal(token)
        feed.description.check()
        if feed.sealed_token and not token and not same_origin(feed.url, self.url):
            raise InvalidInput("The address leads to another server.", {"token": "is needed anew for another server"})
        return feed

    def correct(self, *, by: Actor, token: str = "", seen: str = "", **fields: Any) -> None:
        """Change where, how and when it is read; what waits is tried at the next beat.

        `seen` is the digest of what was corrected: InvalidInput where it is another by now.
        """
        with audit.act():
            # Every field is written: what others did meanwhile (paused it, sealed its secret anew) is not undone.
            self.refresh_from_db(from_queryset=Feed.objects.select_for_update(of=("self",), no_key=True))
            self._require_not_retired()
            if seen and seen != self.digest:
                raise InvalidInput(OVERTAKEN)
            feed = self.corrected(token=token, **fields)
            if token or any(getattr(feed, name) != getattr(self, name) for name in BRINGING):
                feed.described_by = by.person
            feed.next_run_at = clock.now()
            with only_once(NAMED_ALREADY.format(feed.name)):
                feed.save(force_update=True)
            self.runs.waiting().update(retry_at=clock.now(), attempts=0)
            self.refresh_from_db()
            audit.record("feed.corrected", self, by=by, url=self.url, mapping=self.mapping, new_token=bool(token))

    def pause(self, *, by: Actor) -> None:
        with audit.act():
            advance(self, self.Status.ACTIVE, self.Status.PAUSED)
            audit.record("feed.paused", self, by=by)

    def resume(self, *, by: Actor) -> None:
        """Run again, from the next beat on; periods that were missed are asked for."""
        with audit.act():
            advance(self, self.Status.PAUSED, self.Status.ACTIVE, next_run_at=clock.now())
            audit.record("feed.resumed", self, by=by)

    def retire(self, *, by: Actor) -> None:
        """Never run again; what waits is withdrawn, what was brought stays."""
        with audit.act():
            self._require_not_retired()
            advance(self, self.status, self.Status.RETIRED)
            self.runs.filter(status__in=[FeedRun.Status.DUE, FeedRun.Status.PARKED]).update(
                status=FeedRun.Status.WITHDRAWN, ended_at=clock.now(), message="The feed was retired."
            )
            audit.record("feed.retired", self, by=by)

    def reseal(self, *, by: Actor) -> bool:
        """Seal the secret with the present key, unless it is; Refusal where no key of the settings opens it."""
        with audit.act():
            # Locked: a new secret that somebody gives meanwhile is not overwritten by the old one.
            sealed = Feed.objects.select_for_update(no_key=True).values_list("sealed_token", flat=True).get(pk=self.pk)
            if not sealed or vault.is_current(sealed):
                return False
            Feed.objects.filter(pk=self.pk).update(sealed_token=vault.seal(vault.unseal(sealed)))
            audit.record("feed.resealed", self, by=by)
        return True

    def run_soon(self, *, by: Actor) -> None:
        """Ask for the latest period at the next beat, whether or not it was brought already."""
        with audit.act():
            self._ask_for([self.schedule.latest(clock.now())])
            audit.record("feed.hurried", self, by=by)

    def backfill(self, first: Period, last: Period, *, by: Actor) -> None:
        """Ask for every period from `first` to `last`, a run each: what is cut off goes on where it stood."""
        with audit.act():
            count = last.ordinal - first.ordinal + 1
            if not 0 < count <= MAX_PERIODS or last.start > clock.today():
                raise Refusal(f"Name a first and a last period that have begun, at most {MAX_PERIODS} of them.")
            self._ask_for(first.shift(ahead) for ahead in range(count))
            audit.record("feed.backfilled", self, by=by, first=first.code, last=last.code)

    def owe(self, at: datetime) -> None:
        """Runs for the periods whose slot has come, and the next slot; the caller holds the feed's row."""
        schedule = self.schedule
        asked = self.runs.filter(kind=FeedRun.Kind.SCHEDULED, grain=self.grain).order_by("period_start").last()
        for period in schedule.owed(at, asked.period if asked else None):
            self._queue(FeedRun.Kind.SCHEDULED, period, schedule.slot(period))
        Feed.objects.filter(pk=self.pk).update(next_run_at=schedule.next_slot(at))

    def _ask_for(self, periods: Iterable[Period]) -> None:
        if self.status != self.Status.ACTIVE:
            raise Refusal(f"This feed is {self.status}; only one that runs can be asked for figures.")
        at = clock.now()
        for period in periods:
            self._queue(FeedRun.Kind.ASKED, period, at)
        self.runs.waiting().filter(kind=FeedRun.Kind.ASKED).update(retry_at=at, attempts=0)

    def _queue(self, kind: str, period: Period, slot: datetime) -> None:
        """A run for a period, unless it waits already: the database knows."""
        run = FeedRun(feed=self, kind=kind, grain=period.grain.value, period_start=period.start, slot=slot)
        FeedRun.objects.bulk_create([run], ignore_conflicts=True)

    def _require_not_retired(self) -> None:
        if self.status == self.Status.RETIRED:
            raise Refusal("This feed is retired; connect a new one.")
