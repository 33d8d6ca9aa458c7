"""How far figures can be relied on."""

from rest_framework import serializers

from metrics.api.fields import CodeField, Form, SpanField
from metrics.trust.axes import Axis
from truthgov.rest.views import PageQuery

PERCENT = {"allow_null": True, "help_text": "0 to 100; null where there is nothing to judge."}


class TrustQuery(PageQuery):
    measure = serializers.CharField(required=False, help_text="Code of a measure.")
    function = serializers.CharField(required=False, help_text="Code of a function.")
    journey = serializers.CharField(required=False, help_text="Code of a journey.")
    period = serializers.CharField(
        required=False, help_text="2026-10, 2026-W41, 2026-10-05 or 2026-Q4; left out, the last complete one then."
    )
    known_on = serializers.CharField(required=False, help_text="A date, or the number of an audit entry.")


class CostForm(Form):
    """A row that costs an axis."""

    what = serializers.CharField()
    why = serializers.CharField()


class AxisForm(Form):
    axis = serializers.ChoiceField([axis.value for axis in Axis])
    percent = serializers.IntegerField(**PERCENT)  # type: ignore[arg-type]
    words = serializers.CharField(source="score.words")
    costs = CostForm(many=True, help_text="The first of the rows that cost it.")


class TrustForm(Form):
    """The trust of one measure in one period: never better than the worst of its axes."""

    measure = CodeField()
    period = SpanField()
    percent = serializers.IntegerField(source="line.percent", **PERCENT)  # type: ignore[arg-type]
    needed = serializers.IntegerField(source="line.needed", help_text="What is demanded of it.")
    standing = serializers.ChoiceField(["trusted", "untrusted", "unknown"], source="line.standing")
    words = serializers.CharField(source="line.words")
    axes = AxisForm(source="line.cells", many=True)
