from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from metrics.models.contradiction import Contradiction
from metrics.models.rule import Rule
from metrics.models.segment import Segment
from metrics.models.truth_owner import A_FALSE_ALARM_IS_THE_TRUTH_OWNERS
from metrics.models.validity import A_GRADING_HAS_ITS_FINDINGS
from truthgov.models import Fact, Person, Recorded


class ContradictionEvent(Recorded):
    """A change of a case: who, when, why. `actor` is what the audit keeps of an actor."""

    class Code(models.TextChoices):
        OPENED = "opened", "opened by the figures"
        SURFACED = "surfaced", "surfaced by hand"
        FED = "fed", "signalled again"
        WITHDRAWN = "signals_withdrawn", "signals withdrawn"
        ENTERED_REMEDY = "entered_remedy", "entered remedy"
        RETURNED = "returned_to_open", "returned to open"
        PROVED = "proved", "closed: the remedy is proved"
        SETTLED = "settled", "closed: the source of record is named"
        CLOSED = "closed_on_evidence", "closed on evidence"
        RECURRED = "recurred", "came back"
        FALSE_ALARM = "declared_false_alarm", "declared a false alarm"
        CHALLENGED = "challenged", "challenged"
        POSITION = "position_taken", "position taken"
        CAUSE = "cause_named", "put down to a cause"
        JOINED = "joined", "joined to another case"
        GATHERED = "gathered", "another case was joined to it"
        SPLIT = "split", "a segment was split off"
        SPLIT_OFF = "split_off", "split off the case of its whole"
        LINKED = "linked", "linked to another case"
        SNOOZED = "snoozed", "snoozed"
        WOKEN = "woken", "woken"

    contradiction = models.ForeignKey(Contradiction, on_delete=models.PROTECT, related_name="events")
    code = models.CharField(max_length=40, choices=Code)
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
        constraints = [
            models.UniqueConstraint(
                fields=["contradiction", "authority"],
                condition=Q(code__in=["entered_remedy", "closed_on_evidence"]),
                name="a_decision_moves_a_case_once",
            )
        ]
        triggers = [*Fact.Meta.triggers, A_GRADING_HAS_ITS_FINDINGS, A_FALSE_ALARM_IS_THE_TRUTH_OWNERS]

    def __str__(self) -> str:
        return self.get_code_display()


class Signal(Recorded):
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
        indexes = [GinIndex(fields=["observations"], name="signals_by_what_they_cite", opclasses=["jsonb_path_ops"])]

    def __str__(self) -> str:
        return self.sentence


class SignalWithdrawal(Recorded):
    """A restated figure no longer shows what a signal found; the frozen evidence stays."""

    signal = models.OneToOneField(Signal, on_delete=models.PROTECT, related_name="withdrawal")
    why = models.TextField()
    at = models.DateTimeField()

    class Meta(Fact.Meta):
        pass

    def __str__(self) -> str:
        return self.why
