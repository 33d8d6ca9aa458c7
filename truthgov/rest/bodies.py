"""Bodies of acts: one small JSON object, read strictly. Bodies of figures have a reader of their own, in `metrics`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from truthgov.rest.problems import Problem, error

LARGEST = 256 * 1024
_READER = msgspec.json.Decoder(float_hook=Decimal)  # no figure passes through a float


class ActParser(BaseParser):
    """Takes a body as bytes; another media type is answered by 415."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None) -> Any:
        return stream.read()


def read_act(request: Request, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The validated fields of a body. Problem 400 for what is malformed, 413 if too large, 422 for faulty fields."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST:
        raise Problem(413, "too_large", "The body is larger than 256 kB.")
    given = _object(request.data if isinstance(request.data, bytes) else b"")
    read = form(data=given)
    faults = [error(f"/{_escaped(name)}", "unknown_field", "There is no such field.")
              for name in sorted(given) if name not in read.fields or read.fields[name].read_only]  # fmt: skip
    if not read.is_valid():
        faults += [error(f"/{name}", "invalid", " ".join(map(str, _flat(said)))) for name, said in read.errors.items()]
    if faults:
        raise Problem(422, "invalid_input", "The body has faulty fields; see errors.", faults)
    return dict(read.validated_data)


def _object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        given = _READER.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise Problem(400, "malformed", f"The body is not JSON as it should be: {fault}.") from fault
    if not isinstance(given, dict):
        raise Problem(400, "malformed", "The body is no JSON object.")
    return given


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _flat(said: Any) -> list[Any]:
    if isinstance(said, Mapping):
        return [one for part in said.values() for one in _flat(part)]
    return [one for part in said for one in _flat(part)] if isinstance(said, list) else [said]


class NothingForm(serializers.Serializer[Any]):
    """An act that needs no more said than its address."""


class ReasonForm(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=4000)
