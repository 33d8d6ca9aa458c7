"""How severe a finding is, in a word that can be explained: its size, its persistence, whom it touches, less doubt.

Size, persistence and exposure are graded one to three and added up; figures that cannot be relied on take a point off,
or two. Nothing is weighted: a reader can add it up.
"""

from collections.abc import Sequence
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
RELIABLE, HALF = 0.8, 0.5
"""Trust from which a figure takes nothing off, and from which one point: what is demanded by default, and half."""

MODERATE_ABOVE, HIGH_ABOVE, CRITICAL_ABOVE = 4, 6, 8
"""Points, 1 to 9, above which the word is the next one."""
SCALE = (
    f"Up to {MODERATE_ABOVE} points it is low, up to {HIGH_ABOVE} moderate, up to {CRITICAL_ABOVE} high, and critical "
    "with more."
)


class Word(StrEnum):
    """The words of severity, in order."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Grade:
    """One part of a severity: what it is of, its points, what was found, and what it is graded by."""

    of: str
    points: int
    found: str
    scale: str


@dataclass(frozen=True, slots=True)
class Severity:
    """A word, the points behind it (1 to 9), the sentence that explains it, and the grades that it adds up."""

    word: Word
    points: int
    explanation: str
    grades: tuple[Grade, ...] = ()


def severity(times: float, run: int, share: float | None, trust: float | None = None) -> Severity:
    """Grade a finding.

    `times` is its effect in smallest effects that matter (see `times_the_least`), `run` the periods in a row it has
    stood, `share` the part of the journey's customers it touches, 0 to 1; None, where the journey declares no value,
    is graded as the middle. `trust` is how far the judged figures can be relied on, 0 to 1; None takes nothing off.
    """
    grades = (
        Grade("Size", _grade(times, NOTABLE, LARGE), _size(times), f"two from {NOTABLE:g} times, three from {LARGE:g}"),
        Grade("Persistence", _grade(run, LASTING, STANDING), _standing(run),
              f"two from {LASTING} periods in a row, three from {STANDING}"),
        Grade("Exposure", 2 if share is None else _grade(share, WIDE, MOST), _exposure(share),
              f"two from {_percent(WIDE)} of the customers, three from {_percent(MOST)}; two where it is not known"),
        Grade("Trust", _doubt(trust), _reliance(trust),
              f"one off below {_percent(RELIABLE)}, two below {_percent(HALF)}; nothing where trust is the matter"),
    )  # fmt: skip
    points = max(1, sum(grade.points for grade in grades))
    word = _word(points)
    return Severity(word, points, f"{word.capitalize()}: {_told(grades)}.", grades)


def _word(points: int) -> Word:
    above = (points > MODERATE_ABOVE) + (points > HIGH_ABOVE) + (points > CRITICAL_ABOVE)
    return list(Word)[above]


def _told(grades: Sequence[Grade]) -> str:
    """What was found, of trust only where it takes something off."""
    return ", ".join(grade.found for grade in grades if grade.of != "Trust" or grade.points)


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


def _doubt(trust: float | None) -> int:
    """What doubt takes off: nothing, one or two."""
    return 0 if trust is None else -(trust < RELIABLE) - (trust < HALF)


def _size(times: float) -> str:
    if isnan(times) or times < 1:
        return "about the smallest change that matters"
    return f"{times:.1f} times the smallest change that matters"


def _standing(run: int) -> str:
    return "in this period alone" if run <= 1 else f"{run} periods in a row"


def _exposure(share: float | None) -> str:
    if share is None:
        return "on a part of the journey whose weight is not declared"
    return f"on {_percent(share)} of the journey's customers"


def _reliance(trust: float | None) -> str:
    if trust is None:
        return "how far its figures can be relied on is not graded"
    return f"on figures that can be relied on to {_percent(trust)}"


def _percent(share: float) -> str:
    return "less than 1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")
