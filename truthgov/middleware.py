from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from truthgov.errors import InvalidInput, Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """Answers a refused act of a page: 409, or 422 where the input is at fault, with the sentence for its reader."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        status = 422 if isinstance(exception, InvalidInput) else 409
        template = "components/_refusal.html" if getattr(request, "htmx", False) else "409.html"
        response = render(request, template, {"refusal": exception}, status=status)
        if getattr(request, "htmx", False):
            response["HX-Retarget"], response["HX-Reswap"] = "#notices", "innerHTML"
        return response


class PageMiddleware:
    """Keeps pages private and htmx whole: nothing is stored by browsers, and a sign-in page is never a fragment."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 302 and getattr(request, "htmx", False):
            return HttpResponseClientRedirect(response["Location"])
        response.headers.setdefault("Cache-Control", "no-store")
        return response
