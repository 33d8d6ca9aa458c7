from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from truthgov.models import Person


class DictionaryImportQuerySet(models.QuerySet["DictionaryImport"]):
    def awaiting_approval(self) -> Self:
        """Proposed, with something in them that waits for another person."""
        return self.filter(status=DictionaryImport.Status.PROPOSED).defer("content")


class DictionaryImport(models.Model):
    """A file of the dictionary that somebody handed in, with what becomes of it.

    While drafted it is its sender's alone. Proposed, its further versions of definitions wait each on their own page,
    and the rest of it (new measures, links, sources, conditions) waits here until another person approves it.
    """

    class Status(models.TextChoices):
        DRAFTED = "drafted"
        PROPOSED = "proposed"
        ENTERED = "entered"
        WITHDRAWN = "withdrawn"
        REJECTED = "rejected"

    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    answers = models.JSONField(default=dict, help_text="What a foreign file does not say of its measures.")
    reason = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFTED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)
    proposed = models.JSONField(default=list, help_text="The versions it proposed, as code and number.")

    objects = DictionaryImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="entered")
                | Q(decided_by__isnull=True, decided_at__isnull=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="an_import_is_entered_by_another",
            ),
            models.UniqueConstraint(
                fields=["proposed_by"], condition=Q(status="drafted"), name="a_person_drafts_one_import"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="an_import_that_is_settled_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=["entered", "withdrawn", "rejected"]),
            ),
            pgtrigger.ReadOnly(
                name="an_import_says_what_who_handed_in", fields=["filename", "content", "answers", "proposed_by"]
            ),
            pgtrigger.Protect(
                name="what_waits_is_entered_by_somebody",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="proposed", new__status="entered", new__decided_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("metrics:import", args=[self.pk])

    @property
    def waits(self) -> bool:
        return self.status == self.Status.PROPOSED
