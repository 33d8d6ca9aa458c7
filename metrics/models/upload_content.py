from typing import Self

from django.db import models

from metrics.models.definition import Definition
from metrics.models.observation import EXACT, Series
from metrics.models.upload import Upload
from truthgov.figures import Change, word_change
from truthgov.periods import Grain, Period


class UploadPart(models.Model):
    """Some of a file's bytes, packed by zlib."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="a_part_of_a_file_is_kept_once")]

    def __str__(self) -> str:
        return f"part {self.number} of {self.upload}"


class StagedRows(models.Model):
    """Some rows of a file that were read and are not stored yet; see `metrics.uploads.staged` for their form."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="staged")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["number"]
        verbose_name_plural = "staged rows"
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="rows_of_a_file_are_staged_once")]

    def __str__(self) -> str:
        return f"rows {self.number} of {self.upload}"


class RefusedRow(models.Model):
    """Why a row of a file is refused, and at which column; `row` is its number in the spreadsheet, `said` its cells."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="refused_rows")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=80)
    why = models.TextField()
    said = models.JSONField(default=list)

    class Meta:
        ordering = ["row", "pk"]
        indexes = [models.Index(fields=["upload", "row"], name="refused_rows_in_order")]

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.why}"


class RestatedRowQuerySet(models.QuerySet["RestatedRow"]):
    def with_names(self) -> Self:
        """With what their figures are called."""
        return self.select_related("series__measure", "series__segment", "series__source", "definition")


class RestatedRow(models.Model):
    """A row of a file that would change what is on record, beside what it would change: the observation `restates`.

    Kept until the file is stored, which writes them to the ledger, or cancelled.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="restated_rows")
    row = models.PositiveIntegerField()
    series = models.ForeignKey(Series, on_delete=models.PROTECT, db_index=False, related_name="+")
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, db_index=False, related_name="+")
    period_start = models.DateField()
    restates = models.BigIntegerField()
    old_value = models.DecimalField(**EXACT)
    old_numerator = models.DecimalField(**EXACT, null=True)
    old_denominator = models.DecimalField(**EXACT, null=True)
    value = models.DecimalField(**EXACT)
    numerator = models.DecimalField(**EXACT, null=True)
    denominator = models.DecimalField(**EXACT, null=True)
    reason = models.TextField()

    objects = RestatedRowQuerySet.as_manager()

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["upload", "row"], name="a_row_of_a_file_restates_one_figure")]

    def __str__(self) -> str:
        return f"row {self.row}: {self.old_value} → {self.value}"

    @property
    def period(self) -> Period:
        return Period.containing(self.period_start, Grain(self.definition.grain))

    @property
    def change(self) -> Change:
        return word_change(self.old_value, self.value, self.definition.worded_unit)
