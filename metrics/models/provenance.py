from django.contrib.postgres.fields import ArrayField
from django.db import models

from truthgov.models import Fact, Recorded


class Provenance(Recorded):
    """Which observations a derived one was computed from; all are cited by their numbers in the ledger."""

    observation_id = models.BigIntegerField(primary_key=True)
    inputs = ArrayField(models.BigIntegerField())

    class Meta(Fact.Meta):
        verbose_name_plural = "provenance"
        constraints = [
            models.CheckConstraint(condition=~models.Q(inputs=[]), name="a_derived_figure_has_inputs"),
        ]

    def __str__(self) -> str:
        return f"observation {self.observation_id}, from {len(self.inputs)}"
