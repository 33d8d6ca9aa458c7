"""What is answered where no view was reached, or where one broke down: a page to people, a problem to programs."""

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from truthgov.rest.problems import Problem, as_answer, problem_of

API = "/api/"
ELSEWHERE = Problem(
    400, "unknown_host", "The Host header names none of this installation's addresses; ask one of them."
)
MALFORMED = Problem(400, "malformed", "The request is malformed.")
OURS = Problem(
    500, "failed", "Something failed on our side. Nothing was half done: read what stands, then send it again."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what could not be read, or was asked of a host that we are not."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    known = ELSEWHERE if isinstance(exception, DisallowedHost) else problem_of(exception)
    return as_answer(known or MALFORMED, request.headers)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer where something unforeseen happened."""
    return as_answer(OURS, request.headers) if request.path.startswith(API) else defaults.server_error(request)
