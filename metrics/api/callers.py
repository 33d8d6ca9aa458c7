"""Who calls: a person who acts, or a key that sees the figures of its functions and sources."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.request import Request

from journeys.models import Journey
from truthgov.actor import Actor
from truthgov.models import Function, Key, Person, Scope

Row = TypeVar("Row", bound=Model)


def person_of(request: Request) -> Person:
    """The person whose session it is; PermissionDenied for a key."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def actor_of(request: Request) -> Actor:
    return Actor(person=person_of(request))


def sources_of(request: Request, rows: QuerySet[Row], field: str) -> QuerySet[Row]:
    """Of rows with a source: all for people, those of its own sources for a key."""
    if not isinstance(request.auth, Key):
        return rows
    mine: Iterable[int] = request.auth.key_sources.values_list("source", flat=True)
    return rows.filter(**{f"{field}__in": mine})


def functions_of(request: Request, rows: QuerySet[Row], field: str) -> QuerySet[Row]:
    """Of rows with a function (or its scope, by a `field` that leads on): all for people, its own for a key."""
    if not isinstance(request.auth, Key):
        return rows
    return rows.filter(**{f"{field}__in": request.auth.functions.values("pk")})


def known(rows: QuerySet[Row]) -> Row:
    """The one record that rows hold. Http404 for none."""
    found = rows.first()
    if found is None:
        raise Http404
    return found


def named(rows: QuerySet[Any], code: str | None) -> Any:
    """The record of a code; None where none is asked for, Http404 where nothing has it."""
    return None if code is None else known(rows.filter(code=code))


def scope_of(request: Request, kind: str, code: str) -> Scope:
    """The scope of a function or a journey; Http404 for one that a key does not speak for."""
    rows: QuerySet[Any] = Function.objects.all() if kind == "function" else Journey.objects.all()
    scopes = Scope.objects.select_related("function", "journey")
    return known(functions_of(request, scopes, "function").filter(pk=named(rows, code).scope_id))
