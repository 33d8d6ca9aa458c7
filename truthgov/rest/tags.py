"""Entity tags: who changes something says which state of it they have read, and is told when that is gone."""

import hashlib
import re
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from truthgov.rest.problems import Problem

TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')


def tag_of(told: Any) -> str:
    """The strong tag of a resource: the SHA-256 of what it is answered with."""
    return f'"{hashlib.sha256(JSONRenderer().render(told)).hexdigest()}"'


def tagged(told: Any, *, status: int = 200, tag: str = "", **headers: str) -> Response:
    """A resource with its tag, `tag` where it has one of its own."""
    return Response(told, status=status, headers={"ETag": tag or tag_of(told), **headers})


def require_match(request: Request, tag: str) -> None:
    """Problem 428 where If-Match names no state, 412 where it names another than the present one.

    `*` names none: it would match what nobody has read.
    """
    asked = request.headers.get("If-Match", "").strip()
    if asked in ("", "*"):
        detail = "Send If-Match with the ETag of what you read; it keeps you from changing what you have not seen."
        raise Problem(428, "match_missing", detail)
    if tag not in TAG.findall(asked):
        raise Problem(412, "stale", "This has changed since you read it; read it again and decide anew.")


def is_held(request: Request, tag: str) -> bool:
    """Whether the caller has this very state already, as If-None-Match says (RFC 9110, section 13.1.2)."""
    asked = request.headers.get("If-None-Match", "").strip()
    return asked == "*" or tag in (held.removeprefix("W/") for held in TAG.findall(asked))
