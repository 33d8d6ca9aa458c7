"""What is due, what is on record for a period, who stands behind it, and what is said not to be available."""

from rest_framework import serializers

from metrics.api.fields import CodeField, DatedForm, FigureField, Form, SpanField
from metrics.handing_in.sheet_counts import SheetCount
from metrics.models import Absence, Attestation
from truthgov.models import Scope
from truthgov.rest.views import PageQuery
from truthgov.texts import LONGEST_TEXT


class ScopeQuery(PageQuery):
    function = serializers.CharField(required=False, help_text="Code of a function.")
    journey = serializers.CharField(required=False, help_text="Code of a journey.")
    period = serializers.CharField(required=False, help_text="2026-10, 2026-W41, 2026-10-05 or 2026-Q4.")


class DueQuery(ScopeQuery):
    late = serializers.BooleanField(
        required=False, allow_null=False, help_text="Some have not come although their deadline has passed."
    )


class AbsenceQuery(PageQuery):
    measure = serializers.CharField(required=False, help_text="Code of a measure.")
    period = serializers.CharField(required=False, help_text="2026-10, 2026-W41, 2026-10-05 or 2026-Q4.")


class ScopeForm(Form):
    """The function or the journey whose figures they are."""

    kind = serializers.ChoiceField([Scope.Kind.FUNCTION.value, Scope.Kind.JOURNEY.value])
    code = serializers.SerializerMethodField()
    name = serializers.CharField()

    def get_code(self, scope: Scope) -> str:
        of_function = scope.kind == Scope.Kind.FUNCTION
        return scope.function.code if of_function else scope.journey.code


class GapForm(Form):
    """A figure that is not there, and why not, where somebody said so."""

    measure = CodeField()
    segment = serializers.JSONField(source="segment.values")
    deadline = serializers.DateField()
    reason = serializers.CharField(allow_blank=True)


class DueForm(DatedForm):
    """What one function or journey owes for one period."""

    scope = ScopeForm()
    period = SpanField()
    due_on = serializers.DateField(help_text="The last day on which the first of its figures is as fresh as promised.")
    owed = serializers.IntegerField()
    missing = serializers.IntegerField()
    late = serializers.SerializerMethodField(help_text="Of those missing: their deadline has passed.")
    unavailable = serializers.IntegerField(source="absent")
    unattested = serializers.IntegerField(help_text="On record, and nobody stands behind them as they stand.")
    attested = serializers.BooleanField(source="is_attested")
    gaps = GapForm(many=True, help_text="The first of what is not there.")

    def get_late(self, sheet: SheetCount) -> int:
        return sheet.late(on=self.today)


class CellForm(Form):
    """A figure that is due, with what is on record and what was a period before."""

    measure = CodeField()
    segment = serializers.JSONField(source="segment.values")
    source = CodeField(allow_null=True)  # type: ignore[assignment]
    unit = serializers.CharField()
    value = FigureField(source="reading.value", allow_null=True, default=None)
    numerator = FigureField(source="reading.numerator", allow_null=True, default=None)
    denominator = FigureField(source="reading.denominator", allow_null=True, default=None)
    last_value = FigureField(source="last.value", allow_null=True, default=None)
    observation = serializers.IntegerField(source="reading.observation_id", allow_null=True, default=None)
    unavailable_because = serializers.CharField(source="absence.reason", allow_null=True, default=None)
    owed = serializers.BooleanField(source="is_owed")
    attested = serializers.BooleanField(source="is_attested")


class SheetForm(Form):
    """What is due and on record for a period, figure by figure."""

    scope = ScopeForm()
    period = SpanField()
    due_on = serializers.DateField()
    missing = serializers.IntegerField()
    unattested = serializers.IntegerField()
    cells = CellForm(many=True)


class AttestationForm(serializers.ModelSerializer[Attestation]):
    scope = ScopeForm()
    period = SpanField()
    person = serializers.CharField(source="person.name")

    class Meta:
        model = Attestation
        fields = ["id", "scope", "period", "person", "wording", "observations", "absences", "digest", "attested_at"]


class AbsenceForm(serializers.ModelSerializer[Absence]):
    measure = CodeField()
    segment = serializers.JSONField(source="segment.values")
    person = serializers.CharField(
        source="person.name", allow_null=True, default=None, help_text="Null where a formula could not be computed."
    )

    class Meta:
        model = Absence
        fields = ["id", "measure", "segment", "period_start", "reason", "person", "stated_at"]


class UnavailableForm(Form):
    """That a figure cannot be had for the period."""

    measure = serializers.CharField(max_length=80)
    segment = serializers.DictField(
        child=serializers.CharField(max_length=200),
        required=False,
        help_text='{"channel": "web"}; left out, the whole.',
    )  # fmt: skip
    reason = serializers.CharField(max_length=LONGEST_TEXT)
