"""Statements planned once a connection: those that every assessment asks, and that take longer to plan than to run."""

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

PLANNED_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""The names of what each connection of the driver has prepared; a new connection has prepared nothing."""


def plan_once() -> None:
    """Let what is prepared keep its plan until the transaction ends, whatever it is asked for."""
    with connection.cursor() as cursor:
        cursor.execute(PLANNED_ONCE)


class Prepared:
    """A statement under a name of its own, and the PostgreSQL types of its named parameters (`%(measures)s`)."""

    def __init__(self, name: str, statement: str, **types: str) -> None:
        places = {parameter: f"${number}" for number, parameter in enumerate(types, 1)}
        self.name, self.statement = name, statement
        self.prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {statement % places}"
        self.execute = f"EXECUTE {name} ({', '.join(f'%({parameter})s' for parameter in types)})"

    def ask(self, cursor: CursorWrapper, given: Mapping[str, Any]) -> None:
        """Execute it with these parameters, all of them given; prepare it before where nobody has."""
        known = _known.setdefault(cursor.connection, set())
        if self.name not in known:
            cursor.execute(self.prepare)
            known.add(self.name)
        cursor.execute(self.execute, given)
