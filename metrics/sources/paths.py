"""JMESPath: where something stands in a JSON answer. No database."""

from typing import Any

import jmespath


class PathError(ValueError):
    """A path cannot be read, or not be followed in what came; in one line."""


class JsonPath:
    """The path that a text says; PathError where it says none."""

    def __init__(self, text: str) -> None:
        try:
            self._read = jmespath.compile(text)
        except ValueError as error:
            raise _worded(error) from error

    def search(self, content: Any) -> Any:
        """What stands there; None where nothing does. PathError where the path asks what the content cannot answer."""
        try:
            return self._read.search(content)
        # Of values that do not compare, and of a slice in steps of nothing, jmespath says so in Python's own words.
        except (TypeError, ValueError) as error:
            raise _worded(error) from error


def _worded(error: Exception) -> PathError:
    return PathError((str(error).splitlines() or [type(error).__name__])[0])
