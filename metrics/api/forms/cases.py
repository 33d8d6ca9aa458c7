"""Contradictions."""

from rest_framework import serializers

from metrics.api.fields import CodeField
from metrics.models import Contradiction
from truthgov.rest.views import PageQuery


class ContradictionQuery(PageQuery):
    status = serializers.ChoiceField(Contradiction.Status.choices, required=False)
    kind = serializers.ChoiceField(Contradiction.Kind.choices, required=False)


class ContradictionForm(serializers.ModelSerializer[Contradiction]):
    measure = CodeField()
    other_measure = CodeField(allow_null=True)
    source = CodeField(allow_null=True)  # type: ignore[assignment]
    other_source = CodeField(allow_null=True)
    journey = CodeField(allow_null=True)
    segment = serializers.JSONField(source="segment.values")

    class Meta:
        model = Contradiction
        fields = ["id", "kind", "measure", "other_measure", "source", "other_source", "segment", "journey", "status",
                  "statement", "severity", "severity_why", "recurrences", "first_period", "last_period", "opened_at",
                  "changed_at"]  # fmt: skip
