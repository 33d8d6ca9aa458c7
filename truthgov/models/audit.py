from django.db import models
from django.db.models import F
from django.db.models.fields.json import KT
from django.urls import reverse

from truthgov.acts import ActField
from truthgov.models.base import Fact


class AuditEntry(Fact):
    """One act, chained to the one before by SHA-256; `number` is the moment of knowledge and has no gaps.

    Of several entries of one act, all have its `act`, which is no part of what is hashed.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    code = models.CharField(max_length=60)
    actor = models.JSONField()
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    data = models.JSONField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    act = ActField()

    class Meta(Fact.Meta):
        ordering = ["-number"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-number"], name="entries_of_a_subject"),
            models.Index(fields=["code", "-number"], name="entries_of_a_code"),
            models.Index(fields=["at"], name="entries_by_time"),
            models.Index(fields=["act", "number"], name="entries_of_an_act"),
            models.Index(KT("actor__person"), F("number").desc(), name="entries_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("truthgov:entry", args=[self.number])


class AuditHead(models.Model):
    """The end of the chain: the one row that acts lock, last, to take their numbers."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="the_chain_has_one_head")]

    def __str__(self) -> str:
        return f"head at {self.number}"
