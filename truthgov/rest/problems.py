"""Errors as RFC 9457 problems: one shape for whatever goes wrong, so that a program can tell what to do next."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from truthgov.errors import InvalidInput, Refusal

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PASSING = re.compile(r"08|40|53|55P03|57P")
"""What PostgreSQL calls what passes: a lost connection, a deadlock, no room, a lock not had in time, a restart."""
AGAIN_IN = 5
"""Seconds after which what could not be done now is asked for again."""


@dataclass
class Problem(Exception):  # noqa: N818 - RFC 9457's word
    """An answer that says what is wrong; `errors` are mappings of pointer, code and message."""

    status: int
    code: str
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
            "errors": list(self.errors),
        }


class ErrorForm(serializers.Serializer[Any]):
    """One fault: where it lies, as a JSON pointer (or `?name` of a parameter), and what it is."""

    pointer = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemForm(serializers.Serializer[Any]):
    """Whatever went wrong, in the shape of RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="A word that stays the same, for programs.")
    request_id = serializers.CharField()
    errors = ErrorForm(many=True)  # type: ignore[assignment]


def error(pointer: str, code: str, message: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code, "message": message}


def request_id_of(headers: Mapping[str, str]) -> str:
    """The sender's X-Request-ID where it is a sound one, else a new one."""
    sent = headers.get("X-Request-ID", "")
    return sent if REQUEST_ID.fullmatch(sent) else uuid4().hex


def handle(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception of a view; None for what nobody foresaw, which then is a 500."""
    problem = problem_of(exception)
    if problem is None:
        return None
    request_id = request_id_of(context["request"].headers)
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.error("not now", request_id=request_id, exc_info=exception)
    return Response(
        problem.body(request_id),
        status=problem.status,
        headers={**problem.headers, "X-Request-ID": request_id},
        content_type=MEDIA_TYPE,
    )


def as_answer(problem: Problem, headers: Mapping[str, str]) -> JsonResponse:
    """A problem where no view of the framework answers; `headers` are the request's."""
    request_id = request_id_of(headers)
    told = {**problem.headers, "X-Request-ID": request_id}
    return JsonResponse(problem.body(request_id), status=problem.status, headers=told, content_type=MEDIA_TYPE)


def problem_of(exception: Exception) -> Problem | None:
    """The problem that a known exception is."""
    if isinstance(exception, Problem):
        return exception
    if isinstance(exception, InvalidInput):
        errors = [error(f"/{name}", "invalid", message) for name, message in exception.errors.items()]
        return Problem(422, "invalid_input", str(exception), errors)
    if isinstance(exception, Refusal):
        return Problem(409, "refused", str(exception))
    if isinstance(exception, exceptions.APIException):
        return _of_framework(exception)
    if is_passing(exception):
        return not_now()
    return next((Problem(*told) for kind, told in _TOLD if isinstance(exception, kind)), None)


def is_passing(exception: BaseException | None) -> bool:
    """Is it the database that is away or too busy, so that the same may well be done in a moment?"""
    if isinstance(exception, OperationalError):
        code = getattr(exception.__cause__, "pgcode", None)  # none where there was no answer at all
        return code is None or PASSING.match(code) is not None
    return isinstance(exception, InterfaceError)


def not_now() -> Problem:
    return Problem(503, "not_now", NOT_NOW, headers={"Retry-After": str(AGAIN_IN)})


NOT_NOW = (
    "The database is away, or too busy, and nothing was half done. Send the same again in a moment, with the same "
    "Idempotency-Key where it has one."
)
MALFORMED = (400, "malformed", "The request is malformed.")
_TOLD: Iterable[tuple[type[Exception], tuple[int, str, str]]] = (
    (Http404, (404, "not_found", "There is no such record, or you may not see it.")),
    (PermissionDenied, (403, "forbidden", "You may read this, and not do that.")),
    (RequestDataTooBig, (413, "too_large", "The body is larger than 16 MB; send it in parts.")),
    (
        DisallowedHost,
        (400, "unknown_host", "The Host header names none of this installation's addresses; ask one of them."),
    ),
    (SuspiciousOperation, MALFORMED),
    (BadRequest, MALFORMED),
    (MultiPartParserError, MALFORMED),
    (IntegrityError, (409, "conflict", "Another request got there first; read the current state and try again.")),
)


def _of_framework(exception: exceptions.APIException) -> Problem:
    headers = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    code = str(exception.default_code)
    if isinstance(exception, exceptions.ValidationError):
        return Problem(400, "malformed", "The request has faulty parts; see errors.", _flattened(exception.detail))
    return Problem(exception.status_code, code, str(exception.detail), headers=headers)


def _flattened(detail: Any, pointer: str = "") -> list[Mapping[str, str]]:
    if isinstance(detail, Mapping):
        return [one for name, part in detail.items() for one in _flattened(part, f"{pointer}/{name}")]
    if isinstance(detail, list):
        return [one for part in detail for one in _flattened(part, pointer)]
    return [error(pointer, getattr(detail, "code", "invalid"), str(detail))]
