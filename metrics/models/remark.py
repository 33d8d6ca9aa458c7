"""What people say of a figure beside the figure itself: why it stands as it does, or why there is none."""

from collections.abc import Collection
from datetime import date

from django.db import models

from metrics.models.measure import Measure
from metrics.models.observation import Series
from metrics.models.segment import Segment
from metrics.models.submission import sender_named
from truthgov.models import Appointment, Fact, Person, Recorded


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


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def latest_of(self, measures: Collection[int], *, since: date) -> dict[tuple[int, int, date], "Absence"]:
        """What was said last of each cell from a day on, by measure, segment and first day."""
        said = self.filter(measure__in=measures, period_start__gte=since).order_by("pk")
        return {(each.measure_id, each.segment_id, each.period_start): each for each in said}


class Absence(Recorded):
    """Somebody who answers for a figure says that there is none for a period, and why; or nobody: a formula fails.

    A later absence of the same cell replaces it; a figure that comes in supersedes it. Where a computed figure stood
    that can no longer be computed, it `withdraws` that observation of a series, and all before it, from its audit
    `entry` on: they stay in the ledger and are no longer what is known.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="absences")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    period_start = models.DateField()
    reason = models.TextField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    entry = models.BigIntegerField(null=True, help_text="Of what no person said: the audit entry it is known from.")
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdraws = models.BigIntegerField(null=True, help_text="The observation that stood before.")

    objects = AbsenceQuerySet.as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["measure", "period_start"], name="absences_of_a_measure")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_absence_has_its_reason"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, appointment__isnull=False, entry__isnull=True)
                | models.Q(person__isnull=True, appointment__isnull=True, entry__isnull=False),
                name="an_absence_is_said_by_somebody_or_has_its_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(series__isnull=True, withdraws__isnull=True)
                | models.Q(series__isnull=False, withdraws__isnull=False, entry__isnull=False),
                name="a_withdrawal_names_its_series_and_entry",
            ),
            models.UniqueConstraint(
                fields=["series", "period_start", "withdraws"], condition=models.Q(withdraws__isnull=False),
                name="a_figure_is_withdrawn_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.measure}, {self.segment}, {self.period_start}: not available"

    @property
    def said_by(self) -> str:
        """Who says it: a person, or our own clockwork that could not compute it."""
        return sender_named(str(self.person or ""))
