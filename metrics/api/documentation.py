"""The API's own description: the OpenAPI schema, and a page that people can read."""

from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularJSONAPIView

from truthgov.http import public
from truthgov.rest.problems import Problem, as_answer
from truthgov.rest.views import LONGEST_PAGE

NOWHERE = Problem(404, "not_found", "There is nothing at this address; see /api/v1/docs.")


@cache
def described() -> dict[str, Any]:
    """The schema: a second of computing, for anybody who asks, of what stays the same while the process lives."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


@lru_cache(maxsize=1)
def written(accepted_media_type: str) -> bytes:
    text: bytes = OpenApiJsonRenderer().render(described(), accepted_media_type, {})
    return text


@public
def documentation(request: HttpRequest) -> HttpResponse:
    """The documentation page, made of the schema; it has no script."""
    schema = described()
    components = schema["components"]["schemas"]
    groups: dict[str, list[Resource]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            resource = Resource(path, method, operation, components)
            groups.setdefault(resource.noun, []).append(resource)
    limits = {"a_minute": settings.API_REQUESTS_A_MINUTE, "a_page": LONGEST_PAGE}
    return render(request, "metrics/api/documentation.html", {"groups": groups, "limits": limits})


@csrf_exempt
@public
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Every other address below the API: a problem, not a page."""
    return as_answer(NOWHERE, request.headers)


class Described(SchemaGenerator):
    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        return super().get_schema(request, public) if self.api_version else described()


class Written(OpenApiJsonRenderer):
    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is described():
            return written(accepted_media_type or self.media_type)
        text: bytes = super().render(data, accepted_media_type, renderer_context)
        return text


class WrittenAsJSON(Written, OpenApiJsonRenderer2):
    """By the shorter name of its media type."""


schema = public(SpectacularJSONAPIView.as_view(generator_class=Described, renderer_classes=[Written, WrittenAsJSON]))


class Resource:
    """One method of one address, as the documentation page shows it."""

    def __init__(self, path: str, method: str, operation: dict[str, Any], components: dict[str, Any]) -> None:
        self.path, self.method = path, method.upper()
        self.anchor = operation["operationId"]
        self.noun = path.removeprefix("/api/v1/").partition("/")[0].replace("-", " ").capitalize()
        self.summary, self.description = operation.get("summary", path), operation.get("description", "")
        self.parameters = operation.get("parameters", [])
        self.request_fields = _fields(_schema_of(operation.get("requestBody", {})), components)
        answers = sorted(operation["responses"].items())
        self.statuses = ", ".join(status for status, _ in answers)
        self.response_fields = _fields(_schema_of(answers[0][1]), components)


def _schema_of(body: dict[str, Any]) -> dict[str, Any]:
    contents = list(body.get("content", {}).values())
    return contents[0]["schema"] if contents else {}


def _fields(schema: dict[str, Any], components: dict[str, Any], inside: str = "") -> list[dict[str, Any]]:
    """Name, type, description and possible words of each field of an object, or of the objects of a list.

    Those of an object within it follow it as `scope.kind`, of objects in a list as `rows[].value`.
    """
    told = []
    for name, part in _shape_of(schema, components).get("properties", {}).items():
        within = _shape_of(part, components).get("properties") and not inside
        description, values = part.get("description", ""), _values(part, components)
        told.append({"name": inside + name, "type": _type(part, components), "description": description,
                     "values": values})  # fmt: skip
        if within:
            told += _fields(part, components, f"{inside}{name}{'[]' if 'items' in part else ''}.")
    return told


def _shape_of(part: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The object that a part of the schema describes, by reference or in place, alone or in a list."""
    one = part.get("items", part)
    for each in (one, *one.get("allOf", []), *one.get("oneOf", [])):
        if shape := _named(each, components):
            return shape
    return one if isinstance(one, dict) else {}


def _named(part: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The component that a part of the schema refers to; empty where it refers to none."""
    named: dict[str, Any] = components.get(part.get("$ref", "").rpartition("/")[2], {})
    return named


def _values(part: dict[str, Any], components: dict[str, Any]) -> list[str]:
    """The words that a field is limited to."""
    referring = [part, *part.get("allOf", []), *part.get("oneOf", [])]
    return [str(value) for each in referring for value in _named(each, components).get("enum", []) if value]


def _type(part: dict[str, Any], components: dict[str, Any]) -> str:
    kind = part.get("type") or _shape_of(part, components).get("type", "anything")
    return " or ".join(kind) if isinstance(kind, list) else kind
