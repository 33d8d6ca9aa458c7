import hashlib
from datetime import date
from typing import Any, Self

from django.db import models

from truthgov.models.appointment import Appointment
from truthgov.models.base import Fact, Recorded


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, *, on: date) -> "Mandate | None":
        """The version that holds on a day: of those begun, the latest."""
        return self.filter(starts_on__lte=on).order_by("-version").first()

    def history(self) -> Self:
        return self.order_by("-version")


class Mandate(Recorded):
    """The written authority of the truth owner, granted by the sponsor; a later version replaces an earlier one."""

    version = models.PositiveIntegerField(unique=True)
    starts_on = models.DateField()
    text = models.TextField()
    may_challenge = models.BooleanField()
    may_escalate = models.BooleanField()
    may_force = models.BooleanField()
    granted_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    objects = MandateQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["-version"]

    @property
    def powers(self) -> list[str]:
        """What it grants, in words: `challenge`, `escalate`, `force`."""
        given = {"challenge": self.may_challenge, "escalate": self.may_escalate, "force": self.may_force}
        return [power for power, granted in given.items() if granted]

    def __str__(self) -> str:
        return f"Mandate, version {self.version}"

    def as_record(self) -> dict[str, Any]:
        """What the audit keeps of it; the text by its SHA-256."""
        return {
            "version": self.version, "starts_on": self.starts_on, "powers": sorted(self.powers),
            "text": hashlib.sha256(self.text.encode()).hexdigest(),
        }  # fmt: skip
