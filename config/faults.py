"""What is answered where no view was reached, or where one broke down: a page to people, a problem to programs."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from truthgov.rest.problems import Problem, as_answer, problem_of

API = "/api/"
OURS = Problem(
    500, "failed", "Something failed on our side. Nothing was half done: read what stands, then send it again."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what could not be read, or was asked of a host that we are not."""
    if not request.path.startswith(API):
        return defaults.bad_request(request, exception)
    return as_answer(problem_of(exception) or OURS, request.headers)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer where something unforeseen happened."""
    return as_answer(OURS, request.headers) if request.path.startswith(API) else defaults.server_error(request)
