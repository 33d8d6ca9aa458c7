"""Motions as they are put over REST, and what the room is asked."""

from typing import Any

from rest_framework import serializers

from forums.models import Choice, Decision, DecisionType, Objection, Question, Tally
from forums.motions.forms import ACTION_ROWS
from metrics.api.fields import Form
from truthgov.texts import LONGEST_TEXT

LARGEST = 2**31


class ActionGivenForm(Form):
    """An action that follows from the decision; `owner` by the number of the person."""

    title = serializers.CharField(max_length=400)
    owner = serializers.IntegerField(min_value=1, max_value=LARGEST)
    due_on = serializers.DateField()


class MotionGivenForm(Form):
    """A motion. What its type asks for beside the wording: a remedy its `remedy_from`, a source of record `source`,
    `starts_on` and `proposed_by`, an escalation `due_on`."""

    type = serializers.ChoiceField(DecisionType.choices)
    wording = serializers.CharField(max_length=LONGEST_TEXT)
    reason = serializers.CharField(max_length=LONGEST_TEXT, required=False)
    force = serializers.BooleanField(required=False, allow_null=False, help_text="Under the mandate, with a reason.")
    remedy_from = serializers.DateField(required=False)
    cause = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, help_text="Of the root causes.")
    evidence = serializers.CharField(required=False, max_length=LONGEST_TEXT)
    source = serializers.CharField(required=False, help_text="Code of a source.")  # type: ignore[assignment]
    starts_on = serializers.DateField(required=False)
    proposed_by = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    due_on = serializers.DateField(required=False)
    expects = serializers.ListField(
        child=serializers.CharField(), required=False, max_length=20, help_text="Codes of measures that it should move."
    )
    review_on = serializers.DateField(required=False)
    supersedes = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    trust_override = serializers.CharField(required=False, max_length=LONGEST_TEXT)
    actions = ActionGivenForm(many=True, required=False, max_length=ACTION_ROWS)  # type: ignore[call-arg]


class VoteGivenForm(Form):
    choice = serializers.ChoiceField(Choice.choices)


class LiftingForm(Form):
    overruled = serializers.BooleanField()
    by = serializers.CharField(source="person.name")
    reason = serializers.CharField(allow_blank=True)


class ObjectionForm(Form):
    id = serializers.IntegerField()
    by = serializers.CharField(source="person.name")
    reason = serializers.CharField()
    lifted = serializers.SerializerMethodField(help_text="Null while it stands.")

    def get_lifted(self, objection: Objection) -> dict[str, Any] | None:
        return LiftingForm(objection.lifting).data if hasattr(objection, "lifting") else None


class TallyForm(Form):
    """The count, once the vote is closed; `entitled` were present and might vote, or had voted and left."""

    in_favour = serializers.IntegerField()
    against = serializers.IntegerField()
    abstained = serializers.IntegerField()
    entitled = serializers.IntegerField()
    carried = serializers.BooleanField()
    choices = serializers.SerializerMethodField(help_text="Person and choice, of an open ballot.")

    def get_choices(self, tally: Tally) -> list[list[Any]]:
        return list(tally.as_record()["choices"])  # type: ignore[call-overload]


class QuestionForm(Form):
    """What was put to the room. Of a vote that is not closed there is nothing but who has voted."""

    id = serializers.IntegerField()
    meeting = serializers.IntegerField(source="item.meeting_id")
    item = serializers.IntegerField(source="item_id")
    type = serializers.CharField(source="right.decision_type")
    wording = serializers.CharField()
    rule = serializers.CharField(source="right.rule")
    ballot = serializers.CharField(source="right.ballot")
    may_overrule = serializers.BooleanField(source="right.may_overrule")
    put_by = serializers.CharField(source="put_by.name")
    put_at = serializers.DateTimeField()
    state = serializers.CharField(help_text="open, carried, lost, withdrawn, decided or ended.")
    objections = ObjectionForm(many=True)
    voted = serializers.SerializerMethodField(help_text="Numbers of who has voted, in the order of the numbers.")
    tally = serializers.SerializerMethodField(help_text="Null before the close.")
    decision = serializers.SerializerMethodField(help_text="What it became; null while it is none.")

    def get_voted(self, question: Question) -> list[int]:
        return sorted(question.votes.values_list("person_id", flat=True))

    def get_tally(self, question: Question) -> dict[str, Any] | None:
        return TallyForm(question.tally).data if hasattr(question, "tally") else None

    def get_decision(self, question: Question) -> int | None:
        return question.decision.pk if hasattr(question, "decision") else None


class DecidedForm(Form):
    """What came of a motion: a decision, or a question that is before the room."""

    decision = serializers.IntegerField(allow_null=True)
    question = serializers.IntegerField(allow_null=True)
    came_about = serializers.CharField(allow_blank=True, help_text="How the decision came about.")

    @classmethod
    def of(cls, decision: Decision | None, question: Question | None) -> dict[str, Any]:
        how = decision.came_about if decision else ""
        return {"decision": decision and decision.pk, "question": question and question.pk, "came_about": how}
