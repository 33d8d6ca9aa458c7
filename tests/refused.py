"""What the database refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction


@contextmanager
def refused(says: str) -> Iterator[None]:
    """What is written within is refused, at once or as the commit would be."""
    with pytest.raises(DatabaseError, match=says), transaction.atomic():  # noqa: PT012 - as a commit
        yield
        connection.check_constraints()
