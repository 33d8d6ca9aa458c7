"""JMESPath: where something stands in a JSON answer. No database."""

from typing import Any

import jmespath
from jmespath.visitor import TreeInterpreter

from truthgov.repeated import RepeatedError, Twice

MOST_VALUES = 3_000_000
"""So many values may be put together while the paths into an answer are followed: more than the largest one holds."""
LETTERS = 16
"""So many of a text weigh as much as a value."""

SAID = 200
"""Characters of a complaint that are passed on: it quotes what came, however much that is."""


class PathError(ValueError):
    """A path cannot be read, or not be followed in what came; in one line."""


class JsonPath:
    """The path that a text says; PathError where it says none."""

    def __init__(self, text: str) -> None:
        try:
            self._read = jmespath.compile(text)
        except (ValueError, RecursionError) as error:
            raise _worded(error) from error

    def search(self, content: Any, budget: "Budget | None" = None) -> Any:
        """What stands there; None where nothing does. Searches with one `budget` share it.

        PathError where the path asks what the content cannot answer, or for more than the budget; RepeatedError where
        it leads by a name that is said twice.
        """
        try:
            return _Bounded(budget or Budget()).visit(self._read.parsed, content)
        except (PathError, RepeatedError):
            raise
        # Of values that do not compare, and of a slice in steps of nothing, jmespath says so in Python's own words.
        except (TypeError, ValueError, RecursionError) as error:
            raise _worded(error) from error

    def is_absent(self, content: Any) -> bool:
        """Whether a path of plain names leads past the names that there are; what is null on the way is there."""
        for name in _names(self._read.parsed):
            if content is None:
                return False
            if not isinstance(content, dict) or name not in content:
                return True
            content = content[name]
        return False


def _names(node: Any) -> list[str]:
    """`a.b` as its names; of any other path none, since nothing tells what it would find."""
    if node["type"] == "field":
        return [node["value"]]
    if node["type"] != "subexpression":
        return []
    found = [_names(child) for child in node["children"]]
    return [name for names in found for name in names] if all(found) else []


class Budget:
    """How many values may still be put together."""

    def __init__(self) -> None:
        self._left = MOST_VALUES

    def spend(self, values: int) -> None:
        """PathError where there are no more."""
        self._left -= values
        if self._left < 0:
            raise PathError("The path puts together more values than any answer has; name what is needed once.")


class _Bounded(TreeInterpreter):
    """Follows a path, and weighs what it puts together: a short one can ask for the same things a million times."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    def visit_field(self, node: Any, value: Any) -> Any:
        found = super().visit_field(node, value)
        if isinstance(found, Twice):
            raise found.error
        return found

    def visit_multi_select_list(self, node: Any, value: Any) -> Any:
        return self._weighed(super().visit_multi_select_list(node, value))

    def visit_multi_select_dict(self, node: Any, value: Any) -> Any:
        return self._weighed(super().visit_multi_select_dict(node, value))

    def visit_flatten(self, node: Any, value: Any) -> Any:
        flat = super().visit_flatten(node, value)
        self._budget.spend(len(flat or ()))
        return flat

    def visit_function_expression(self, node: Any, value: Any) -> Any:
        return self._weighed(super().visit_function_expression(node, value))

    def _weighed(self, built: Any) -> Any:
        pending = [built]
        while pending:
            each = pending.pop()
            self._budget.spend(1 + (len(each) // LETTERS if isinstance(each, str) else 0))
            if isinstance(each, dict):
                pending += each.values()
            elif isinstance(each, list):
                pending += each
        return built


def _worded(error: Exception) -> PathError:
    said = (str(error).splitlines() or [type(error).__name__])[0]
    return PathError(whole_characters(said[:SAID]).replace("\x00", "\\0"))


def whole_characters(text: str) -> str:
    """The text, with half a surrogate pair, which is no character and cannot be stored, as JSON escapes it."""
    return text.encode(errors="backslashreplace").decode()
