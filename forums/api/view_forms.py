"""The reconciled view, as it is told; the names are those of what is hashed."""

from rest_framework import serializers

from forums.reconciliation.verdicts import Standing, Verdict
from metrics.api.fields import FigureField, Form
from metrics.models import Contradiction, Rule
from truthgov.periods import Grain, Period

MONTH = {"required": False, "help_text": "A month such as 2026-10; left out, the last complete one then."}


class ViewQuery(Form):
    period = serializers.CharField(**MONTH)  # type: ignore[arg-type]
    known_on = serializers.CharField(required=False, help_text="A date, or the number of an audit entry.")

    def validate_period(self, text: str) -> Period:
        try:
            return Period.parse(text, Grain.MONTH)
        except ValueError as error:
            raise serializers.ValidationError("Write a month such as 2026-10.") from error


class FailingSegmentForm(Form):
    """A segment that is off target beneath its total."""

    segment = serializers.CharField()
    value = FigureField()


class ReconciledFigureForm(Form):
    """The figure of a measure in the period, with what it is held against."""

    measure = serializers.CharField(help_text="Its code.")
    name = serializers.CharField()
    unit = serializers.CharField()
    decimals = serializers.IntegerField(help_text="Those shown.")
    definition = serializers.IntegerField(allow_null=True)
    value = FigureField(allow_null=True)
    observation = serializers.IntegerField(allow_null=True)
    target = FigureField(allow_null=True)


class ReconciledOutcomeForm(ReconciledFigureForm):
    """An outcome of a journey in the period, from its source of record."""

    is_met = serializers.BooleanField(allow_null=True, help_text="null: unknown.")
    required = serializers.BooleanField(help_text="Does its journey fail where it is off target?")  # type: ignore[assignment]
    judged = serializers.BooleanField(help_text="false where a month is not judged by it.")
    since = serializers.DateField(allow_null=True, help_text="From which month on it is off target.")
    trust = serializers.CharField()
    doubt = serializers.CharField(help_text="Why its figure cannot be relied on, or empty.")
    restated = serializers.BooleanField(help_text="Since a meeting froze this month.")
    failing_segments = FailingSegmentForm(many=True)
    rolled_up = serializers.CharField(help_text="From what it was rolled up, or why there is nothing; or empty.")
    rolled_from = serializers.ListField(child=serializers.IntegerField(), help_text="Observations.")


class ReconciledJourneyForm(Form):
    code = serializers.CharField()
    name = serializers.CharField()
    verdict = serializers.ChoiceField([each.value for each in Verdict])
    outcomes = ReconciledOutcomeForm(many=True)


class ClaimForm(ReconciledFigureForm):
    """What a function's KPI shows, and whether that may be claimed."""

    function = serializers.CharField()
    journeys = serializers.ListField(child=serializers.CharField(), help_text="Codes of those that it serves.")
    standing = serializers.ChoiceField([each.value for each in Standing])
    why = serializers.CharField()
    doubt = serializers.CharField()


class OpenCaseForm(Form):
    """A contradiction that is not settled, with the same in other segments."""

    pk = serializers.IntegerField(help_text="Of the worst of them, whose severity and status these are.")
    title = serializers.CharField()
    kind = serializers.ChoiceField(Rule.Kind.choices)
    severity = serializers.ChoiceField(Contradiction.Severity.choices)
    status = serializers.CharField()
    opened_on = serializers.DateField()
    recurrences = serializers.IntegerField()
    journey = serializers.CharField()
    answers = serializers.CharField(help_text="Who answers for what is contradicted.")
    measures = serializers.ListField(child=serializers.CharField())
    segments = serializers.ListField(child=serializers.CharField(), help_text="The worst few.")
    siblings = serializers.ListField(child=serializers.IntegerField(), help_text="The others' numbers.")


class PastDecisionForm(Form):
    pk = serializers.IntegerField()
    wording = serializers.CharField()
    decision_type = serializers.CharField()
    decided_on = serializers.DateField()
    forced = serializers.BooleanField()
    outcome = serializers.CharField()
    outcome_words = serializers.CharField(help_text="Did it work?")


class ViewForm(Form):
    """One truth for a month."""

    hash = serializers.CharField(help_text="SHA-256 of the rest as JSON with sorted names and no spaces.")
    period = serializers.CharField(source="period.code")
    as_of = serializers.DateField()
    journeys = ReconciledJourneyForm(many=True)
    claims = ClaimForm(many=True)
    cases = OpenCaseForm(many=True)
    cases_in_all = serializers.IntegerField(help_text="With those that are not listed.")
    decisions = PastDecisionForm(many=True)
