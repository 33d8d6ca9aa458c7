"""Roll-ups: what figures come to over periods and segments."""

from rest_framework import serializers

from metrics.api.fields import FigureField, Form, SpanField
from truthgov.periods import Grain
from truthgov.rest.views import PageQuery


class RollUpQuery(PageQuery):
    over = serializers.ChoiceField(
        [Grain.WEEK.value, Grain.MONTH.value, Grain.QUARTER.value, "segments"], default=Grain.QUARTER.value,
        help_text="To periods of this grain, or from the segments of the last period to their whole.",
    )  # fmt: skip
    segment = serializers.CharField(default="{}", help_text='JSON such as {"channel":"web"}; {} is the whole.')


class RollUpForm(Form):
    period = SpanField()
    by = serializers.CharField(help_text="Of segments: the dimensions along which they make up the whole.")
    value = FigureField(source="rolled.value", allow_null=True, help_text="Null while a part is missing.")
    numerator = FigureField(source="rolled.numerator", allow_null=True)
    denominator = FigureField(source="rolled.denominator", allow_null=True)
    complete = serializers.BooleanField(source="rolled.complete")
    given = serializers.IntegerField(source="rolled.given", help_text="How many of its parts are there.")
    expected = serializers.IntegerField(source="rolled.expected")
    why = serializers.CharField(source="rolled.why", help_text="Why there is no value.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Segments that are not there.")
