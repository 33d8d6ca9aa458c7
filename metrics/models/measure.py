from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import Q

from journeys.models import Journey
from metrics.models.dictionary_change import CHANGES_THE_DICTIONARY
from truthgov.acts import ActField
from truthgov.models import Accounted, Function


class MeasureQuerySet(models.QuerySet["Measure"]):
    def answered_for_by(self, scopes: Collection[int]) -> Self:
        """Those whose `answering_scope_id` is one of these."""
        of_journey = Q(kind=Measure.Kind.JOURNEY_OUTCOME) | Q(function=None)
        return self.filter(Q(of_journey, journey__scope__in=scopes) | Q(~of_journey, function__scope__in=scopes))


class Measure(Accounted):
    """An entry in the measurement dictionary; what it means stands in its definitions."""

    class Kind(models.TextChoices):
        FUNCTIONAL_KPI = "functional_kpi", "functional KPI"
        JOURNEY_OUTCOME = "journey_outcome", "journey outcome"
        COUNTER_MEASURE = "counter_measure", "counter-measure"

    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    function = models.ForeignKey(
        Function,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
        help_text="Answers for a functional KPI; supplies the figures of an outcome.",
    )
    journey = models.ForeignKey(
        Journey, null=True, blank=True, on_delete=models.PROTECT, related_name="measures",
        help_text="The journey whose outcome this is, or which the KPI belongs to.",
    )  # fmt: skip
    guards = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="counter_measures")
    act = ActField()

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="functional_kpi") | Q(function__isnull=False),
                name="a_function_answers_for_a_functional_kpi",
            ),
            models.CheckConstraint(
                condition=~Q(kind="journey_outcome") | Q(journey__isnull=False),
                name="an_outcome_belongs_to_a_journey",
            ),
        ]
        triggers = [CHANGES_THE_DICTIONARY]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outcome(self) -> bool:
        return self.kind == self.Kind.JOURNEY_OUTCOME

    @property
    def answering_scope_id(self) -> int:
        """The scope whose accountable person answers: a KPI's function, the journey of an outcome or of no function's.

        ValueError where neither is named, which no import takes.
        """
        if self.journey and (self.is_outcome or self.function is None):
            return self.journey.scope_id
        if self.function is None:
            raise ValueError(f"nobody answers for {self.code}")
        return self.function.scope_id
