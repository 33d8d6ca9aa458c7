"""The axes on which trust is judged, and what is said on each of them. Pure.

A figure is as good as its worst axis: nothing is averaged, neither here nor in what stands on several figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from truthgov.periods import Period

DEMANDED = 80
"""The trust (0 to 100) that a figure needs where no target condition says otherwise."""


class Axis(StrEnum):
    FRESH = "fresh"
    COMPLETE = "complete"
    VALID = "valid"
    CONSISTENT = "consistent"
    STABLE = "stable"
    ATTESTED = "attested"


QUESTIONS = {
    Axis.FRESH: "Did it come when it was promised?",
    Axis.COMPLETE: "Are all the parts and periods there that are expected?",
    Axis.VALID: "Can the figures be true?",
    Axis.CONSISTENT: "Do the sources agree, and the parts with the total?",
    Axis.STABLE: "Is it counted as in the periods before?",
    Axis.ATTESTED: "Does somebody stand behind it?",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """A row that costs an axis: what it is (a segment, a source, a period), and what is wrong with it."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """One axis: the share of trust that is left (0 to 1; None where nothing is asked), and what cost the rest."""

    axis: Axis
    share: Decimal | None
    words: str
    costs: tuple[Cost, ...] = ()

    @property
    def percent(self) -> int | None:
        """The share in whole hundredths, rounded down: 100 is said of what is whole alone."""
        return None if self.share is None else int(self.share * 100)


@dataclass(frozen=True, slots=True)
class Radar:
    """The axes of one measure's figure in a period. `awaited`: it has not come, and need not have."""

    period: Period
    scores: tuple[Score, ...]
    awaited: str = ""

    @property
    def worst(self) -> Score | None:
        """The axis that costs most, the first of equals; None while nothing can be judged."""
        judged = [score for score in self.scores if score.share is not None]
        return min(judged, key=lambda score: score.share or 0) if judged and not self.awaited else None

    @property
    def share(self) -> Decimal | None:
        return self.worst.share if self.worst else None

    @property
    def percent(self) -> int | None:
        return self.worst.percent if self.worst else None

    def without(self, axis: Axis) -> "Radar":
        """The same figure where one of the axes is no question."""
        return replace(self, scores=tuple(score for score in self.scores if score.axis is not axis))


def worst_by_axis(figures: Sequence[tuple[Radar, int]]) -> tuple[tuple[Score, int | None], ...]:
    """Of figures, each with the trust it needs, on each axis the one that falls shortest of it, with its place.

    One bad figure shows, however many good ones stand beside it; what is awaited is left out.
    """
    return tuple(_worst(axis, at, figures) for at, axis in enumerate(Axis))


def _worst(axis: Axis, at: int, figures: Sequence[tuple[Radar, int]]) -> tuple[Score, int | None]:
    margins = [
        (share * 100 - needed, place)
        for place, (radar, needed) in enumerate(figures)
        if not radar.awaited and (share := radar.scores[at].share) is not None
    ]
    if not margins:
        return Score(axis, None, "Nothing to judge yet."), None
    place = min(margins)[1]
    return figures[place][0].scores[at], place
