from django.db import models
from django.db.models import F, Q

from metrics.models.dictionary_change import CHANGES_THE_DICTIONARY
from metrics.models.measure import Measure
from truthgov.models import Fact, Person, Recorded


class Link(Recorded):
    """A declared relation of two measures, the ground that contradictions are judged on.

    Of a `divergence` link, `from_measure` is the KPI that is supposed to serve the outcome `to_measure`, its effect
    expected `lag_periods` later. A `handoff` passes from the one to the other, `pass_through` (a share of the passing
    measure) being expected to arrive within the relative `tolerance`, where both share a unit. Of an `overcommitment`,
    `from_measure` is what is promised and `to_measure` the capability to keep it.
    """

    class Kind(models.TextChoices):
        DIVERGENCE = "divergence", "serves"
        HANDOFF = "handoff", "hands over to"
        MIX = "mix", "is the whole that may hide"
        INCONSISTENCY = "inconsistency", "is compared across segments with"
        GAMING = "gaming", "may be gamed against"
        COMPANION = "companion", "moves with"
        OVERCOMMITMENT = "overcommitment", "is promised against"

    kind = models.CharField(max_length=16, choices=Kind)
    from_measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="links_out")
    to_measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="links_in")
    lag_periods = models.PositiveSmallIntegerField(default=0)
    pass_through = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    tolerance = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["kind", "from_measure__code", "to_measure__code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "from_measure", "to_measure"], name="a_link_is_declared_once"),
            models.CheckConstraint(condition=~Q(from_measure=F("to_measure")), name="a_link_joins_two_measures"),
            models.CheckConstraint(condition=~Q(proposed_by=F("approved_by")), name="a_link_is_approved_by_another"),
        ]
        triggers = [*Fact.Meta.triggers, CHANGES_THE_DICTIONARY]

    def __str__(self) -> str:
        return f"{self.from_measure.code} {self.get_kind_display()} {self.to_measure.code}"
