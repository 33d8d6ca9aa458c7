"""Whether this web process can do its work: what a load balancer and a container's health check ask."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from truthgov.http import public


@require_safe
@public
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers. A database that does not is an exception, and so a 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
