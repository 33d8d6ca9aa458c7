"""What every page shares: who asks, how a fragment is answered, where a signed-out person goes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from truthgov.actor import Actor
from truthgov.models import Person

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of somebody signed in."""

    person: Person
    actor: Actor
    htmx: HtmxDetails


def signed_in(
    view: Callable[Concatenate[PersonRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Classify a page as one for anybody signed in; a door in `access` narrows it. Others go to the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, Person):
            return redirect_to_login(request.get_full_path())
        request.person = request.user  # type: ignore[attr-defined]
        request.actor = Actor(person=request.user)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    guarded.audience = "signed in"  # type: ignore[attr-defined]
    return guarded


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Classify a page as one for everybody, signed in or not."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Answer an act by another page, with or without htmx."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)
