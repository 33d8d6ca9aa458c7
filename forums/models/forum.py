from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from truthgov.models import Fact, Person, Role, Scope


class Forum(models.Model):
    """A standing body that decides; what it may decide stands in its charter."""

    class Kind(models.TextChoices):
        STEERING = "steering"
        PORTFOLIO = "portfolio", "journey portfolio"
        CHANGE = "change", "change readiness"

    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="forum")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CharterQuerySet(models.QuerySet["Charter"]):
    def in_force(self, *, on: date) -> "Charter | None":
        """Of those approved and begun, the latest version."""
        return self.filter(status=Charter.Status.APPROVED, starts_on__lte=on).order_by("-version").first()


class Charter(models.Model):
    """A dated version of a forum's rules; frozen by the database once approved.

    Members are appointments, not names: whoever holds `chair_role` over the organisation chairs; whoever holds a
    role in `member_roles` is a member, as is every forum member appointed to the forum itself. `cadence` meets on the
    `cadence_day`th working day of the month at `meets_at`, in the organisation's zone.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"

    class DecisionRule(models.TextChoices):
        CHAIR = "chair", "the chair decides after hearing the members"
        MAJORITY = "majority", "majority of those present and entitled"

    class Cadence(models.TextChoices):
        MONTHLY = "monthly"
        FORTNIGHTLY = "fortnightly"
        WEEKLY = "weekly"

    forum = models.ForeignKey(Forum, on_delete=models.PROTECT, related_name="charters")
    version = models.PositiveIntegerField()
    starts_on = models.DateField()
    purpose = models.TextField()
    quorum = models.PositiveSmallIntegerField()
    decision_rule = models.CharField(max_length=10, choices=DecisionRule, default=DecisionRule.CHAIR)
    chair_role = models.CharField(max_length=20, choices=Role, default=Role.TRUTH_OWNER)
    member_roles = ArrayField(models.CharField(max_length=20, choices=Role))
    cadence = models.CharField(max_length=12, choices=Cadence, default=Cadence.MONTHLY)
    cadence_day = models.PositiveSmallIntegerField(default=10)
    meets_at = models.TimeField()
    escalation_days = models.PositiveSmallIntegerField(default=10)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = CharterQuerySet.as_manager()

    class Meta:
        ordering = ["forum", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "version"], name="a_charter_version_is_given_once"),
            models.CheckConstraint(condition=Q(quorum__gte=2), name="a_quorum_is_more_than_one"),
            models.CheckConstraint(
                condition=~Q(status="approved") | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="a_charter_is_approved_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="an_approved_charter_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="approved"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.forum}, charter version {self.version}"


class DecisionType(models.TextChoices):
    RESOLVE_CONTRADICTION = "resolve_contradiction", "resolve contradiction"
    NAME_SOURCE_OF_RECORD = "name_source_of_record", "name source of record"
    APPROVE_DEFINITION = "approve_definition", "approve definition"
    SET_TARGET = "set_target", "set target"
    SET_JOURNEY_PRIORITY = "set_journey_priority", "set journey priority"
    POLICY = "policy", "policy"
    SERVICE_STANDARD = "service_standard", "service standard"
    APPROVE_CHANGE = "approve_change", "approve change"
    FUND = "fund", "fund"
    ESCALATE = "escalate", "escalate"


class DecisionRight(Fact):
    """Under a charter, the forum may take this type of decision, by whoever holds `decider_role`."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="rights")
    decision_type = models.CharField(max_length=24, choices=DecisionType)
    decider_role = models.CharField(max_length=20, choices=Role)

    class Meta(Fact.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["charter", "decision_type"], name="one_accountable_per_decision_right")
        ]

    def __str__(self) -> str:
        return self.get_decision_type_display()
