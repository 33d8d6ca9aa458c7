"""Keys of programs: people see them, an administrator issues and ends them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from metrics import access, keys
from metrics.api.callers import actor_of, known, person_of
from metrics.api.forms.keys import IssuedForm, IssueForm, KeyForm
from metrics.models import Source
from truthgov.errors import InvalidInput
from truthgov.keys import revoke
from truthgov.models import Function, Key
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

    @extend_schema(summary="Issue a key", request=IssueForm, responses={201: IssuedForm})
    def post(self, request: Request) -> Response:
        """By an administrator; its text is in this one answer. Where that was lost, revoke it and issue another."""
        access.keys_to_administer(person_of(request))
        given = read_act(request, IssueForm)
        functions = _named(Function.objects.all(), given, "functions")
        sources = _named(Source.objects.handed_in_from(), given, "sources")
        key, text = keys.issue(
            given["name"], functions=functions, sources=sources, expires_at=given["expires_at"], by=actor_of(request)
        )
        told = IssuedForm({"key": known(_keys().filter(pk=key.pk)), "text": text}).data
        return Response(told, status=201, headers={"Location": reverse("metrics:api:key", args=[key.public_id])})


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


def _named(rows: QuerySet[Any], given: Mapping[str, Any], field: str) -> list[Any]:
    """The records of the codes in a field; InvalidInput, at the code, for one that there is not."""
    found = {row.code: row for row in rows.filter(code__in=given[field])}
    unknown = {
        f"{field}/{at}": "There is none of this code." for at, code in enumerate(given[field]) if code not in found
    }
    if unknown:
        raise InvalidInput("The key cannot be issued so; see errors.", unknown)
    return list(found.values())


def _keys() -> QuerySet[Key]:
    return Key.objects.prefetch_related("functions", "key_sources__source")
