"""Rules, their versions, what came of them, and what a version would have found."""

from typing import Any

from rest_framework import serializers

from metrics.api.fields import CodeField, Form
from metrics.dictionary.bounds import LONGEST_LAG
from metrics.models import Rule, RuleVersion
from metrics.models.rule_version import PARAMETERS
from metrics.rules.terms import Tuning
from truthgov.periods import Grain
from truthgov.rest.views import PageQuery
from truthgov.texts import LONGEST_TEXT

ACROSS: dict[str, Any] = {"required": False, "allow_null": True, "default": None}
FOLLOWS = "Null: as the definition, the link or the grain says."


class RuleQuery(PageQuery):
    kind = serializers.ChoiceField(Rule.Kind.choices, required=False)
    measure = serializers.CharField(required=False, help_text="Code of a measure that it looks at.")


class RuleForm(Form):
    id = serializers.IntegerField(source="rule.pk")
    kind = serializers.ChoiceField(Rule.Kind.choices, source="rule.kind")
    measure = serializers.CharField(help_text="Code of what is claimed, or judged.")
    other_measure = serializers.CharField(allow_null=True, help_text="Code of what it is held against.")
    source = CodeField(source="rule.source", allow_null=True)  # type: ignore[assignment]
    other_source = CodeField(source="rule.other_source", allow_null=True)
    link = serializers.IntegerField(source="rule.link_id", allow_null=True)
    made_by = serializers.CharField(source="rule.made_by.name", allow_null=True, default=None,
                                    help_text="Null: it came from the dictionary.")  # fmt: skip
    state = serializers.ChoiceField(RuleVersion.State.choices, help_text="As it stands today.")
    decided = serializers.IntegerField(source="record.decided", help_text="Cases that a forum decided on.")
    false_alarms = serializers.IntegerField(source="record.false_alarms")
    noise = serializers.IntegerField(source="record.noise", help_text="Cases whose signals were taken back undecided.")
    waiting = serializers.IntegerField(source="record.waiting", help_text="Cases of which it is yet to be seen.")
    hit_rate = serializers.FloatField(source="record.hit_rate", allow_null=True, help_text="Decided, of what ended.")


class RuleVersionForm(serializers.ModelSerializer[RuleVersion]):
    rule = serializers.IntegerField(source="rule_id")
    proposed_by = serializers.CharField(source="proposed_by.name")
    approved_by = serializers.CharField(source="approved_by.name", allow_null=True, default=None)
    ended_by = serializers.CharField(source="ended_by.name", allow_null=True, default=None)

    class Meta:
        model = RuleVersion
        fields = ["rule", "version", "status", "starts_on", "state", *PARAMETERS, "reason", "proposed_by",
                  "proposed_at", "approved_by", "approved_at", "ended_by", "ended_because"]  # fmt: skip


class TuningForm(Form):
    """How a rule is to judge, from when on, and why; another person approves it."""

    state = serializers.ChoiceField(RuleVersion.State.choices)
    starts_on = serializers.DateField(**ACROSS, help_text="First day of a period; null: of a new rule, since ever.")
    quiet_periods = serializers.IntegerField(min_value=1, max_value=100, default=Rule.QUIET_PERIODS)
    min_effect = serializers.DecimalField(30, 12, **ACROSS, help_text=FOLLOWS)
    reliable_from = serializers.DecimalField(30, 6, **ACROSS, help_text=FOLLOWS)
    tolerance = serializers.DecimalField(6, 4, **ACROSS, help_text=FOLLOWS)
    lag_periods = serializers.IntegerField(min_value=0, max_value=LONGEST_LAG[Grain.DAY], **ACROSS, help_text=FOLLOWS)
    periods_needed = serializers.IntegerField(min_value=1, max_value=2, **ACROSS, help_text=FOLLOWS)
    reason = serializers.CharField(max_length=LONGEST_TEXT)

    @staticmethod
    def said(given: dict[str, Any]) -> dict[str, Any]:
        """What the verbs take, of what was given."""
        tuning = Tuning(given["state"], **{name: given[name] for name in PARAMETERS})
        return {"tuning": tuning, "starts_on": given["starts_on"], "reason": given["reason"]}


class OwnRuleForm(TuningForm):
    """A rule that the dictionary does not make."""

    kind = serializers.ChoiceField(Rule.Kind.choices)
    measure = serializers.CharField(help_text="Code of what is claimed, or judged.")
    other_measure = serializers.CharField(**ACROSS, help_text="Code of what it is held against.")


class SegmentCountForm(Form):
    segment = serializers.JSONField(source="segment.values")
    found = serializers.IntegerField()


class FoundForm(Form):
    period = serializers.CharField(source="period.code")
    segment = serializers.JSONField(source="segment.values")
    sentence = serializers.CharField(help_text="Empty beyond the latest fifty.")
    is_new = serializers.BooleanField(help_text="Has the rule as it stands not found it?")


class BackTestForm(Form):
    """What a version would have found in the last 24 periods, had it held all along; nothing of it is stored."""

    first = serializers.SerializerMethodField()
    last = serializers.SerializerMethodField()
    periods = serializers.SerializerMethodField()
    judged = serializers.IntegerField(help_text="Figures that it would have judged.")
    per_period = serializers.FloatField(help_text="Findings a period.")
    gone = serializers.IntegerField(help_text="Findings of the rule as it stands that it would not have made.")
    by_segment = SegmentCountForm(many=True)
    found = FoundForm(many=True)

    def get_first(self, test: Any) -> str | None:
        return test.periods[0].code if test.periods else None

    def get_last(self, test: Any) -> str | None:
        return test.periods[-1].code if test.periods else None

    def get_periods(self, test: Any) -> int:
        return len(test.periods)
