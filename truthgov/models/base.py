from typing import ClassVar

import pgtrigger
from django.db import models

from truthgov.acts import ActField


class Fact(models.Model):
    """A row that is written once: the database refuses UPDATE, DELETE and TRUNCATE of it.

    The triggers stop every role; `truthgov.grants` leaves the application role no such right either. Fields that
    point at a Fact must not cascade.
    """

    class Meta:
        abstract = True
        triggers = [
            pgtrigger.Protect(name="a_fact_is_written_once", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="facts_are_not_truncated",
                operation=pgtrigger.Truncate,
                when=pgtrigger.Before,
                level=pgtrigger.Statement,
                func="RAISE EXCEPTION 'facts are not truncated: %', TG_TABLE_NAME;",
            ),
        ]


class Recorded(Fact):
    """A fact of which the audit tells what it says: its act keeps a digest of it (`truthgov.rows`).

    Columns that come later may be empty: an empty one is no part of the digest.
    """

    act = ActField()

    class Meta(Fact.Meta):
        abstract = True


class Accounted(models.Model):
    """A row that changes by acts alone: each keeps a digest of how it left it (`truthgov.rows`)."""

    off_record: ClassVar[tuple[str, ...]] = ()
    """Fields of which no act gives an account, such as a place in a list."""

    class Meta:
        abstract = True


class Guarded(models.Model):
    """A table that the application role changes through the owner's functions alone, and reads only if `readable`."""

    readable = True

    class Meta:
        abstract = True
