from datetime import date
from typing import Self

from django.db import models

from metrics.models.contradiction import Contradiction
from truthgov.models import Appointment, Fact, Person, Scope


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def unanswered(self) -> Self:
        return self.filter(positions__isnull=True)

    def overdue(self, *, on: date) -> Self:
        return self.unanswered().filter(due_on__lt=on)


class Challenge(Fact):
    """The truth owner asks whoever answers for a scope to take a position by a date."""

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="challenges")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="challenges")
    question = models.TextField()
    due_on = models.DateField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = ChallengeQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"challenge to {self.scope}"


class Position(Fact):
    """A party's answer, claim and evidence, frozen beside the other side's."""

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="positions")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.PROTECT, related_name="positions")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="positions")
    claim = models.TextField()
    evidence = models.TextField(blank=True)
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["taken_at"]

    def __str__(self) -> str:
        return f"position of {self.scope}"
