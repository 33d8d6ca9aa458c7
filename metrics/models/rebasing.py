from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from metrics.models.measure import Measure
from metrics.models.proposal import Proposal
from metrics.models.segment import Segment
from metrics.models.truth_owner import one_of_two_is_the_truth_owner

SAID = ["measure", "segment", "starts_on", "reason", "proposed_by", "appointment", "proposed_at"]


class RebasingQuerySet(models.QuerySet["Rebasing"]):
    def approved(self) -> Self:
        return self.filter(status=Rebasing.Status.APPROVED)

    def waiting(self) -> Self:
        return self.filter(status=Rebasing.Status.PROPOSED)


class Rebasing(Proposal):
    """The natural limits of a measure in a segment are set anew from the period on that begins on `starts_on`.

    What changed does not become usual by lasting: somebody says that the process is another one now, and why. It
    bears on charts and on what they say, never on the rules that judge.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="rebasings")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()

    objects = RebasingQuerySet.as_manager()

    class Meta:
        ordering = ["measure", "segment", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "segment"], condition=Q(status="proposed"), name="one_rebasing_of_a_chart_waits"
            ),
            models.UniqueConstraint(
                fields=["measure", "segment", "starts_on"], condition=Q(status="approved"),
                name="limits_are_set_anew_once_a_period",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | (Q(approved_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="limits_are_set_anew_by_two_people",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="limits_are_set_anew_for_a_reason"),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="a_rebasing_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="a_decided_rebasing_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["approved", "withdrawn", "rejected"]),
            ),
            pgtrigger.ReadOnly(name="a_proposed_rebasing_is_not_edited", fields=SAID),
            one_of_two_is_the_truth_owner("one_of_two_who_rebase_is_the_truth_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} in {self.segment}, limits from {self.starts_on}"
