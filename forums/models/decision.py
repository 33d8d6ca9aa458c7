from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from forums.models.forum import DecisionRight, DecisionType
from forums.models.meeting import AgendaItem, Meeting
from metrics.models import Measure
from truthgov.models import Appointment, Fact, Function, Person, Scope


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> Self:
        """Not superseded by a later one."""
        return self.filter(superseded_by__isnull=True)


class Decision(Fact):
    """Made under a right at an open, quorate meeting; never edited, superseded by a later one.

    `present`, `recused` and `quorum` are what held at that moment. `observations` and `definitions` are the rows it
    leaned on, `view_hash` the SHA-256 of the reconciled view that was shown, `known_entry` the moment of knowledge.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    decision_type = models.CharField(max_length=24, choices=DecisionType)
    wording = models.TextField()
    reason = models.TextField(blank=True)
    forced = models.BooleanField(default=False)
    right = models.ForeignKey(DecisionRight, null=True, on_delete=models.PROTECT, related_name="decisions")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    present = models.PositiveSmallIntegerField()
    recused = models.PositiveSmallIntegerField()
    quorum = models.PositiveSmallIntegerField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    observations = ArrayField(models.BigIntegerField(), default=list)
    definitions = ArrayField(models.BigIntegerField(), default=list)
    view_hash = models.CharField(max_length=64)
    known_entry = models.BigIntegerField()
    review_on = models.DateField(null=True)
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(forced=True) | Q(right__isnull=False, present__gte=F("quorum") + F("recused")),
                name="a_decision_has_its_right_and_its_quorum",
            ),
            models.CheckConstraint(
                condition=Q(forced=False) | ~Q(reason=""), name="a_forced_decision_gives_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.wording


class Expectation(Fact):
    """A measure that a decision is expected to move, and which way; what `did it work?` is asked of."""

    class Way(models.TextChoices):
        BETTER = "better"
        HOLD = "hold", "hold its target"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="expectations")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way, default=Way.BETTER)

    class Meta(Fact.Meta):
        constraints = [models.UniqueConstraint(fields=["decision", "measure"], name="a_measure_is_expected_once")]

    def __str__(self) -> str:
        return f"{self.measure.code}: {self.way}"


class Dissent(Fact):
    """A member's disagreement, recorded by name on request."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="dissents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="dissents")
    reason = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta(Fact.Meta):
        constraints = [models.UniqueConstraint(fields=["decision", "person"], name="a_person_dissents_once")]

    def __str__(self) -> str:
        return f"{self.person} dissents"


class ActionQuerySet(models.QuerySet["Action"]):
    def open(self) -> Self:
        return self.exclude(status=Action.Status.VERIFIED)

    def overdue(self, *, on: date) -> Self:
        return self.filter(status=Action.Status.OPEN, due_on__lt=on)


class Action(models.Model):
    """What somebody does after a decision, by a date, shown by a proof that somebody else verifies."""

    class Status(models.TextChoices):
        OPEN = "open"
        DONE = "done", "done, to be verified"
        VERIFIED = "verified"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=400)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="actions")
    function = models.ForeignKey(Function, null=True, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    proof = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("owner")),
                name="an_action_is_verified_by_another",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Escalation(models.Model):
    """A matter taken to a higher authority, by when it is to answer, and what it answered."""

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"

    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="escalations")
    contradiction = models.ForeignKey(
        "metrics.Contradiction", null=True, on_delete=models.PROTECT, related_name="escalations"
    )
    to_scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+")
    to_role = models.CharField(max_length=20)
    reason = models.TextField()
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    escalated_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    escalated_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"escalation to the {self.to_role}"
