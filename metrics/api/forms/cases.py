"""Contradictions."""

from rest_framework import serializers

from metrics.api.fields import CodeField, DatedForm, Form
from metrics.models import Challenge, Contradiction, Position
from truthgov.rest.views import PageQuery
from truthgov.texts import LONGEST_TEXT

ON_WHICH = "The case on which it stands: this one, or one that was joined to it."


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
    root_cause = serializers.SerializerMethodField(help_text="What it was last put down to; empty: nobody has said.")
    joined_to = serializers.SerializerMethodField(help_text="The case that stays, where this one is the same.")

    class Meta:
        model = Contradiction
        fields = ["id", "kind", "measure", "other_measure", "source", "other_source", "segment", "journey", "status",
                  "statement", "severity", "severity_why", "exposure_customers", "exposure_value", "root_cause",
                  "joined_to", "recurrences", "first_period", "last_period", "opened_at", "changed_at"]  # fmt: skip

    def get_root_cause(self, case: Contradiction) -> str:
        return next((str(naming.cause) for naming in reversed(case.causes.all())), "")

    def get_joined_to(self, case: Contradiction) -> int | None:
        return case.joining.into_id if case.status == Contradiction.Status.JOINED else None


class ChallengeForm(DatedForm, serializers.ModelSerializer[Challenge]):
    asks = serializers.CharField(source="scope.name", help_text="Who answers: a function or a journey.")
    scope = serializers.IntegerField(source="scope_id")
    contradiction = serializers.IntegerField(source="contradiction_id", help_text=ON_WHICH)
    asked_by = serializers.CharField(source="asked_by.name")
    state = serializers.SerializerMethodField(help_text="accepted, contested, answered, due or overdue.")

    class Meta:
        model = Challenge
        fields = ["id", "contradiction", "scope", "asks", "question", "due_on", "asked_by", "asked_at", "state"]

    def get_state(self, asked: Challenge) -> str:
        return asked.state(on=self.today)


class ChallengeTermsForm(Form):
    """What the truth owner asks of a function or journey, and by when."""

    scope = serializers.IntegerField(min_value=1, max_value=2**31, help_text="The number of who is asked.")
    question = serializers.CharField(max_length=2000)
    due_on = serializers.DateField()


class FileForm(Form):
    """A file that a position rests on; its content is downloaded from the case's page."""

    name = serializers.CharField()
    type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()


class PositionForm(serializers.ModelSerializer[Position]):
    answers_for = serializers.CharField(source="scope.name")
    scope = serializers.IntegerField(source="scope_id")
    contradiction = serializers.IntegerField(source="contradiction_id", help_text=ON_WHICH)
    taken_by = serializers.CharField(source="taken_by.name")
    challenge = serializers.IntegerField(source="challenge_id", allow_null=True)
    files = FileForm(many=True, source="attached")

    class Meta:
        model = Position
        fields = ["id", "contradiction", "scope", "answers_for", "challenge", "stance", "claim", "evidence", "files",
                  "taken_by", "taken_at"]  # fmt: skip


class FileGivenForm(Form):
    """A file, told by its content: PDF, PNG, JPEG, XLSX without macros, CSV or TXT, of up to 5 MB."""

    name = serializers.CharField(max_length=200)
    content = serializers.CharField(help_text="In base64.")


class PositionGivenForm(Form):
    """A party's answer, frozen as it is given."""

    scope = serializers.IntegerField(min_value=1, max_value=2**31, help_text="The number of who answers.")
    stance = serializers.ChoiceField(Position.Stance.choices)
    claim = serializers.CharField(max_length=LONGEST_TEXT)
    evidence = serializers.CharField(max_length=LONGEST_TEXT, required=False, default="")
    challenge = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, default=None, allow_null=True,
        help_text="The challenge that it answers; without it, the earliest that waits.",
    )  # fmt: skip
    files = FileGivenForm(many=True, required=False, default=list)
