"""Large files of figures: how far they are, what they would change, and which of their rows are refused."""

from rest_framework import serializers

from metrics.api.fields import FigureField, Form, NamedPeriodField, SpanField
from metrics.api.forms.sheets import ScopeForm
from metrics.models import RefusedRow, Upload
from metrics.uploads.interpreting import COLUMNS
from truthgov.rest.views import PageQuery


class SentQuery(Form):
    """What is said beside a file."""

    name = serializers.CharField(max_length=200, default="figures", help_text="By which its sender knows it.")
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=80, default="", help_text="Code of the source of figures that never came before."
    )


class UploadsQuery(PageQuery):
    status = serializers.ChoiceField(Upload.Status.choices, required=False)


class UploadForm(serializers.ModelSerializer[Upload]):
    scope = ScopeForm()
    period = NamedPeriodField(help_text="On whose sheet it was sent; it may hold others.")
    name = serializers.CharField(source="filename")
    without_figure = serializers.IntegerField(help_text="Rows that give no figure, and are left alone.")
    batch = serializers.UUIDField(source="submission_id", allow_null=True)

    class Meta:
        model = Upload
        fields = ["id", "name", "scope", "period", "source", "status", "size", "received_at", "ended_at", "read_as",
                  "bytes_read", "rows_read", "looked", "new", "restated", "unchanged", "refused", "without_figure",
                  "message", "batch"]  # fmt: skip


class RefusedLineForm(serializers.ModelSerializer[RefusedRow]):
    said = serializers.SerializerMethodField(help_text="What stands in its cells.")

    class Meta:
        model = RefusedRow
        fields = ["row", "column", "why", "said"]

    def get_said(self, refused: RefusedRow) -> dict[str, str]:
        return dict(zip(COLUMNS, refused.said, strict=False))


class RestatedRowForm(Form):
    """A row that would change what is on record."""

    row = serializers.IntegerField()
    measure = serializers.CharField(source="series.measure.code")
    period = SpanField()
    segment = serializers.JSONField(source="series.segment.values")
    source = serializers.CharField(source="series.source.code")  # type: ignore[assignment]
    old_value = FigureField()
    old_numerator = FigureField(allow_null=True)
    old_denominator = FigureField(allow_null=True)
    value = FigureField()
    numerator = FigureField(allow_null=True)
    denominator = FigureField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
