"""Keys of programs: people see them, an administrator ends one."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access
from metrics.api.callers import actor_of, known, person_of
from metrics.api.forms.keys import KeyForm
from truthgov.keys import revoke
from truthgov.models import Key
from truthgov.rest.authentication import PersonOnly
from truthgov.rest.bodies import NothingForm, read_act
from truthgov.rest.views import ApiView, PageQuery, page_of, read_query


class Keys(ApiView):
    """What programs sign in with."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Keys", parameters=[PageQuery], responses=KeyForm(many=True))
    def get(self, request: Request) -> Response:
        """The latest first, for people; the text of a key is shown once, when it is issued."""
        return page_of(request, _keys(), read_query(request, PageQuery), ("-issued_at", "-id"), KeyForm)


class KeyOne(ApiView):
    """One key."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="A key", responses=KeyForm)
    def get(self, request: Request, public_id: str) -> Response:
        return Response(KeyForm(known(_keys().filter(public_id=public_id))).data)


class Revocation(ApiView):
    """The end of a key."""

    permission_classes = [PersonOnly]

    @extend_schema(summary="Revoke a key", request=NothingForm, responses=KeyForm)
    def post(self, request: Request, public_id: str) -> Response:
        """By an administrator, at once and for good; no If-Match is asked for, as nothing may delay it."""
        key = access.key_to_revoke(person_of(request), public_id)
        read_act(request, NothingForm)
        revoke(key, by=actor_of(request))
        return Response(KeyForm(known(_keys().filter(pk=key.pk))).data)


def _keys() -> QuerySet[Key]:
    return Key.objects.prefetch_related("functions", "key_sources__source")
