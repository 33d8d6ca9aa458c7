"""Spellings that nobody has declared, and the nearest that somebody has."""

import difflib
from collections.abc import Callable, Iterable
from functools import cached_property

MOST = 20
"""How many spellings of one kind a delivery is told the nearest of: among thousands, each look takes its time."""


class Spellings:
    """The declared spellings of one kind, loaded when the first unknown one is met."""

    def __init__(self, load: Callable[[], Iterable[str]]) -> None:
        self._load = load
        self._suggested: dict[str, str] = {}

    def suggestion(self, text: str) -> str:
        """` Did you mean 'City Hotel'?` of the declared spelling that is nearest; nothing where none is near, or where
        many others were asked for before."""
        if text not in self._suggested and len(self._suggested) < MOST:
            nearest = difflib.get_close_matches(text.casefold(), self._declared, n=1)
            self._suggested[text] = f" Did you mean {self._declared[nearest[0]]!r}?" if nearest else ""
        return self._suggested.get(text, "")

    @cached_property
    def _declared(self) -> dict[str, str]:
        return {spelling.casefold(): spelling for spelling in self._load()}
