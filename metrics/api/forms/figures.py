"""Figures: as given, in force, and pushed."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from metrics.api.fields import FigureField, Form, NoticesField, PeriodField
from metrics.handing_in.noting import LONGEST
from metrics.models import FigureNote
from truthgov.rest.problems import ErrorForm
from truthgov.rest.views import PageQuery


class BatchQuery(Form):
    """Of a push whose format has no place for them: what holds for all rows."""

    source = serializers.CharField(  # type: ignore[assignment]
        default="", allow_blank=True, help_text="The source of rows that name none."
    )
    reason = serializers.CharField(
        default="", allow_blank=True, help_text="The reason of rows that restate and name none."
    )


class FigureQuery(PageQuery):
    measure = serializers.CharField(required=False, help_text="Code of a measure.")
    period = serializers.CharField(required=False, help_text="2026-10, 2026-W41, 2026-10-05 or 2026-Q4.")
    segment = serializers.CharField(required=False, help_text='JSON such as {"channel":"web"}; {} is the whole.')
    source = serializers.CharField(required=False, help_text="Code of a source.")  # type: ignore[assignment]
    known_on = serializers.CharField(required=False, help_text="A date, or the number of an audit entry.")


class ObservationForm(Form):
    id = serializers.IntegerField()
    measure = serializers.CharField(source="series.measure.code")
    period = PeriodField()
    segment = serializers.JSONField(source="series.segment.values")
    source = serializers.CharField(source="series.source.code")  # type: ignore[assignment]
    value = FigureField()
    numerator = FigureField(allow_null=True)
    denominator = FigureField(allow_null=True)
    definition = serializers.IntegerField(source="definition.version", help_text="Version it was given under.")
    notices = NoticesField()
    batch = serializers.UUIDField(source="submission_id")
    entry = serializers.IntegerField(source="submission.entry", help_text="Known from this audit entry on.")
    received_at = serializers.DateTimeField(source="submission.received_at")
    restates = serializers.IntegerField(allow_null=True, help_text="The observation that this one restates.")
    reason = serializers.CharField(allow_null=True)


class ReadingForm(Form):
    measure = serializers.CharField(source="series.measure.code")
    period = PeriodField()
    segment = serializers.JSONField(source="series.segment.values")
    source = serializers.CharField(source="series.source.code")  # type: ignore[assignment]
    value = FigureField()
    numerator = FigureField(allow_null=True)
    denominator = FigureField(allow_null=True)
    definition = serializers.IntegerField(source="definition.version")
    notices = NoticesField()
    observation = serializers.IntegerField(source="observation_id")


class NoteForm(serializers.ModelSerializer[FigureNote]):
    person = serializers.CharField(source="person.name")

    class Meta:
        model = FigureNote
        fields = ["id", "observation_id", "text", "person", "noted_at"]


class NotingForm(Form):
    text = serializers.CharField(max_length=LONGEST)


class CountsForm(Form):
    accepted = serializers.IntegerField()
    restated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()


class ReceiptForm(Form):
    entry = serializers.IntegerField(help_text="The audit entry of the delivery: the moment it is known from.")
    hash = serializers.CharField(help_text="sha256:… of that entry in the chain.")


class BatchForm(Form):
    id = serializers.UUIDField(allow_null=True, help_text="Null where everything was known and nothing was written.")
    received_at = serializers.DateTimeField()
    counts = CountsForm()
    receipt = ReceiptForm(allow_null=True)
    digest = serializers.CharField(allow_null=True, help_text="sha256:… over the stored rows.")


class BatchInPartForm(BatchForm):
    """Of a lenient push, where some rows are refused and the others are in."""

    errors = ErrorForm(many=True)  # type: ignore[assignment]


DAY = {"type": "string", "format": "date"}


@extend_schema_field({
    "type": ["string", "object"], "properties": {"start": DAY, "end": DAY}, "required": ["start", "end"],
    "additionalProperties": False, "examples": ["2026-10", {"start": "2026-10-01", "end": "2026-11-01"}],
})  # fmt: skip
class GivenPeriodField(serializers.Field[Any, Any, Any, Any]):
    """A period as it is pushed."""


@extend_schema_field({"type": ["string", "number"], "examples": ["0.184", 0.184]})
class GivenFigureField(serializers.Field[Any, Any, Any, Any]):
    """A figure as it is pushed."""


@extend_schema_field({
    "type": ["object", "string"], "additionalProperties": {"type": "string"}, "examples": [{"channel": "web"}],
})  # fmt: skip
class GivenSegmentField(serializers.Field[Any, Any, Any, Any]):
    """A segment as it is pushed."""


class RowForm(Form):
    measure = serializers.CharField()
    period = GivenPeriodField(help_text="The short form in the measure's grain, or half-open dates.")
    value = GivenFigureField(help_text="A JSON number or a decimal as a text; kept exactly.")
    segment = GivenSegmentField(
        required=False, allow_null=True, help_text='{"channel": "web"}, or that as a text; left out, the whole.'
    )
    numerator = GivenFigureField(required=False, allow_null=True)
    denominator = GivenFigureField(required=False, allow_null=True)
    source = serializers.CharField(required=False, allow_null=True)  # type: ignore[assignment]
    reason = serializers.CharField(required=False, allow_null=True, help_text="Why a figure given before is restated.")


class PushForm(Form):
    rows = RowForm(many=True)
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_null=True, help_text="The source of rows that name none."
    )
    reason = serializers.CharField(
        required=False, allow_null=True, help_text="The reason of rows that restate and name none."
    )
