"""Forums, their charters and the matrix of decision rights over REST, by the doors and verbs of the pages."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from forums.api.charter_forms import CharterForm, CharterTermsForm, FilledForm, ForumForm
from forums.charters import access
from forums.charters.matrix import Filled, lay_out
from forums.models import Charter, Forum
from forums.models.charter import CharterQuerySet
from metrics.api.callers import actor_of, named, person_of
from truthgov import clock
from truthgov.rest.bodies import NothingForm, ReasonForm, read_act
from truthgov.rest.tags import require_match, tag_of, tagged
from truthgov.rest.views import ApiView, PageQuery, page_of, page_of_items, read_query


class Forums(ApiView):
    """The standing bodies that decide."""

    @extend_schema(summary="Forums", parameters=[PageQuery], responses=ForumForm(many=True))
    def get(self, request: Request) -> Response:
        """By name."""
        return page_of(request, Forum.objects.all(), read_query(request, PageQuery), ("name", "pk"), ForumForm)


class ForumOne(ApiView):
    """One forum."""

    @extend_schema(summary="A forum", responses=ForumForm)
    def get(self, request: Request, code: str) -> Response:
        return Response(ForumForm(named(Forum.objects.all(), code)).data)


class Charters(ApiView):
    """A forum's rules, version by version."""

    is_made_tagged = True

    @extend_schema(summary="Charters of a forum", parameters=[PageQuery], responses=CharterForm(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The latest first."""
        return page_of(request, _charters(code), read_query(request, PageQuery), ("-version",), CharterForm)

    @extend_schema(summary="Propose a charter", request=CharterTermsForm, responses={201: CharterForm})
    def post(self, request: Request, code: str) -> Response:
        """By sponsor, truth owner or secretary; another person approves it."""
        forum = access.forum_to_charter(person_of(request), code)
        proposed = forum.propose_charter(
            CharterTermsForm.said(read_act(request, CharterTermsForm)), by=actor_of(request)
        )
        address = reverse("forums:api:charter", args=[code, proposed.version])
        return tagged(CharterForm(proposed).data, status=201, Location=address)


class CharterOne(ApiView):
    """One version of a forum's rules."""

    is_tagged = True

    @extend_schema(summary="A charter", responses=CharterForm)
    def get(self, request: Request, code: str, version: int) -> Response:
        return tagged(CharterForm(access.charter_to_read(None, code, version)).data)


class CharterApproval(ApiView):
    """The approval of proposed rules as they were read, which If-Match says."""

    is_tagged = True

    @extend_schema(summary="Approve a charter", request=NothingForm, responses={201: CharterForm})
    def post(self, request: Request, code: str, version: int) -> Response:
        """By sponsor or truth owner, and never by who proposed it; refused where rights overlap or a gap is unsaid."""
        charter = access.charter_to_approve(person_of(request), code, version)
        read_act(request, NothingForm)
        require_match(request, tag_of(CharterForm(charter).data))
        charter.approve(by=actor_of(request))
        return tagged(CharterForm(charter).data, status=201)


class CharterRejection(ApiView):
    """Proposed rules turned down as they were read, which If-Match says."""

    is_tagged = True

    @extend_schema(summary="Reject a charter", request=ReasonForm, responses=CharterForm)
    def post(self, request: Request, code: str, version: int) -> Response:
        """By sponsor or truth owner, and never by who proposed it."""
        charter = access.charter_to_approve(person_of(request), code, version)
        given = read_act(request, ReasonForm)
        require_match(request, tag_of(CharterForm(charter).data))
        charter.reject(**given, by=actor_of(request))
        return tagged(CharterForm(charter).data)


class CharterWithdrawal(ApiView):
    """Proposed rules taken back."""

    is_tagged = True

    @extend_schema(summary="Withdraw a charter", request=ReasonForm, responses=CharterForm)
    def post(self, request: Request, code: str, version: int) -> Response:
        """By who proposed it."""
        charter = access.charter_to_withdraw(person_of(request), code, version)
        given = read_act(request, ReasonForm)
        require_match(request, tag_of(CharterForm(charter).data))
        charter.withdraw(**given, by=actor_of(request))
        return tagged(CharterForm(charter).data)


class DecisionRights(ApiView):
    """The matrix of decision rights over all forums."""

    @extend_schema(summary="Decision rights", parameters=[PageQuery], responses=FilledForm(many=True))
    def get(self, request: Request) -> Response:
        """Every type of decision over every kind of matter, under the charters in force today."""
        filled = lay_out(Charter.objects.in_force_with_clauses(on=clock.today())).values()
        return page_of_items(request, filled, read_query(request, PageQuery), _place, FilledForm)


def _place(filled: Filled) -> list[str]:
    return list(filled.cell)


def _charters(code: str) -> CharterQuerySet:
    forum = named(Forum.objects.all(), code)
    charters = Charter.objects.filter(forum=forum).with_rights()
    return charters.select_related("forum", "governs", "proposed_by", "approved_by", "ended_by").prefetch_related(
        "seats__scope", "steps"
    )
