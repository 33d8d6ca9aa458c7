import os
import uuid
from datetime import datetime

from django.db import models
from django.urls import reverse

from metrics.models.source import Source
from truthgov.models import Fact, Function, Key, Person


def rising_uuid(moment: datetime) -> uuid.UUID:
    """A UUID of version 7: unguessable, and larger the later its moment is, by milliseconds."""
    milliseconds = int(moment.timestamp() * 1000).to_bytes(6, "big")
    chance = int.from_bytes(milliseconds + os.urandom(10), "big")
    return uuid.UUID(int=chance & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def sender_named(name: str | None) -> str:
    """Who gave figures or said something of them, by the name of a person or a key; else it was our own clockwork."""
    return name or "truthgov's own clockwork"


class Submission(Fact):
    """One accepted delivery of figures. `entry` is its audit entry: from that moment on it is known.

    `digest` is the SHA-256 over its stored rows in key order. Written last in its transaction, so that its number is
    final.
    """

    class Channel(models.TextChoices):
        API = "api", "API"
        FORM = "form"
        FILE = "file"
        PULL = "pull", "pulled feed"
        COMMAND = "command"
        COMPUTED = "computed", "formula"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=8, choices=Channel)
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="submissions")
    function = models.ForeignKey(Function, null=True, on_delete=models.PROTECT, related_name="submissions")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="submissions")
    key = models.ForeignKey(Key, null=True, on_delete=models.PROTECT, related_name="submissions")
    received_at = models.DateTimeField()
    accepted = models.PositiveIntegerField()
    restated = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    refusals = models.JSONField(default=list, help_text="Of a lenient delivery: the rows left out, and why.")
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    entry = models.BigIntegerField(unique=True)
    entry_hash = models.CharField(max_length=64)

    class Meta(Fact.Meta):
        ordering = ["-entry"]
        indexes = [models.Index(fields=["received_at"], name="submissions_by_time")]

    def __str__(self) -> str:
        return f"submission {self.entry}"

    def get_absolute_url(self) -> str:
        return reverse("metrics:submission", args=[self.pk])

    @property
    def sender(self) -> str:
        """Who gave it: a person, a key, or our own clockwork that fetched it."""
        return sender_named(str(self.person or self.key or ""))
