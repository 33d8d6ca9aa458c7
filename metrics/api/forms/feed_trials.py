"""What a test run of a feed shows."""

from rest_framework import serializers

from metrics.api.fields import FigureField, Form, PeriodField, SpanField
from metrics.ingestion import RowError
from metrics.sources.mapping import Row
from metrics.sources.rehearsal import Rehearsal, Shown


class TriedFigureForm(Form):
    """A figure as it would stand in the ledger, beside the one that it would restate."""

    measure = serializers.CharField(source="figure.series.measure.code")
    period = PeriodField(source="figure")
    segment = serializers.JSONField(source="figure.series.segment.values")
    value = FigureField(source="figure.value")
    numerator = FigureField(source="figure.numerator", allow_null=True)
    denominator = FigureField(source="figure.denominator", allow_null=True)
    on_record = FigureField(source="restated.value", allow_null=True, default=None)
    notices = serializers.SerializerMethodField(help_text="What is odd about it.")

    def get_notices(self, tried: Shown) -> list[str]:
        return tried.figure.notices or []


class RefusedRowForm(Form):
    """A row that would be refused, as it came."""

    row = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()

    def get_row(self, refused: tuple[Row, RowError]) -> dict[str, str]:
        return refused[0]

    def get_code(self, refused: tuple[Row, RowError]) -> str:
        return refused[1].code

    def get_message(self, refused: tuple[Row, RowError]) -> str:
        return refused[1].message


class TestRunForm(Form):
    """What a run for the latest period that is due would have done; of each kind the first rows."""

    period = SpanField()
    problem = serializers.CharField(allow_blank=True, help_text="Why nothing came, if nothing did.")
    pages = serializers.IntegerField(source="offered.pages")
    bytes = serializers.IntegerField(source="offered.bytes")
    counts = serializers.SerializerMethodField(help_text="How many rows would be taken, left alone and refused.")
    stores_nothing = serializers.BooleanField(help_text="A real run would refuse the whole for the sake of some rows.")
    cut = serializers.BooleanField(source="is_cut", help_text="There are more rows of a kind than are shown.")
    stored = TriedFigureForm(many=True)
    unchanged = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    refused = RefusedRowForm(many=True)

    def get_counts(self, rehearsed: Rehearsal) -> dict[str, int]:
        return rehearsed.counts
