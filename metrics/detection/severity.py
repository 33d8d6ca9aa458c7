"""How severe a finding is, in a word that can be explained: from its size, its persistence and whom it touches.

Each of the three is graded one to three, and the sum gives the word. Nothing is weighted: a reader can add it up.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, isnan

from metrics.detection.judgements import Cell

NOTABLE, LARGE = 2.0, 4.0
"""Times the smallest effect that matters from which a finding's size is graded two and three."""
LASTING, STANDING = 2, 4
"""Periods in a row from which its persistence is."""
WIDE, MOST = 0.1, 0.5
"""Shares of the journey's customers from which its exposure is."""


class Word(StrEnum):
    """The words of severity, in order."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Severity:
    """A word, the points behind it (3 to 9), and the sentence that explains it."""

    word: Word
    points: int
    explanation: str


def severity(times: float, run: int, share: float | None) -> Severity:
    """Grade a finding.

    `times` is its effect in smallest effects that matter (see `times_the_least`), `run` the periods in a row it has
    stood, `share` the part of the journey's customers it touches, 0 to 1; None, where the journey declares no value,
    is graded as the middle.
    """
    grades = (
        _grade(times, NOTABLE, LARGE),
        _grade(run, LASTING, STANDING),
        2 if share is None else _grade(share, WIDE, MOST),
    )
    points = sum(grades)
    word = Word.LOW if points <= 4 else Word.MODERATE if points <= 6 else Word.HIGH if points <= 8 else Word.CRITICAL
    return Severity(word, points, f"{word.capitalize()}: {_size(times)}, {_standing(run)}, {_exposure(share)}.")


def times_the_least(cell: Cell, *, min_effect: float | None = None, tolerance: float | None = None) -> float:
    """A finding's effect in units of the smallest that matters.

    That is the definition's minimum effect; for two sources the tolerance; and where neither is stated, the reach of
    the natural process limits, beyond which a figure leaves its own past.
    """
    if tolerance:
        return cell.effect / tolerance
    if min_effect:
        return cell.effect / min_effect
    reach = (cell.upper - cell.lower) / 2
    return cell.effect / reach if isfinite(reach) and reach > 0 else 1.0


def _grade(value: float, second: float, third: float) -> int:
    """One, two or three; a value that is not known is graded one."""
    return 1 if isnan(value) else 1 + (value >= second) + (value >= third)


def _size(times: float) -> str:
    if isnan(times) or times < 1:
        return "about the smallest change that matters"
    return f"{times:.1f} times the smallest change that matters"


def _standing(run: int) -> str:
    return "in this period alone" if run <= 1 else f"{run} periods in a row"


def _exposure(share: float | None) -> str:
    if share is None:
        return "on a part of the journey whose weight is not declared"
    return f"on {share:.0%} of the journey's customers".replace("%", " %")
