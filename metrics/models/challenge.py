from datetime import date
from typing import Self

from django.db import models

from metrics.models.contradiction import Contradiction
from truthgov.models import Appointment, Fact, Person, Scope, StatedFile, StatesFiles, only_what_is_stated


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def unanswered(self) -> Self:
        return self.filter(positions__isnull=True)

    def overdue(self, *, on: date) -> Self:
        return self.unanswered().filter(due_on__lt=on)

    def waiting(self) -> Self:
        """Unanswered, of cases that are not settled."""
        return self.unanswered().filter(contradiction__status__in=Contradiction.LIVE)


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

    def state(self, *, on: date) -> str:
        """How it stands on a day: accepted or contested by its latest answer; unanswered, it is due or overdue."""
        answers = list(self.positions.all())
        if answers:
            return answers[-1].stance or "answered"
        return "overdue" if self.due_on < on else "due"


class Position(StatesFiles):
    """A party's answer, claim and evidence, frozen beside the other side's."""

    class Stance(models.TextChoices):
        ACCEPTS = "accepted", "accepts the contradiction"
        CONTESTS = "contested", "contests the contradiction"

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="positions")
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.PROTECT, related_name="positions")
    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="positions")
    stance = models.CharField(
        max_length=10,
        choices=Stance,
        blank=True,
        default="",
        db_default="",
        help_text="Empty: nobody asked for it then.",
    )
    claim = models.TextField()
    evidence = models.TextField(blank=True)
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta(StatesFiles.Meta):
        ordering = ["taken_at", "pk"]

    def __str__(self) -> str:
        return f"position of {self.scope}"


class PositionFile(StatedFile):
    """A file that a position rests on."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="files")

    class Meta(StatedFile.Meta):
        constraints = [models.UniqueConstraint(fields=["position", "digest"], name="a_file_is_attached_once")]
        triggers = [*Fact.Meta.triggers, only_what_is_stated("position", "metrics_position")]
