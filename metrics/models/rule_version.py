from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from metrics.models.dictionary_change import CHANGES_THE_DICTIONARY
from metrics.models.proposal import Proposal
from metrics.models.rule import Rule
from metrics.models.truth_owner import one_of_two_is_the_truth_owner

PARAMETERS = ("quiet_periods", "min_effect", "reliable_from", "tolerance", "lag_periods", "periods_needed")


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def approved(self) -> Self:
        return self.filter(status=RuleVersion.Status.APPROVED)

    def waiting(self) -> Self:
        return self.filter(status=RuleVersion.Status.PROPOSED)

    def begun(self, *, on: date) -> Self:
        """Those for periods that begin on a day, or earlier; the highest version of the approved ones holds there."""
        return self.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=on))


class RuleVersion(Proposal):
    """How a rule judges periods from `starts_on` on (empty: since ever), until a later approved version's.

    An *active* rule opens and feeds cases; one in *monitor* judges, and what it would have found is kept beside; one
    that is *off* or *retired* does not judge. What a parameter leaves empty follows the definition, the link or the
    grain. `min_effect` and `reliable_from` are in the judged measure's unit and in its denominators; `tolerance` is
    relative (0.05 is 5 %); `periods_needed` in how many of three periods a finding has to show.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        MONITOR = "monitor"
        OFF = "off"
        RETIRED = "retired"

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    starts_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State)
    quiet_periods = models.PositiveSmallIntegerField(default=Rule.QUIET_PERIODS)
    min_effect = models.DecimalField(max_digits=30, decimal_places=12, null=True)
    reliable_from = models.DecimalField(max_digits=30, decimal_places=6, null=True)
    tolerance = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    lag_periods = models.PositiveSmallIntegerField(null=True)
    periods_needed = models.PositiveSmallIntegerField(null=True)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        ordering = ["rule", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "version"], name="a_rule_version_is_given_once"),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(status="proposed"), name="one_version_of_a_rule_waits"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="a_rule_version_is_approved_by_another",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_rule_version_has_its_reason"),
            models.CheckConstraint(condition=Q(quiet_periods__gte=1), name="a_remedy_is_proved_by_some_quiet"),
            models.CheckConstraint(
                condition=Q(min_effect__isnull=True) | Q(min_effect__gt=0), name="the_smallest_that_matters_is_some"
            ),
            models.CheckConstraint(
                condition=(Q(tolerance__isnull=True) | Q(tolerance__gte=0))
                & (Q(reliable_from__isnull=True) | Q(reliable_from__gte=0)),
                name="what_is_tolerated_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(periods_needed__isnull=True) | Q(periods_needed__in=[1, 2]),
                name="a_finding_shows_in_one_period_or_two",
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="a_rule_version_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_rule_version_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["approved", "withdrawn", "rejected"]),
            ),
            pgtrigger.ReadOnly(
                name="a_proposed_rule_version_is_not_edited",
                fields=["rule", "version", "starts_on", "state", *PARAMETERS, "reason", "proposed_by", "appointment"],
            ),
            one_of_two_is_the_truth_owner("one_of_two_who_tune_is_the_truth_owner"),
            CHANGES_THE_DICTIONARY,
        ]

    def __str__(self) -> str:
        return f"{self.rule}, version {self.version}"
