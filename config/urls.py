"""Every address of the product, composed from the rooms that own them."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("", include("forums.urls")),
    path("", include("metrics.urls")),
    path("", include("journeys.urls")),
    path("", include("truthgov.urls")),
]
