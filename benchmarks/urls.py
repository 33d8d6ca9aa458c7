"""The product's addresses, and a hello that shows what a request costs before a page does anything."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as product
from truthgov.http import public


@public
def hello(request: HttpRequest) -> HttpResponse:
    """The least a view can do."""
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), *product]
