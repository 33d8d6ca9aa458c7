from django.db import models

from metrics.models.source import Source
from metrics.models.submission import Submission
from truthgov.models import Function, Person


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

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FeedRun(models.Model):
    """One run of a feed for one slot of its schedule: claimed once, however many beats tick."""

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

    class Meta:
        ordering = ["-slot"]
        constraints = [models.UniqueConstraint(fields=["feed", "slot"], name="a_slot_of_a_feed_runs_once")]

    def __str__(self) -> str:
        return f"{self.feed} at {self.slot:%Y-%m-%d %H:%M}"
