"""The measurement dictionary: measures, and the versions of what they mean."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from metrics.api.fields import CodeField, Form
from metrics.dictionary.defining import ACROSS, Bridge
from metrics.dictionary.terms import TERMS
from metrics.models import Definition, DefinitionComment, Measure
from truthgov.rest.views import PageQuery
from truthgov.texts import LONGEST_TEXT


class MeasureQuery(PageQuery):
    q = serializers.CharField(
        required=False, max_length=100,
        help_text="Words that all occur in a name, a code, what a definition says, or who answers.",
    )  # fmt: skip
    kind = serializers.ChoiceField(Measure.Kind.choices, required=False)
    function = serializers.CharField(required=False, help_text="Code of a function.")
    journey = serializers.CharField(required=False, help_text="Code of a journey.")
    unguarded = serializers.BooleanField(
        required=False, allow_null=False, help_text="A target that nothing guards against being gamed."
    )


class MeasureForm(serializers.ModelSerializer[Measure]):
    function = CodeField(allow_null=True)
    journey = CodeField(allow_null=True)
    guards = CodeField(allow_null=True, help_text="The measure that this one guards against being gamed.")

    class Meta:
        model = Measure
        fields = ["code", "name", "kind", "function", "journey", "guards"]


class DefinitionForm(serializers.ModelSerializer[Definition]):
    proposed_by = serializers.CharField(source="proposed_by.name")
    approved_by = serializers.CharField(source="approved_by.name", allow_null=True, default=None)
    ended_by = serializers.CharField(source="ended_by.name", allow_null=True, default=None)

    class Meta:
        model = Definition
        fields = ["version", "status", "starts_on", "wording", "formula", "derivation", "unit", "currency", "direction",
                  "grain", "decimals", "target", "red_threshold", "min_effect", "reliable_from", "source_tolerance",
                  "restatement_threshold", "freshness_days", "roll_up", "unguarded_because", "changes_counting",
                  "bridge_factor", "bridge_offset", "bridge_reason", "retires", "rationale", "proposed_by",
                  "proposed_at", "approved_by", "approved_at", "authority", "ended_by", "ended_because"]  # fmt: skip


class BridgeForm(Form):
    """How a figure from before a change of counting compares with those after it: × factor + offset."""

    factor = serializers.DecimalField(min_value=Decimal("0.000001"), default=Decimal(1), **ACROSS)
    offset = serializers.DecimalField(default=Decimal(0), **ACROSS)
    reason = serializers.CharField(max_length=LONGEST_TEXT)


class ProposalForm(serializers.ModelSerializer[Definition]):
    """A new version: what changes of the one in force; unit and grain stay."""

    starts_on = serializers.DateField(help_text="The first day of a period; it holds for periods from then on.")
    rationale = serializers.CharField(max_length=LONGEST_TEXT, help_text="Why it changes.")
    changes_counting = serializers.BooleanField(
        required=False, help_text="Left out: it does where wording, formula or roll-up change."
    )
    bridge = BridgeForm(required=False)

    class Meta:
        model = Definition
        fields = ["starts_on", "rationale", "changes_counting", "bridge", *TERMS]
        extra_kwargs = {name: {"required": False} for name in TERMS}

    @staticmethod
    def said(given: dict[str, Any]) -> dict[str, Any]:
        """What `propose_definition` takes, of what was given."""
        bridge = given.get("bridge")
        return {
            "terms": {name: given[name] for name in TERMS if name in given},
            "starts_on": given["starts_on"],
            "rationale": given["rationale"],
            "changes_counting": given.get("changes_counting"),
            "bridge": Bridge(bridge["factor"], bridge["reason"], bridge["offset"]) if bridge else None,
        }


class RetirementForm(Form):
    starts_on = serializers.DateField(help_text="No figures of periods from this day on; the first day of a period.")
    reason = serializers.CharField(max_length=LONGEST_TEXT)


class TextForm(Form):
    text = serializers.CharField(max_length=LONGEST_TEXT)


class CommentForm(serializers.ModelSerializer[DefinitionComment]):
    person = serializers.CharField(source="person.name")

    class Meta:
        model = DefinitionComment
        fields = ["id", "person", "text", "at"]
