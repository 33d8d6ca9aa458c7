"""What is answered where no view was reached, or where one broke down: a page to people, a problem to programs."""

import sys

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from truthgov.rest.problems import AGAIN_IN, Problem, as_answer, is_passing, not_now, problem_of

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
    """Answer where something unforeseen happened, or the database is away: that passes."""
    passes = is_passing(sys.exc_info()[1])  # nobody hands the failure to whoever answers it
    if request.path.startswith(API):
        return as_answer(not_now() if passes else OURS, request.headers)
    page = defaults.server_error(request, "503.html" if passes else "500.html")
    if passes:
        page.status_code, page.headers["Retry-After"] = 503, str(AGAIN_IN)
    return page
