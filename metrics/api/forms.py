"""What the resources of the API look like, and which query parameters their lists take."""

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from metrics.ledger import plain
from metrics.models import Contradiction, Definition, Measure
from truthgov.periods import Grain, Period
from truthgov.rest.views import PageQuery

Form = serializers.Serializer[Any]
PERIOD = {
    "type": "object",
    "properties": {
        "start": {"type": "string", "format": "date"},
        "end": {"type": "string", "format": "date", "description": "The first day after it."},
        "code": {"type": "string", "example": "2026-10"},
    },
    "required": ["start", "end", "code"],
}


def _code() -> serializers.SlugRelatedField[Any]:
    return serializers.SlugRelatedField(slug_field="code", read_only=True)


@extend_schema_field(OpenApiTypes.DECIMAL)
class FigureField(serializers.Field[Any, Any, str, Any]):
    """An exact decimal in its shortest plain notation."""

    def to_representation(self, value: Decimal) -> str:
        return plain(value)


@extend_schema_field(PERIOD)
class PeriodField(serializers.Field[Any, Any, dict[str, str], Any]):
    """Half-open dates, and the short form in the measure's grain."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})

    def to_representation(self, figure: Any) -> dict[str, str]:
        period = Period.containing(figure.period_start, Grain(figure.definition.grain))
        return {"start": str(period.start), "end": str(period.end), "code": period.code}


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class NoticesField(serializers.Field[Any, Any, list[str], Any]):
    """What was odd about a figure when it came in; mostly nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, figure: Any) -> list[str]:
        return figure.notices or []


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


class ContradictionQuery(PageQuery):
    status = serializers.ChoiceField(Contradiction.Status.choices, required=False)
    kind = serializers.ChoiceField(Contradiction.Kind.choices, required=False)


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


class NamedForm(Form):
    code = serializers.CharField()
    name = serializers.CharField()


class DefinitionForm(serializers.ModelSerializer[Definition]):
    class Meta:
        model = Definition
        fields = ["version", "status", "starts_on", "wording", "formula", "derivation", "unit", "currency", "direction",
                  "grain", "decimals", "target", "red_threshold", "min_effect", "reliable_from", "source_tolerance",
                  "restatement_threshold", "freshness_days", "roll_up"]  # fmt: skip


class MeasureForm(serializers.ModelSerializer[Measure]):
    function = _code()
    journey = _code()

    class Meta:
        model = Measure
        fields = ["code", "name", "kind", "function", "journey"]


class ContradictionForm(serializers.ModelSerializer[Contradiction]):
    measure = _code()
    other_measure = _code()
    source = _code()  # type: ignore[assignment]
    other_source = _code()
    journey = _code()
    segment = serializers.JSONField(source="segment.values")

    class Meta:
        model = Contradiction
        fields = ["id", "kind", "measure", "other_measure", "source", "other_source", "segment", "journey", "status",
                  "statement", "severity", "severity_why", "recurrences", "first_period", "last_period", "opened_at",
                  "changed_at"]  # fmt: skip


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
