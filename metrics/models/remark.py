"""What people say of a figure beside the figure itself: why it stands as it does, or why there is none."""

from collections.abc import Collection

from django.db import models

from metrics.models.measure import Measure
from metrics.models.segment import Segment
from truthgov.models import Appointment, Fact, Person


class FigureNoteQuerySet(models.QuerySet["FigureNote"]):
    def latest_of(self, observations: Collection[int]) -> dict[int, "FigureNote"]:
        """The latest note on each of these observations that has one."""
        noted = self.filter(observation_id__in=observations).select_related("person").order_by("pk")
        return {note.observation_id: note for note in noted}


class FigureNote(Fact):
    """What whoever handed a figure in says of it, such as why it misses its target; a later note replaces it."""

    observation_id = models.BigIntegerField(db_index=True, help_text="Of the ledger, which takes no references in.")
    text = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    objects = FigureNoteQuerySet.as_manager()

    class Meta(Fact.Meta):
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="a_note_says_something")]

    def __str__(self) -> str:
        return self.text


class Absence(Fact):
    """Somebody who answers for a figure says that there is none for a period, and why.

    A later absence of the same cell replaces it; a figure that comes in supersedes it.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="absences")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    reason = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["measure", "period_start"], name="absences_of_a_measure")]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="an_absence_has_its_reason")]

    def __str__(self) -> str:
        return f"{self.measure}, {self.segment}, {self.period_start}: not available"
