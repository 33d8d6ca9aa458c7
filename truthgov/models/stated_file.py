"""Evidence with files: a fact that states them, and the files themselves, which are those that it stated."""

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.db import models

from truthgov.intake import Attached
from truthgov.models.base import Fact, Recorded


class StatesFiles(Recorded):
    """A fact that rests on files: `attached` states each by name, type, size and SHA-256. They are its `files`."""

    files: Any
    attached = models.JSONField(default=list, db_default=[])

    class Meta(Fact.Meta):
        abstract = True

    def keep(self, files: Sequence[Attached]) -> None:
        """Store the files that it states, in the act that states them."""
        for file in files:
            self.files.create(name=file.name, media_type=file.media_type, digest=file.digest, content=file.content)


class StatedFile(Fact):
    """A file that a fact rests on; `digest` is the SHA-256 of its content."""

    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta(Fact.Meta):
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


def only_what_is_stated(noun: str, table: str) -> pgtrigger.Trigger:
    """The database takes a file of a `noun`, whose facts stand in `table`, only if the fact states that very file."""
    return pgtrigger.Trigger(
        name=f"a_file_is_one_that_its_{noun}_states",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=f"""
        IF NEW.digest <> encode(sha256(NEW.content), 'hex') OR NOT EXISTS (
            SELECT FROM {table} p
            WHERE p.id = NEW.{noun}_id AND p.attached @> jsonb_build_array(jsonb_build_object(
                'name', NEW.name, 'sha256', NEW.digest, 'size', length(NEW.content)))) THEN
            RAISE EXCEPTION 'a {noun} keeps the files that it stated, and no others';
        END IF;
        RETURN NEW;
    """,
    )
