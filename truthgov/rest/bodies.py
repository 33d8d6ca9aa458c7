"""Bodies of acts: one small JSON object, read strictly. Bodies of figures have a reader of their own, in `metrics`."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.settings import api_settings

from truthgov.errors import InvalidInput
from truthgov.intake import Attached, attach
from truthgov.repeated import RepeatedError, require_single
from truthgov.rest.problems import Problem, error
from truthgov.texts import LONGEST_TEXT

LARGEST = 256 * 1024
MOST_FAULTS = 100
"""Of a body, told at a time."""
GENERAL = api_settings.NON_FIELD_ERRORS_KEY
_READER = msgspec.json.Decoder(float_hook=Decimal)  # no figure passes through a float


class ActParser(BaseParser):
    """Takes a body as bytes; another media type is answered by 415."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        return stream.read()


def read_act(request: Request, form: type[serializers.Serializer[Any]], *, largest: int = LARGEST) -> dict[str, Any]:
    """The validated fields of a body. Problem 400 for what is malformed, 413 if too large, 422 for faulty fields."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > largest:
        raise Problem(413, "too_large", f"The body is larger than {largest // 1024} kB.")
    given = _object(request.data if isinstance(request.data, bytes) else b"")
    read = form(data=given)
    faults = list(_unknown(read.fields, given))
    if not read.is_valid():
        faults += _invalid(read.errors)
    if faults:
        raise Problem(422, "invalid_input", "The body has faulty fields; see errors.", faults[:MOST_FAULTS])
    return dict(read.validated_data)


def _object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        given = _READER.decode(body)
        require_single(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError, InvalidOperation, RepeatedError) as fault:
        raise Problem(400, "malformed", f"The body is not JSON as it should be: {fault}.") from fault
    if not isinstance(given, dict):
        raise Problem(400, "malformed", "The body is no JSON object.")
    return given


def _unknown(fields: Mapping[str, Any], given: Mapping[str, Any], at: str = "") -> Iterator[dict[str, str]]:
    """What a body names and its form does not have, at every depth."""
    for name in sorted(given):
        pointer, field = f"{at}/{_escaped(name)}", fields.get(name)
        if field is None or field.read_only:
            yield error(pointer, "unknown_field", "There is no such field.")
            continue
        child, part = getattr(field, "child", None), given[name]
        if isinstance(field, serializers.Serializer) and isinstance(part, Mapping):
            yield from _unknown(field.fields, part, pointer)
        elif isinstance(child, serializers.Serializer) and isinstance(part, list):
            for number, one in enumerate(part):
                if isinstance(one, Mapping):
                    yield from _unknown(child.fields, one, f"{pointer}/{number}")


def _invalid(said: Any, at: str = "") -> list[dict[str, str]]:
    """What is wrong with fields, each told where it stands."""
    if isinstance(said, Mapping):
        named = ((at if name == GENERAL else f"{at}/{_escaped(str(name))}", part) for name, part in said.items())
        return [one for pointer, part in named for one in _invalid(part, pointer)]
    if any(isinstance(part, Mapping) for part in said):
        return [one for number, part in enumerate(said) for one in _invalid(part, f"{at}/{number}")]
    return [error(at, "invalid", " ".join(map(str, said)))] if said else []


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


class NothingForm(serializers.Serializer[Any]):
    """An act that needs no more said than its address."""


class ReasonForm(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_TEXT)


def attached(file: Mapping[str, str]) -> Attached:
    """A file that stands in a body, its content in base64. InvalidInput where it is not, or is of no kind taken in."""
    try:
        content = b64decode(file["content"], validate=True)
    except ValueError as error:  # raised bare for signs beyond ASCII
        raise InvalidInput(f"{file['name']} is not base64.", {"files": "Encode the content in base64."}) from error
    return attach(file["name"], content)
