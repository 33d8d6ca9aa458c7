from django.db import models

from metrics.models.upload import Upload


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
