"""Arrays of numbers kept as the bytes in which PostgreSQL sends them: written and read without a step per number."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import models


class PackedField(models.BinaryField):
    """A list of numbers, big-endian as `int4send` and `float8send` give them; `kind` is a numpy type such as `>f8`."""

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.kind, *args], kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[Any] | None:
        return None if value is None else unpacked(value, self.kind)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        packed = value if value is None or isinstance(value, bytes) else np.array(value, self.kind).tobytes()
        return super().get_db_prep_value(packed, connection, prepared)


def unpacked(packed: bytes | memoryview, kind: str) -> list[Any]:
    """The numbers in a packed array."""
    return np.frombuffer(packed, kind).tolist()
