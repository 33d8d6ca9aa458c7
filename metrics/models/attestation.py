from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from truthgov.models import Appointment, Fact, Person, Recorded, Scope
from truthgov.periods import Grain, Period


class Attestation(Recorded):
    """A person stands, in stated words, behind what a function or journey has on record for a period.

    `observations` and `absences` are the ids of what stood there at that moment, `digest` the SHA-256 of it as it was
    shown. A figure that is restated later is another observation, and so is not attested until somebody attests anew.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="attestations")
    grain = models.CharField(max_length=8, choices=[(grain.value, grain.value) for grain in Grain])
    period_start = models.DateField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1, help_text="Of the wording.")
    wording = models.TextField()
    observations = ArrayField(models.BigIntegerField())
    absences = ArrayField(models.BigIntegerField(), default=list)
    digest = models.CharField(max_length=64)
    attested_at = models.DateTimeField()

    class Meta(Fact.Meta):
        ordering = ["-pk"]
        indexes = [
            GinIndex(fields=["observations"], name="attestations_of_a_figure"),
            models.Index(fields=["scope", "period_start"], name="attestations_of_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.person} attests {self.scope}, {self.period}"

    @property
    def period(self) -> Period:
        return Period.containing(self.period_start, Grain(self.grain))
