from datetime import date

from django.db import models
from django.db.models import F, Q

from journeys.models import Journey
from metrics.models.measure import Measure
from truthgov.models import Fact, Person, Recorded


class TargetConditionQuerySet(models.QuerySet["TargetCondition"]):
    def in_force(self, *, on: date) -> "models.QuerySet[TargetCondition]":
        """The version of each journey that holds on a day."""
        return self.filter(starts_on__lte=on).order_by("journey_id", "-version").distinct("journey_id")

    def last_versions(self) -> "models.QuerySet[TargetCondition]":
        """The last version of each journey, in force or to come: what it demands from then on."""
        return self.order_by("journey_id", "-version").distinct("journey_id")


class TargetCondition(Recorded):
    """Which outcomes must hold for a journey to count as working; a later version replaces an earlier one."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="target_conditions")
    version = models.PositiveIntegerField()
    starts_on = models.DateField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = TargetConditionQuerySet.as_manager()

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(fields=["journey", "version"], name="a_target_condition_version_is_given_once"),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="a_target_condition_is_approved_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.journey}, version {self.version}"


class RequiredOutcome(Recorded):
    """An outcome that a target condition demands, with the trust its figures need (0 to 100)."""

    condition = models.ForeignKey(TargetCondition, on_delete=models.PROTECT, related_name="required")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="required_by")
    trust_needed = models.PositiveSmallIntegerField(default=80)

    class Meta(Fact.Meta):
        constraints = [
            models.UniqueConstraint(fields=["condition", "measure"], name="an_outcome_is_required_once"),
            models.CheckConstraint(condition=Q(trust_needed__lte=100), name="trust_is_at_most_100"),
        ]

    def __str__(self) -> str:
        return self.measure.code
