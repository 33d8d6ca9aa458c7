"""What becomes of a definition, by the same doors and verbs as on its page: proposer and approver are two people."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.callers import actor_of, known, person_of
from metrics.api.fields import Form
from metrics.api.forms.dictionary import CommentForm, DefinitionForm, ProposalForm, RetirementForm, TextForm
from metrics.api.views.dictionary import definitions_of
from metrics.dictionary.defining import approve_definition, propose_definition, propose_retirement
from metrics.dictionary.reviewing import begin_review, comment, reject_definition, withdraw_definition
from metrics.models import Definition
from truthgov.actor import Actor
from truthgov.rest.bodies import NothingForm, ReasonForm, read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class Definitions(ApiView):
    """What a measure means, version by version."""

    is_made_tagged = True

    @extend_schema(
        summary="Definitions of a measure", parameters=[PageQuery], responses=DefinitionForm(many=True)
    )  # fmt: skip
    def get(self, request: Request, code: str) -> Response:
        """The latest first."""
        return page_of(request, definitions_of(code), read_query(request, PageQuery), ("-version",), DefinitionForm)

    @extend_schema(summary="Propose a version", request=ProposalForm, responses={201: DefinitionForm})
    def post(self, request: Request, code: str) -> Response:
        """By who answers for the measure, or the truth owner; another person approves it."""
        measure = access.measure_to_define(person_of(request), code)
        said = ProposalForm.said(read_act(request, ProposalForm))
        return _proposed(propose_definition(measure, **said, by=actor_of(request)))


class Retirements(ApiView):
    """The end of a measure."""

    is_made_tagged = True

    @extend_schema(summary="Propose to retire a measure", request=RetirementForm, responses={201: DefinitionForm})
    def post(self, request: Request, code: str) -> Response:
        """A version like any other: another person approves it."""
        measure = access.measure_to_define(person_of(request), code)
        return _proposed(propose_retirement(measure, **read_act(request, RetirementForm), by=actor_of(request)))


class DefinitionAct(ApiView):
    """Somebody decides on a version that they have read, which If-Match says."""

    is_tagged = True
    form: type[Form] = NothingForm

    @extend_schema(responses=DefinitionForm)
    def post(self, request: Request, code: str, version: int) -> Response:
        definition = access.definition_to_decide(person_of(request), code, version)
        given = read_act(request, self.form)
        require_match(request, tag_of(DefinitionForm(definition).data))
        self.decide(definition, by=actor_of(request), **given)
        return tagged(DefinitionForm(definition).data)

    def decide(self, definition: Definition, *, by: Actor, **given: Any) -> None:
        raise NotImplementedError


@extend_schema_view(post=extend_schema(summary="Begin the review of a version", request=NothingForm))
class Review(DefinitionAct):
    """Another person than its proposer begins to read it."""

    def decide(self, definition: Definition, *, by: Actor, **given: Any) -> None:
        begin_review(definition, by=by)


@extend_schema_view(post=extend_schema(summary="Approve a version", request=NothingForm))
class Approval(DefinitionAct):
    """Another person than its proposer puts it in force."""

    def decide(self, definition: Definition, *, by: Actor, **given: Any) -> None:
        approve_definition(definition, by=by)


@extend_schema_view(post=extend_schema(summary="Reject a version", request=ReasonForm))
class Rejection(DefinitionAct):
    """Another person than its proposer turns it down."""

    form = ReasonForm

    def decide(self, definition: Definition, *, by: Actor, **given: Any) -> None:
        reject_definition(definition, by=by, **given)


@extend_schema_view(post=extend_schema(summary="Withdraw a version", request=ReasonForm))
class Withdrawal(DefinitionAct):
    """Its proposer takes it back."""

    form = ReasonForm

    def decide(self, definition: Definition, *, by: Actor, **given: Any) -> None:
        withdraw_definition(definition, by=by, **given)


class Comments(ApiView):
    """What named people say of a version while it waits."""

    @extend_schema(summary="Comments on a version", parameters=[PageQuery], responses=CommentForm(many=True))
    def get(self, request: Request, code: str, version: int) -> Response:
        said = known(definitions_of(code).filter(version=version)).comments.select_related("person")
        return page_of(request, said, read_query(request, PageQuery), ("id",), CommentForm)

    @extend_schema(summary="Comment on a version", request=TextForm, responses={201: CommentForm})
    def post(self, request: Request, code: str, version: int) -> Response:
        definition = access.definition_to_comment(person_of(request), code, version)
        said = comment(definition, **read_act(request, TextForm), by=actor_of(request))
        return Response(CommentForm(said).data, status=201, headers={"Location": request.path})


def _proposed(definition: Definition) -> Response:
    address = reverse("metrics:api:definition", args=[definition.measure.code, definition.version])
    return tagged(DefinitionForm(definition).data, status=201, Location=address)
