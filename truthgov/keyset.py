"""Pages of a long list by key, not by number: each costs the same, and none skips a row when others are added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from truthgov.errors import InvalidInput

Row = TypeVar("Row")
SALT = "truthgov.keyset"


class PlaceEncoder(DjangoJSONEncoder):
    """JSON that also knows decimals, dates and moments, these to the microsecond: cut off, a place is another one."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class CursorSerializer(signing.JSONSerializer):
    def dumps(self, obj: Any) -> bytes:
        return PlaceEncoder(separators=(",", ":")).encode(obj).encode()


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, with the cursors (empty where there are none) of what follows and what comes before."""

    rows: list[Row]
    next_cursor: str = ""
    previous_cursor: str = ""


def turn_to(cursor: str, rows: QuerySet[Any, Row], order: Sequence[str], *, size: int) -> Page[Row]:
    """The page of `rows` at a cursor, the first one when it is empty.

    `order` names fields or annotations that are never null, with a minus where they fall; the last one is unique.
    InvalidInput when the cursor is not one that this list gave out.
    """
    of = [rows.model._meta.label_lower, *order]  # another list in the same order leads to other records
    backwards, place = _read(cursor, of)
    wanted = [_reversed(name) for name in order] if backwards else list(order)
    found = rows.order_by(*wanted)
    if place:
        found = found.filter(_beyond(wanted, place))
    ahead = list(found[: size + 1])
    more, shown = len(ahead) > size, ahead[:size]
    if backwards:
        shown.reverse()
    has_next, has_previous = (bool(place), more) if backwards else (more, bool(place))
    return Page(
        shown,
        _cursor("after", shown[-1], of) if shown and has_next else "",
        _cursor("before", shown[0], of) if shown and has_previous else "",
    )


def _beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows that come after a place. The first field is bounded by itself, so that an index can start there."""
    beyond = Q()
    for at in range(len(order)):
        equal = {order[before].lstrip("-"): place[before] for before in range(at)}
        beyond |= Q(**equal, **{f"{order[at].lstrip('-')}__{'lt' if order[at].startswith('-') else 'gt'}": place[at]})
    first = f"{order[0].lstrip('-')}__{'lte' if order[0].startswith('-') else 'gte'}"
    return Q(**{first: place[0]}) & beyond


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _cursor(way: str, row: Any, of: Sequence[str]) -> str:
    place = [getattr(row, name.lstrip("-")) for name in of[1:]]
    return signing.dumps([way, list(of), place], salt=SALT, serializer=CursorSerializer)


def _read(cursor: str, of: Sequence[str]) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    try:
        way, given_of, place = signing.loads(cursor, salt=SALT, serializer=CursorSerializer)
    except signing.BadSignature:
        given_of = None
    if given_of != list(of):
        raise InvalidInput("This link leads to a page of another list; open the list anew.")
    return way == "before", place
