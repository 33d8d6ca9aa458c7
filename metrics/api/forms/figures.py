"""Figures: as given, in force, and pushed."""

from rest_framework import serializers

from metrics.api.fields import FigureField, Form, NoticesField, PeriodField
from metrics.handing_in.noting import LONGEST
from metrics.models import FigureNote
from truthgov.rest.views import PageQuery


class BatchQuery(Form):
    """Of a push whose format has no place for them: what holds for all rows."""

    source = serializers.CharField(default="", help_text="The source of rows that name none.")  # type: ignore[assignment]
    reason = serializers.CharField(default="", help_text="The reason of rows that restate and name none.")


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


class RowForm(Form):
    measure = serializers.CharField()
    period = serializers.CharField(help_text='"2026-10", or {"start": "2026-10-01", "end": "2026-11-01"}, half-open.')
    value = serializers.CharField(help_text="A JSON number or a decimal as a text; kept exactly.")
    segment = serializers.JSONField(required=False, help_text='{"channel": "web"}; left out, the whole.')
    numerator = serializers.CharField(required=False)
    denominator = serializers.CharField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]
    reason = serializers.CharField(required=False, help_text="Why a figure given before is restated.")


class PushForm(Form):
    rows = RowForm(many=True)
    source = serializers.CharField(required=False, help_text="The source of rows that name none.")  # type: ignore[assignment]
    reason = serializers.CharField(required=False, help_text="The reason of rows that restate and name none.")
