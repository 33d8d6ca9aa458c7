"""Who calls the API: a program by its key, or a person by their session, who may only read here."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from truthgov import keys
from truthgov.models import Key, Person


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


class KeyOrReader(BasePermission):
    """Programs with a key; people signed in may read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, Key):
            return True
        return isinstance(request.user, Person) and request.method in SAFE_METHODS


class KeyOnly(BasePermission):
    """Programs with a key."""

    message = "Figures are pushed with a key; people hand theirs in on the page of submissions."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Key)


__all__ = ["KeyAuthentication", "KeyOnly", "KeyOrReader", "KeyRequest", "SessionAuthentication"]
