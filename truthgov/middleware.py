from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from truthgov.errors import InvalidInput, Refusal
from truthgov.models import Person
from truthgov.second_factor import FACTOR_MISSING, lacks_second_factor

GetResponse = Callable[[HttpRequest], HttpResponse]
SECRET = ("password", "token")
"""In the name of a field: what is written there is never shown again."""


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
        told = {"refusal": exception, "came_from": _came_from(request), "written": _written(request)}
        response = render(request, template, told, status=status)
        if getattr(request, "htmx", False):
            response["HX-Retarget"], response["HX-Reswap"] = "#notices", "innerHTML"
        return response


class PageMiddleware:
    """Keeps pages private and htmx whole: nothing is stored by browsers, and a sign-in page is never a fragment.

    Who opens the address of a form (after signing in again, or from the history) gets a page, not an empty answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 302 and getattr(request, "htmx", False):
            return _led_on(response)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            response.content = render_to_string("405.html", request=request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _came_from(request: HttpRequest) -> str:
    """The page of ours on which a form was sent; empty where the browser does not say, or it was another's."""
    page = request.headers.get("Referer", "")
    return page if url_has_allowed_host_and_scheme(page, {request.get_host()}) else ""


def _written(request: HttpRequest) -> list[str]:
    """What was written into the form that is refused, each text once: a browser keeps nothing of a page of ours.

    Texts are told from what a form carries by itself by the spaces between their words. A secret may have some, too:
    it is told by its field.
    """
    names = (name for name in request.POST if not any(secret in name for secret in SECRET))
    sent = (text.strip() for name in names for text in request.POST.getlist(name))
    return list(dict.fromkeys(text for text in sent if len(text.split()) > 1))


def _led_on(response: HttpResponse) -> HttpResponse:
    """A redirection as htmx follows it: for the whole page. It has no content, and keeps the cookies."""
    led = HttpResponseClientRedirect(response["Location"])
    led.status_code, led.cookies = 204, response.cookies
    return led


class SecondFactorMiddleware:
    """Where the settings require it, whoever decides or administers sets up a second factor before anything else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        person = request.user
        is_page = getattr(view, "audience", "") == "signed in"
        if not is_page or not isinstance(person, Person) or not lacks_second_factor(person):
            return None
        messages.info(request, FACTOR_MISSING)
        return HttpResponseRedirect(reverse("mfa_index"))
