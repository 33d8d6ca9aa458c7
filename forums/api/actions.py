"""Actions as resources: read by keys of the functions that owe them, done and verified by people in their sessions."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from forums import access
from forums.models import Action
from forums.registers.action_register import STATES, known_actions, of_state
from metrics.api.callers import actor_of, functions_of, known, named, person_of
from metrics.api.fields import DatedForm, Form
from metrics.api.forms.cases import FileForm, FileGivenForm
from truthgov import clock
from truthgov.actor import Actor
from truthgov.models import Function
from truthgov.rest.bodies import NothingForm, ReasonForm, attached, read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query
from truthgov.texts import LONGEST_TEXT

ASKED = [code for code, _ in STATES if code]


class ActionQuery(PageQuery):
    state = serializers.ChoiceField(ASKED, required=False, default="all")
    function = serializers.CharField(required=False, help_text="Code of a function.")
    decision = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class ProofForm(Form):
    """What was shown; one that was sent back stays."""

    text = serializers.CharField()
    files = FileForm(many=True, source="attached")
    given_by = serializers.CharField(source="given_by.name")
    given_at = serializers.DateTimeField()


class ActionForm(DatedForm):
    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    decision = serializers.IntegerField(source="decision_id")
    forum = serializers.CharField(source="decision.meeting.forum.code")
    owner = serializers.CharField(source="owner.name")
    function = serializers.CharField(source="function.code", allow_null=True, default=None)
    due_on = serializers.DateField()
    status = serializers.ChoiceField(Action.Status.choices)
    overdue = serializers.SerializerMethodField()
    escalated_at = serializers.DateTimeField(source="escalation.escalated_at", allow_null=True, default=None)
    proofs = ProofForm(many=True)
    done_at = serializers.DateTimeField(allow_null=True)
    verified_by = serializers.CharField(source="verified_by.name", allow_null=True, default=None)
    verified_at = serializers.DateTimeField(allow_null=True)

    def get_overdue(self, action: Action) -> bool:
        return action.status == Action.Status.OPEN and action.due_on < self.today


class ProofGivenForm(Form):
    """What shows that an action is done."""

    proof = serializers.CharField(max_length=LONGEST_TEXT)
    files = FileGivenForm(many=True, required=False, default=list)


class Actions(ApiView):
    """What somebody does after a decision."""

    @extend_schema(summary="Actions", parameters=[ActionQuery], responses=ActionForm(many=True))
    def get(self, request: Request) -> Response:
        """The newest first; a key sees those of its functions."""
        query = read_query(request, ActionQuery)
        found = of_state(_seen(request), query["state"], on=clock.today())
        if (function := named(Function.objects.all(), query.get("function"))) is not None:
            found = found.filter(function=function)
        if "decision" in query:
            found = found.filter(decision=query["decision"])
        return page_of(request, found, query, ("-id",), ActionForm)


class ActionOne(ApiView):
    """One action."""

    is_tagged = True

    @extend_schema(summary="An action", responses=ActionForm)
    def get(self, request: Request, pk: int) -> Response:
        return tagged(ActionForm(known(_seen(request).filter(pk=pk))).data)


class ActionAct(ApiView):
    """Somebody does something about an action as they have read it, which If-Match says."""

    is_tagged = True
    form: type[Form] = NothingForm

    @extend_schema(responses=ActionForm)
    def post(self, request: Request, pk: int) -> Response:
        action = self.door(request, pk)
        given = read_act(request, self.form)
        require_match(request, tag_of(ActionForm(known(_seen(request).filter(pk=pk))).data))
        self.act(action, given, by=actor_of(request))
        return tagged(ActionForm(known(_seen(request).filter(pk=pk))).data)

    def door(self, request: Request, pk: int) -> Action:
        return access.action_to_verify(person_of(request), pk)

    def act(self, action: Action, given: dict[str, Any], *, by: Actor) -> None:
        raise NotImplementedError


@extend_schema_view(post=extend_schema(summary="Show that an action is done", request=ProofGivenForm))
class ActionProof(ActionAct):
    """By its owner, with files where they help."""

    form = ProofGivenForm

    def door(self, request: Request, pk: int) -> Action:
        return access.action_to_do(person_of(request), pk)

    def act(self, action: Action, given: dict[str, Any], *, by: Actor) -> None:
        action.report_done(given["proof"], [attached(each) for each in given["files"]], by=by)


@extend_schema_view(post=extend_schema(summary="Verify an action", request=NothingForm))
class ActionVerification(ActionAct):
    """By a member of the forum, or its secretary, who is not its owner."""

    def act(self, action: Action, given: dict[str, Any], *, by: Actor) -> None:
        action.verify(by=by)


@extend_schema_view(post=extend_schema(summary="Send an action back", request=ReasonForm))
class ActionReturn(ActionAct):
    """By who could verify it, where the proof does not hold."""

    form = ReasonForm

    def act(self, action: Action, given: dict[str, Any], *, by: Actor) -> None:
        action.send_back(given["reason"], by=by)


def _seen(request: Request) -> Any:
    return functions_of(request, known_actions().prefetch_related("proofs__given_by"), "function")
