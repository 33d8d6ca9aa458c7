from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from metrics.models.definition import Definition
from metrics.models.measure import Measure
from metrics.models.packed import PackedField
from metrics.models.segment import Segment
from metrics.models.source import Source
from metrics.models.submission import Submission
from truthgov import clock
from truthgov.models import Fact
from truthgov.periods import Grain

EXACT: dict[str, Any] = {"max_digits": 50, "decimal_places": 20}
RESTATES = Q(restates__isnull=False)
UNCHECKED: dict[str, Any] = {
    "on_delete": models.DO_NOTHING,
    "db_constraint": False,
    "db_index": False,
    "related_name": "+",
}
"""A reference that `ingest` has resolved in the same transaction: no foreign key is checked per row."""


class Series(models.Model):
    """One measure in one segment from one source, as figures come in period after period."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="series")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="series")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="series")

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "segment", "source"], name="one_series_per_measure_segment_and_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure.code} {self.segment} from {self.source}"


class Observation(Fact):
    """One figure of the ledger; the period starts on `period_start`, its grain stands in the definition.

    The ledger is written by `ingest` alone, which resolves series, definition and submission in the same
    transaction; the database therefore checks no foreign keys here, and nothing points in.
    """

    id = models.BigAutoField(primary_key=True)
    series = models.ForeignKey(
        Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    period_start = models.DateField()
    value = models.DecimalField(**EXACT)
    numerator = models.DecimalField(**EXACT, null=True)
    denominator = models.DecimalField(**EXACT, null=True)
    definition = models.ForeignKey(Definition, **UNCHECKED)
    submission = models.ForeignKey(Submission, **UNCHECKED)
    restates = models.BigIntegerField(null=True, help_text="The observation that this one restates.")
    reason = models.TextField(null=True)  # noqa: DJ001 - most rows have none, and COPY writes NULL
    notices = ArrayField(models.CharField(max_length=40), null=True)

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["series", "period_start", "-id"], name="history_of_a_cell"),
            models.Index(fields=["submission"], name="figures_of_a_submission"),
            models.Index(fields=["-id"], condition=RESTATES, name="restatements_by_number"),
            models.Index(fields=["series", "-id"], condition=RESTATES, name="restatements_of_a_series"),
            models.Index(fields=["restates"], condition=RESTATES, name="what_restated_a_figure"),
        ]

    def __str__(self) -> str:
        return f"observation {self.pk}"


class Reading(models.Model):
    """The current value of a series in a period: its latest observation. Kept by `ingest`."""

    pk = models.CompositePrimaryKey("series_id", "period_start")
    series = models.ForeignKey(
        Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    period_start = models.DateField()
    value = models.DecimalField(**EXACT)
    numerator = models.DecimalField(**EXACT, null=True)
    denominator = models.DecimalField(**EXACT, null=True)
    observation_id = models.BigIntegerField()
    definition = models.ForeignKey(Definition, **UNCHECKED)
    notices = ArrayField(models.CharField(max_length=40), null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["series", "period_start"], condition=Q(notices__isnull=False), name="readings_with_a_notice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period_start}: {self.value}"


class SeriesChunk(models.Model):
    """Some years of a series as packed arrays, for detection: what stands at index i of each belongs to `ordinals[i]`.

    Ordinals are the running numbers of `truthgov.periods`; NaN stands for a part that was not given. Kept by
    `ingest`; a figure rewrites one chunk.
    """

    YEARS = {Grain.DAY: 1, Grain.WEEK: 1, Grain.MONTH: 5, Grain.QUARTER: 5}
    """How many years one holds: few rows to read a past from, each within what PostgreSQL keeps in place (2 kB)."""

    pk = models.CompositePrimaryKey("series_id", "first_year")
    series = models.ForeignKey(
        Series, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    first_year = models.SmallIntegerField()
    ordinals = PackedField(">i4")
    values = PackedField(">f8")
    numerators = PackedField(">f8")
    denominators = PackedField(">f8")

    def __str__(self) -> str:
        return f"{self.series_id} from {self.first_year} on"

    @classmethod
    def first_year_of(cls, year: int, grain: str) -> int:
        """The first year of the chunk that holds a year."""
        return year - year % cls.YEARS[Grain(grain)]


class TouchedSetQuerySet(models.QuerySet["TouchedSet"]):
    def waiting(self) -> Self:
        """What a worker may still try."""
        return self.filter(attempts__lt=TouchedSet.MOST_ATTEMPTS)

    def parked(self) -> Self:
        """What failed so often that somebody has to look at it."""
        return self.filter(attempts__gte=TouchedSet.MOST_ATTEMPTS)

    def note(self, series: Iterable[tuple[int, date]], *, submission: Submission | None = None) -> None:
        """Have series assessed anew, each from a period on: after a change of the dictionary, say."""
        touched = list(series)
        if touched:
            ids, firsts = map(list, zip(*touched, strict=True))
            self.create(submission=submission, series=ids, first_periods=firsts, noted_at=clock.now())


class TouchedSet(models.Model):
    """What a submission, or a change of the dictionary, touched and nobody has assessed yet.

    A worker deletes it with the findings it stores. `series[i]` was touched from `first_periods[i]` on. `attempts`
    counts the tries begun; a set that is still there after MOST_ATTEMPTS of them is parked.
    """

    MOST_ATTEMPTS = 5

    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="+")
    series = ArrayField(models.BigIntegerField())
    first_periods = ArrayField(models.DateField())
    attempts = models.PositiveSmallIntegerField(default=0)
    noted_at = models.DateTimeField()

    objects = TouchedSetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{len(self.series)} series touched"
