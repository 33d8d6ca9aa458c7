"""Stretches of many rules as arrays: what they say is put into numbers once, as long as the dictionary stands."""

from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from metrics.assessment.dictionary import Span
from metrics.detection.batch import Bools, Ints

OF_LOOKS = {"rule", "kpi", "outcome", "of_whole", "is_alone", "is_beside"}
"""What is a look's own, `kpi` and `outcome` being the measures."""


class Spans(tuple[Span, ...]):
    """Stretches of many rules. Some of them, chosen from others, ask those: what they say is remembered there."""

    whole: "Spans | None" = None
    places: Ints

    @cached_property
    def answers(self) -> dict[Any, Any]:
        """What was asked of them so far."""
        return {}

    def column(self, name: str, kind: DTypeLike = np.int64) -> NDArray[Any]:
        """One number of every span, or of its look; 0 where it has none."""
        if name not in self.answers:
            if self.whole is None:
                self.answers[name] = np.fromiter((each or 0 for each in self._told(name)), kind, len(self))
            else:
                self.answers[name] = self.whole.column(name, kind)[self.places]
        return self.answers[name]

    def where(self, name: str) -> Bools:
        """Of which spans something is so."""
        return self.column(name, np.bool_)

    def named(self, *names: str) -> tuple[list[Any], Ints]:
        """What need be no number: each thing that is said, in order, and which of them every span says."""
        if names not in self.answers:
            if self.whole is None:
                told = list(self._told(*names))
                known = sorted(set(told))
                numbers = {each: number for number, each in enumerate(known)}
                self.answers[names] = known, np.array([numbers[each] for each in told], np.int64)
            else:
                known, which = self.whole.named(*names)
                self.answers[names] = known, which[self.places]
        return self.answers[names]

    def some(self, chosen: Ints) -> "Spans":
        """Some of them, by their places."""
        part = Spans(map(self.__getitem__, chosen.tolist()))
        part.whole, part.places = self, chosen
        return part

    def _told(self, *names: str) -> Iterable[Any]:
        return map(attrgetter(*(f"look.{name}" if name in OF_LOOKS else name for name in names)), self)
