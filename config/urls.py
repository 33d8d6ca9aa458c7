"""Every address of the product, composed from the rooms that own them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from config.health import health


def closed(request: HttpRequest) -> HttpResponse:
    """An address of allauth's that the product does without: whoever is enrolled keeps the e-mail they sign in by."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("accounts/email/", closed),
    path("accounts/", include("allauth.urls")),
    path("", include("forums.urls")),
    path("", include("metrics.urls")),
    path("", include("journeys.urls")),
    path("", include("truthgov.urls")),
]
handler400, handler500 = "config.faults.bad_request", "config.faults.server_error"
