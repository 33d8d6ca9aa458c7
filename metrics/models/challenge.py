from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from metrics.models.contradiction import Contradiction
from truthgov.models import Appointment, Fact, Person, Recorded, Scope, StatedFile, StatesFiles, only_what_is_stated

A_POSITION_IS_TAKEN_BY_WHO_ANSWERS = pgtrigger.Trigger(
    name="a_position_is_taken_by_who_answers",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[
        (
            "days",
            "daterange := daterange((NEW.taken_at - interval '14 hours')::date, "
            "(NEW.taken_at + interval '14 hours')::date, '[]')",
        ),
    ],
    func="""
    IF NOT EXISTS (
        SELECT FROM truthgov_appointment p
        JOIN truthgov_scope s ON s.id = p.scope_id AND p.role = (
            CASE s.kind WHEN 'function' THEN 'function_lead' WHEN 'journey' THEN 'journey_owner' ELSE 'truth_owner' END)
        LEFT JOIN truthgov_deputy d ON d.appointment_id = p.id AND d.holds && days
        WHERE p.id = NEW.appointment_id AND p.scope_id = NEW.scope_id AND p.status = 'confirmed' AND p.holds && days
          AND NEW.taken_by_id IN (p.person_id, d.person_id)) THEN
        RAISE EXCEPTION 'a position is taken by whoever answers for its side';
    END IF;
    IF NEW.challenge_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM metrics_challenge
        WHERE id = NEW.challenge_id AND (contradiction_id, scope_id) = (NEW.contradiction_id, NEW.scope_id)) THEN
        RAISE EXCEPTION 'a challenge is answered by whom it was put to';
    END IF;
    RETURN NEW;
""",
)
"""What is answered escalates no more: nobody answers in another's name. Days are compared loosely by zone."""


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    def unanswered(self) -> Self:
        return self.filter(positions__isnull=True)

    def overdue(self, *, on: date) -> Self:
        return self.unanswered().filter(due_on__lt=on)

    def waiting(self) -> Self:
        """Unanswered, of cases that are not settled; of one that was joined, while the case that stays is not."""
        is_live = Q(contradiction__status__in=Contradiction.LIVE)
        goes_on = Q(contradiction__joining__into__status__in=Contradiction.LIVE)
        return self.unanswered().filter(is_live | goes_on)


class Challenge(Recorded):
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
        triggers = [*StatesFiles.Meta.triggers, A_POSITION_IS_TAKEN_BY_WHO_ANSWERS]

    def __str__(self) -> str:
        return f"position of {self.scope}"


class PositionFile(StatedFile):
    """A file that a position rests on."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="files")

    class Meta(StatedFile.Meta):
        constraints = [models.UniqueConstraint(fields=["position", "digest"], name="a_file_is_attached_once")]
        triggers = [*Fact.Meta.triggers, only_what_is_stated("position", "metrics_position")]
