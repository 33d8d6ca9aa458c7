"""The act under way: its name, which its rows and its audit entries share, and what it has written or changed."""

from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import models

name: ContextVar[UUID | None] = ContextVar("name_of_the_act", default=None)
"""Set by `truthgov.audit.act` for as long as an act lasts."""
noted: ContextVar[list[models.Model] | None] = ContextVar("rows_of_the_act", default=None)
"""What it wrote or changed so far, of which `truthgov.rows` tells in its last entry."""


def note(*records: models.Model) -> None:
    """The act under way wrote or changed these rows."""
    rows = noted.get()
    if rows is not None:
        rows.extend(records)


class ActField(models.UUIDField):
    """The act that wrote a row: the row is known from that act's audit entries on (`truthgov.knowledge.Moment`).

    Its own time would not do: it is taken before the act ends, and what ends meanwhile is known earlier. Empty in rows
    that are older than this field, and in those that no act wrote.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"null": True, "editable": False})

    def pre_save(self, model_instance: models.Model, add: bool) -> UUID | None:
        note(model_instance)
        if add and getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, name.get())
        return getattr(model_instance, self.attname)
