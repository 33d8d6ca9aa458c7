from typing import Self

from django.db import models
from django.db.models import Q

from journeys.models import Journey
from metrics.models.measure import Measure
from metrics.models.rule import Rule
from metrics.models.segment import Segment
from metrics.models.source import Source
from truthgov.models import Fact, Person


class ContradictionQuerySet(models.QuerySet["Contradiction"]):
    def live(self) -> Self:
        """Not settled: open, or waiting for the figures to prove the remedy."""
        return self.filter(status__in=Contradiction.LIVE)

    def by_severity(self) -> Self:
        return self.order_by("-severity_rank", "opened_at", "pk")


class Contradiction(models.Model):
    """The case that gathers signals about the same parties and scope until it is resolved.

    Identity is kind, parties (a pair of measures, or a measure and a pair of sources) and the root segment; the
    database keeps one live case per identity. Every change is a `ContradictionEvent`.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        IN_REMEDY = "in_remedy", "in remedy"
        CLOSED = "closed"
        FALSE_ALARM = "false_alarm", "false alarm"

    class Severity(models.TextChoices):
        LOW = "low"
        MODERATE = "moderate"
        HIGH = "high"
        CRITICAL = "critical"

    LIVE = (Status.OPEN, Status.IN_REMEDY)

    class Kind(models.TextChoices):
        DIVERGENCE = "divergence"
        HANDOFF = "handoff"
        SOURCE_DISAGREEMENT = "source_disagreement", "source disagreement"
        OVERCOMMITMENT = "overcommitment"
        INCONSISTENCY = "inconsistency"
        MIX = "mix"
        GAMING = "gaming"
        DEFINITION_BREAK = "definition_break", "definition break"
        BROKEN_LINK = "broken_link", "broken link"
        INTEGRITY = "integrity"

    kind = models.CharField(max_length=24, choices=Kind)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    other_measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    other_source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(Rule, null=True, on_delete=models.PROTECT, related_name="contradictions")
    journey = models.ForeignKey(Journey, null=True, on_delete=models.PROTECT, related_name="contradictions")
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    statement = models.TextField(help_text="The contradiction in a sentence or two, with its figures.")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.LOW)
    severity_rank = models.FloatField(default=0)
    severity_why = models.TextField(blank=True)
    exposure_customers = models.PositiveBigIntegerField(null=True)
    exposure_value = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    recurrences = models.PositiveSmallIntegerField(default=0)
    first_period = models.DateField(null=True)
    last_period = models.DateField(null=True)
    remedy_from = models.DateField(null=True, help_text="Periods from here on can prove the remedy.")
    surfaced_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ContradictionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "measure", "other_measure", "source", "other_source", "segment"],
                condition=Q(status__in=["open", "in_remedy"]),
                nulls_distinct=False,
                name="one_live_contradiction_per_identity",
            )
        ]
        indexes = [
            models.Index(fields=["status", "-severity_rank", "opened_at", "id"], name="contradiction_queue"),
            models.Index(fields=["measure", "status"], name="contradictions_of_a_measure"),
            models.Index(fields=["other_measure", "status"], name="contradictions_of_an_outcome"),
        ]

    def __str__(self) -> str:
        parties = f"{self.measure.name} against {self.other_measure.name}" if self.other_measure else self.measure.name
        return f"{parties} ({self.segment})"


class ContradictionEvent(Fact):
    """A change of a case: who, when, why. `actor` is what the audit keeps of an actor."""

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="events")
    code = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Contradiction.Status, help_text="The state after the event.")
    period_start = models.DateField(null=True)
    actor = models.JSONField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    authority = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.code


class Signal(Fact):
    """One machine finding for one period; its evidence is frozen with it.

    `evidence` holds figures, limits, window, definition versions and why it fired; `sentence` explains it to its
    reader; `observations` cites the ledger rows it leaned on. After a restatement it may fire anew: a later
    `revision`.
    """

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="signals")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="signals")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    p_value = models.FloatField(null=True)
    effect = models.FloatField(help_text="In the judged measure's unit; positive is worse.")
    sentence = models.TextField()
    evidence = models.JSONField()
    observations = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["period_start", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "segment", "period_start", "revision"], name="a_finding_is_a_signal_once"
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class SignalWithdrawal(Fact):
    """A restated figure no longer shows what a signal found; the frozen evidence stays."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, related_name="withdrawal")
    why = models.TextField()
    at = models.DateTimeField()

    class Meta(Fact.Meta):
        pass

    def __str__(self) -> str:
        return self.why
