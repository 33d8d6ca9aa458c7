"""Functions, journeys and sources."""

from rest_framework import serializers

from journeys.models import Handoff, Journey, Stage
from metrics.api.fields import CodeField, Form


class NamedForm(Form):
    code = serializers.CharField()
    name = serializers.CharField()


class StageForm(serializers.ModelSerializer[Stage]):
    function = CodeField()

    class Meta:
        model = Stage
        fields = ["position", "name", "function"]


class HandoffForm(serializers.ModelSerializer[Handoff]):
    from_stage = serializers.IntegerField(source="from_stage.position")
    to_stage = serializers.IntegerField(source="to_stage.position")

    class Meta:
        model = Handoff
        fields = ["from_stage", "to_stage", "promise", "arrival"]


class JourneyForm(serializers.ModelSerializer[Journey]):
    stages = StageForm(many=True, help_text="In their order.")
    handoffs = HandoffForm(many=True, help_text="Where one stage passes the customer on to another, by position.")

    class Meta:
        model = Journey
        fields = ["code", "name", "description", "customers_per_month", "value_per_customer", "stages", "handoffs"]
