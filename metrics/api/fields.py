"""Parts that many resources have: figures, periods, codes."""

from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from metrics.handing_in.sheet_template import LONGEST
from truthgov import clock
from truthgov.figures import plain
from truthgov.periods import Grain, Period, periods_named

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


class DatedForm(Form):
    """What stands otherwise from one moment to the next: an answer looks at the clock once, for all of its rows."""

    @cached_property
    def moment(self) -> datetime:
        return clock.now()

    @property
    def today(self) -> date:
        return clock.local_day(self.moment)


@extend_schema_field(OpenApiTypes.STR)
class CodeField(serializers.Field[Any, Any, str, Any]):
    """The code of a record that is named."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True, **options})

    def to_representation(self, value: Any) -> str:
        code: str = value.code
        return code


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["0.184"]})
class FigureField(serializers.Field[Any, Any, str, Any]):
    """An exact decimal in its shortest plain notation."""

    def to_representation(self, value: Decimal) -> str:
        return plain(value)


@extend_schema_field({"type": ["string", "number"], "maxLength": LONGEST["value"], "examples": ["18.4 %", 184]})
class TypedField(serializers.CharField):
    """A figure as somebody would type it in the grid: a text, or a JSON number, kept to the digit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST["value"], "allow_blank": True, "default": "", **options})

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, Decimal):
            data = plain(data) if abs(data.adjusted()) < LONGEST["value"] else str(data)
        text: str = super().to_internal_value(data)
        return text


@extend_schema_field(PERIOD)
class PeriodField(serializers.Field[Any, Any, dict[str, str], Any]):
    """Half-open dates, and the short form in the grain of a figure's definition."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})

    def to_representation(self, figure: Any) -> dict[str, str]:
        return told_period(Period.containing(figure.period_start, Grain(figure.definition.grain)))


@extend_schema_field(PERIOD)
class SpanField(serializers.Field[Any, Any, dict[str, str], Any]):
    """The same of what is a period already."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True, **options})

    def to_representation(self, value: Period) -> dict[str, str]:
        return told_period(value)


@extend_schema_field(PERIOD)
class NamedPeriodField(serializers.Field[Any, Any, dict[str, str], Any]):
    """The same of a short form that is kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"source": "code", "read_only": True, **options})

    def to_representation(self, code: str) -> dict[str, str]:
        return told_period(periods_named(code)[0])


class MomentField(serializers.DateTimeField):
    """A moment, which says its distance from UTC."""

    default_error_messages = {"bare": "Say the distance from UTC too: 2027-03-01T09:00:00Z, or +01:00."}

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            self.fail("bare")
        return super().enforce_timezone(value)


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class NoticesField(serializers.Field[Any, Any, list[str], Any]):
    """What was odd about a figure when it came in; mostly nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, figure: Any) -> list[str]:
        return figure.notices or []


def told_period(period: Period) -> dict[str, str]:
    return {"start": str(period.start), "end": str(period.end), "code": period.code}
