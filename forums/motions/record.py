"""A motion as a record, and back: what is put to the room is kept to the letter until it is decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from types import UnionType
from typing import Any, get_args, get_type_hints

from django.db.models import Model

from forums.motions.motion import Expected, Motion, Undertaking

Record = dict[str, Any]
ROWS = {"expects": Expected, "actions": Undertaking}


@dataclass(frozen=True)
class Acts:
    """The acts that a motion may carry, by the names that records have for them."""

    known: Mapping[str, type]

    def restored(self, record: Record, decision: Callable[[int], Any]) -> Motion:
        """The motion of a record; rows that are named are read as they stand now. LookupError for an unknown act."""
        said: Record = {name: value for name, value in record.items() if name != "act"}
        given = record["act"]
        act = _filled(self.known[given["is"]], {name: value for name, value in given.items() if name != "is"})
        said |= {name: tuple(_filled(kind, each) for each in record[name]) for name, kind in ROWS.items()}
        said["supersedes"] = decision(record["supersedes"]) if record["supersedes"] else None
        said["review_on"] = date.fromisoformat(record["review_on"]) if record["review_on"] else None
        return Motion(act=act, **said)


def recorded(motion: Motion) -> Record:
    """Plain JSON: rows by their keys, days as text."""
    return {name: _plain(getattr(motion, name)) for name in Motion.__dataclass_fields__} | {
        "act": {"is": type(motion.act).__name__, **_plain(motion.act)}
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value


def _filled(kind: type, record: Record) -> Any:
    hints = get_type_hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in record.items()})


def _read(hint: Any, value: Any) -> Any:
    """A value as the field of an act or a row asks for it."""
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    for kind in kinds:
        if value is None:
            return None
        if kind is date:
            return date.fromisoformat(value)
        if isinstance(kind, type) and issubclass(kind, Model):
            return kind._default_manager.get(pk=value)
    return value
