"""The view that every resource derives from, and how its lists and its query parameters are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from truthgov.errors import InvalidInput
from truthgov.figures import counted
from truthgov.keyset import turn_to
from truthgov.models import Key
from truthgov.rest import rates
from truthgov.rest.problems import Problem, error, request_id_of

LONGEST_PAGE = 1000
NO_CURSOR = "The cursor is not one of this list; start at its first page."
UNMEASURED = (
    "The body comes in parts, without a Content-Length; send it whole, with its length (curl: --data-binary @file)."
)
SALT = "truthgov.rest.items"
Item = TypeVar("Item")


class ApiView(APIView):
    """A resource for keys that read, and for people who are signed in, read and act."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    is_tagged = False
    """Is it answered with its tag, and does whoever changes it say by If-Match which state they have read?"""
    is_made_tagged = False
    """Is what is made here answered with its tag, for whoever decides on it at its own address?"""
    rate: rates.Rate | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponse]:  # type: ignore[override]
        view = super().as_view(**initkwargs)
        view.audience = "api"  # type: ignore[attr-defined]
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A method that the resource does not have is told to anybody, before they are asked who they are."""
        if not hasattr(self, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        if request.method not in SAFE_METHODS and _is_unmeasured(request):
            raise Problem(411, "length_required", UNMEASURED)
        super().initial(request, *args, **kwargs)

    def check_throttles(self, request: Request) -> None:
        """Raises Problem 429 once a caller exceeds the minute's requests."""
        caller = f"key-{request.auth.pk}" if isinstance(request.auth, Key) else f"person-{request.user.pk}"
        self.rate = rates.take(caller)
        if self.rate.remaining < 0:
            again = counted(self.rate.reset, "second")
            detail = f"More than {counted(self.rate.limit, 'request')} in a minute; try again in {again}."
            raise Problem(429, "slow_down", detail, headers={"Retry-After": str(self.rate.reset)})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.rate.headers if self.rate else {}).items():
            final.headers[name] = value
        final.headers.setdefault("X-Request-ID", request_id_of(request.headers))
        final.headers["Cache-Control"] = "no-store"
        return final


def _is_unmeasured(request: Request) -> bool:
    """Is there a body whose length nobody says? It would pass for an empty one."""
    return "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH")


class PageQuery(serializers.Serializer[Any]):
    """The parameters of every list."""

    limit = serializers.IntegerField(min_value=1, max_value=LONGEST_PAGE, default=100)
    cursor = serializers.CharField(
        default="", allow_blank=True, help_text="Of the page before; its Link header holds it."
    )


def read_query(request: Request, form: type[Serializer[Any]]) -> Mapping[str, Any]:
    """The validated query parameters; Problem 400 for faulty, doubled and unknown ones."""
    query = form(data=request.query_params.dict())
    unknown = sorted(set(request.query_params) - set(query.fields))
    doubled = sorted(name for name, values in request.query_params.lists() if len(values) > 1)
    if unknown or doubled:
        faults = [error(f"?{name}", "unknown_parameter", f"There is no parameter {name}.") for name in unknown]
        faults += [error(f"?{name}", "doubled_parameter", f"{name} is given more than once.") for name in doubled]
        raise Problem(400, "malformed", "The query has faulty parameters; see errors.", faults)
    if not query.is_valid():
        told = [error(f"?{name}" if name in query.fields else "", getattr(one, "code", "invalid"), str(one))
                for name, said in query.errors.items() for one in said]  # fmt: skip
        raise Problem(400, "malformed", "The query has faulty parameters; see errors.", told)
    return dict(query.validated_data)


def page_of(
    request: Request,
    rows: QuerySet[Any],
    query: Mapping[str, Any],
    order: Sequence[str],
    form: type[Serializer[Any]],
    told: Callable[[list[Any]], Sequence[Any]] = list,
) -> Response:
    """A page of a list as its resource, with the Link header that leads to the next one.

    `told` makes of the page's rows what the resource shows, where that is more than the rows.
    """
    try:
        page = turn_to(query["cursor"], rows, order, size=query["limit"])
    except InvalidInput as fault:
        raise Problem(400, "malformed", NO_CURSOR) from fault
    return _answered(request, form(told(page.rows), many=True).data, page.next_cursor)


def page_of_items(
    request: Request, items: Iterable[Item], query: Mapping[str, Any], key: Callable[[Item], list[Any]],
    form: type[Serializer[Any]], told: Callable[[list[Item]], Sequence[Any]] = list,
) -> Response:  # fmt: skip
    """The same of a short list that was worked out and stands in no table, in the order of its keys (plain JSON)."""
    salt = f"{SALT}:{request.path}"  # keys of two lists may not even compare
    place = _place(query["cursor"], salt)
    ahead = sorted((item for item in items if place is None or key(item) > place), key=key)
    shown = ahead[: query["limit"]]
    more = len(ahead) > len(shown)
    following = signing.dumps(key(shown[-1]), salt=salt) if more else ""
    return _answered(request, form(told(shown), many=True).data, following)


def _place(cursor: str, salt: str) -> list[Any] | None:
    try:
        return signing.loads(cursor, salt=salt) if cursor else None
    except signing.BadSignature as fault:
        raise Problem(400, "malformed", NO_CURSOR) from fault


def _answered(request: Request, told: Any, next_cursor: str) -> Response:
    response = Response(told)
    if next_cursor:
        parameters = {**request.query_params.dict(), "cursor": next_cursor}
        address = f"{request.build_absolute_uri(request.path)}?{urlencode(parameters)}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response
