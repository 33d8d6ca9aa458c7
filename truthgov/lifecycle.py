from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Field, Model

from truthgov import acts
from truthgov.errors import Refusal


def advance(record: Model, source: str, target: str, **stamps: Any) -> None:
    """Move `record.status` from `source` to `target`, or refuse: of two people who act at once, one is told."""
    moved = type(record)._default_manager.filter(pk=record.pk, status=source).update(status=target, **stamps)
    if not moved:
        states = cast("Field[str, str]", record._meta.get_field("status")).flatchoices
        name, stood = record._meta.verbose_name, str(dict(states).get(source, source)).lower()
        raise Refusal(f"This {name} is no longer {stood}; reload the page to see who changed it.")
    record.refresh_from_db()
    acts.note(record)


@contextmanager
def only_once(otherwise: str) -> Iterator[None]:
    """Write what a constraint allows once; of two people who do, the second is refused with `otherwise`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refusal(otherwise) from error
