"""Names that an object of JSON says twice: which of the two is meant, nobody can tell. Pure."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

_LETTER_IN_DISGUISE = re.compile(rb"\\u00[67]")
"""A small letter written as an escape, as no program writes the names that we know: it may be one of them."""


class RepeatedError(ValueError):
    """A name stands twice in one object."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name[:80]!r} stands twice in one object; say it once")


def require_single(text: str | bytes) -> None:
    """Raises RepeatedError where an object, at any depth, says a name twice. Nothing is kept of what it reads."""
    json.loads(text, object_pairs_hook=_require_single, parse_int=len, parse_float=len)  # however long a number is


class Twice:
    """What stands under a name that its object says twice: nothing that anybody may read."""

    def __init__(self, name: str) -> None:
        self.error = RepeatedError(name)


def marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object from its members, as they are parsed; Twice under each name that is said twice."""
    read = dict(pairs)
    if len(read) == len(pairs):
        return read
    said = Counter(name for name, _ in pairs)
    return {name: Twice(name) if said[name] > 1 else value for name, value in read.items()}


def may_repeat(body: bytes, expected: Mapping[str, int], *, within: int) -> bool:
    """Whether some name stands in a body more often than there are members that were found of it.

    A parser keeps the last of two; looking for them takes longer than reading, and is rarely needed: each name has its
    colon, and mostly there are no others but those `within` what members hold.
    """
    if body.count(b":") <= sum(expected.values()) + within:
        return False
    if b"\\" in body and _LETTER_IN_DISGUISE.search(body):
        return True
    return any(body.count(b'"%s"' % name.encode()) > times for name, times in expected.items())


def _require_single(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise RepeatedError(next(name for name in names if names.count(name) > 1))
