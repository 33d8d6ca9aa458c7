"""Every address of the product, composed from the rooms that own them."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = ("forums.urls", "metrics.urls", "journeys.urls", "truthgov.urls")

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(room)) for room in ROOMS if find_spec(room)),
    path("accounts/", include("allauth.urls")),
]
