"""Contradictions, what is asked of their parties and what these answer; they are settled in forums, never here."""

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import case_access
from metrics.api.callers import actor_of, person_of
from metrics.api.forms.cases import (
    ChallengeForm,
    ChallengeTermsForm,
    ContradictionForm,
    ContradictionQuery,
    PositionForm,
    PositionGivenForm,
)
from metrics.models import CauseNaming, Challenge, Contradiction
from truthgov.errors import InvalidInput
from truthgov.models import Scope
from truthgov.rest.bodies import attached, read_act
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class Contradictions(ApiView):
    """The cases in which figures contradict each other; they are settled in forums, never here."""

    @extend_schema(
        summary="Contradictions", parameters=[ContradictionQuery], responses=ContradictionForm(many=True)
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The newest first."""
        query = read_query(request, ContradictionQuery)
        asked = {name: query[name] for name in ("status", "kind") if name in query}
        return page_of(request, _contradictions().filter(**asked), query, ("-id",), ContradictionForm)


class ContradictionOne(ApiView):
    """One case."""

    @extend_schema(summary="A contradiction", responses=ContradictionForm)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ContradictionForm(get_object_or_404(_contradictions(), pk=pk)).data)


class Challenges(ApiView):
    """What the truth owner asked of the parties of a case."""

    @extend_schema(summary="Challenges of a contradiction", parameters=[PageQuery], responses=ChallengeForm(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The newest first, each with how it stands; those put on cases that were joined to this one are among them."""
        asked = get_object_or_404(Contradiction, pk=pk).every_challenge().select_related("scope", "asked_by")
        rows = asked.prefetch_related("positions")
        return page_of(request, rows, read_query(request, PageQuery), ("-id",), ChallengeForm)

    @extend_schema(summary="Challenge a party", request=ChallengeTermsForm, responses={201: ChallengeForm})
    def post(self, request: Request, pk: int) -> Response:
        """By the truth owner, under the mandate."""
        case = case_access.contradiction_to_judge(person_of(request), pk)
        terms = read_act(request, ChallengeTermsForm)
        asked = case.challenge(**terms | {"scope": _scope(terms["scope"])}, by=actor_of(request))
        return Response(ChallengeForm(asked).data, status=201)


class Positions(ApiView):
    """What the parties of a case say, frozen as they said it."""

    @extend_schema(summary="Positions on a contradiction", parameters=[PageQuery], responses=PositionForm(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The newest first; those taken on cases that were joined to this one are among them."""
        taken = get_object_or_404(Contradiction, pk=pk).every_position().select_related("scope", "taken_by")
        return page_of(request, taken, read_query(request, PageQuery), ("-id",), PositionForm)

    @extend_schema(summary="Take a position", request=PositionGivenForm, responses={201: PositionForm})
    def post(self, request: Request, pk: int) -> Response:
        """By whoever answers for a party, or for somebody who was challenged."""
        case = case_access.contradiction_to_answer(person_of(request), pk)
        given = read_act(request, PositionGivenForm)
        scope = _scope(given["scope"])
        files = [attached(each) for each in given["files"]]
        said = given | {"scope": scope, "files": files, "challenge": _answered(case, scope, given["challenge"])}
        return Response(PositionForm(case.take_position(**said, by=actor_of(request))).data, status=201)


def _scope(number: int) -> Scope:
    scope = Scope.objects.filter(pk=number).first()
    if scope is None:
        raise InvalidInput("Nobody answers under this number.", {"scope": "Name a function or a journey."})
    return scope


def _answered(case: Contradiction, scope: Scope, number: int | None) -> Challenge | None:
    """The challenge that is answered: the one named, or the earliest that waits for this scope."""
    if number is None:
        return case.every_challenge().unanswered().filter(scope=scope).first()
    asked = case.every_challenge().filter(pk=number).first()
    if asked is None:
        raise InvalidInput("That was not asked on this case.", {"challenge": "Name a challenge of this case."})
    return asked


def _contradictions() -> QuerySet[Contradiction]:
    return Contradiction.objects.select_related(
        "measure", "other_measure", "source", "other_source", "segment", "journey", "joining"
    ).prefetch_related(Prefetch("causes", CauseNaming.objects.select_related("cause")))
