"""Who calls the API: a program by its key, or a person by their session.

A key reads and pushes figures, for its functions and sources. What is proposed, approved, attested or switched is a
person's act: it takes their session, their second factor, and the CSRF token that every form of theirs sends too.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from truthgov import keys
from truthgov.models import Key, Person
from truthgov.rest.problems import Problem
from truthgov.second_factor import FACTOR_MISSING, lacks_second_factor

PERSON_NEEDED = "This is for people: a key reads and pushes figures, and somebody who answers for them acts."


class KeyRequest(Request):
    """A request of a program: `auth` is its key."""

    auth: Key


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tgv_live_…`; a key is never taken from an address."""

    def authenticate(self, request: Request) -> tuple[None, Key] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        key = keys.verify(text.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed("This is no key in use: mistyped, expired or revoked.")
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="truthgov"'


class KeyScheme(OpenApiAuthenticationExtension):
    """How the schema says that a key is asked for; drf-spectacular finds it by its being defined."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "tgv_live_<id>_<secret><crc>"}


class KeyOrPerson(BasePermission):
    """Programs with a key read; people read and act, under their own appointments and with their second factor."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Key):
            return request.method in SAFE_METHODS or _refused("person_needed", PERSON_NEEDED)
        if not isinstance(request.user, Person):
            return False
        return not lacks_second_factor(request.user) or _refused("second_factor_missing", FACTOR_MISSING)


class PersonOnly(KeyOrPerson):
    """People, in their sessions."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Key):
            return _refused("person_needed", PERSON_NEEDED)
        return super().has_permission(request, view)


class KeyOnly(BasePermission):
    """Programs with a key."""

    message = "Figures are pushed with a key; people draft theirs on a sheet, and hand it in."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Key)


def _refused(code: str, detail: str) -> bool:
    raise Problem(403, code, detail)
