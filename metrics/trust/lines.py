"""Trust in lines: of a measure, and of a function or a journey by the worst of its measures on each axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from metrics.models import Measure
from metrics.trust.axes import DEMANDED, QUESTIONS, Axis, Cost, Radar, Score, worst_by_axis
from truthgov.figures import counted
from truthgov.periods import Period

COSTS_LISTED = 40
UNDOUBTED = "Nothing costs trust."


@dataclass(frozen=True, slots=True)
class AxisRow:
    """An axis with what it leaves, what is demanded, and the rows that cost it; of several figures, whose it is."""

    score: Score
    needed: int
    measure: Measure | None = None
    address: str = ""
    """Where that measure's own trust is told."""

    @property
    def axis(self) -> Axis:
        return self.score.axis

    @property
    def question(self) -> str:
        return QUESTIONS[self.score.axis]

    @property
    def percent(self) -> int | None:
        return self.score.percent

    @property
    def told(self) -> str:
        return word(self.score.percent)

    @property
    def standing(self) -> str:
        return standing_of(self.score.percent, self.needed)

    @property
    def tone(self) -> str:
        """The class of its cell in a table."""
        return {"trusted": "working", "untrusted": "failing"}.get(self.standing, "unknown")

    @property
    def costs(self) -> Sequence[Cost]:
        return self.score.costs[:COSTS_LISTED]

    @property
    def costs_left(self) -> int:
        return len(self.score.costs) - len(self.costs)


@dataclass(frozen=True, slots=True)
class TrustLine:
    """One measure, function or journey in a list: what each axis leaves, and what is worst."""

    name: str
    kind: str
    address: str
    percent: int | None
    needed: int
    cells: tuple[AxisRow, ...]
    words: str

    @property
    def told(self) -> str:
        return word(self.percent)

    @property
    def standing(self) -> str:
        return standing_of(self.percent, self.needed)


Judged = tuple[Measure, Radar]
"""A measure with what its figure of a period can be relied on."""


def asked_for(period: Period, known_on: date | None) -> str:
    """What an address ends with: the period, and the day whose knowledge is asked for, if any."""
    return f"?period={period.code}" + (f"&known_on={known_on}" if known_on else "")


def standing_of(percent: int | None, needed: int) -> str:
    """The code of a badge: trusted, untrusted, or unknown where nothing can be judged."""
    if percent is None:
        return "unknown"
    return "trusted" if percent >= needed else "untrusted"


def line_of_measure(
    measure: Measure, radar: Radar | None, needed: dict[int, int], known_on: date | None = None
) -> TrustLine:
    """A measure's line; without a radar no definition holds for the period."""
    address = _address(measure, radar, known_on)
    demanded = needed[measure.pk]
    scores = radar.scores if radar else tuple(Score(axis, None, "Nothing to judge.") for axis in Axis)
    worst = radar.worst if radar else None
    words = worst.words if worst else radar.awaited if radar else "No definition holds here."
    cells = tuple(AxisRow(score, demanded) for score in scores)
    whole = worst is not None and worst.share == 1
    percent = worst.percent if worst else None
    return TrustLine(measure.name, "measure", address, percent, demanded, cells, UNDOUBTED if whole else words)


def _address(measure: Measure, radar: Radar | None, known_on: date | None) -> str:
    return reverse("metrics:measure_trust", args=[measure.code]) + (asked_for(radar.period, known_on) if radar else "")


def line_of_scope(
    name: str, kind: str, address: str, figures: list[Judged], needed: dict[int, int], known_on: date | None = None
) -> TrustLine:
    """Of several figures on each axis the one that falls shortest of what is demanded of it."""
    worst = worst_by_axis([(radar, needed[measure.pk]) for measure, radar in figures])
    cells = tuple(
        AxisRow(score, DEMANDED) if place is None else _row(score, *figures[place], needed, known_on)
        for score, place in worst
    )
    judged = [cell for cell in cells if cell.percent is not None]
    lowest = min(judged, key=lambda cell: (cell.percent or 0) - cell.needed, default=None)
    awaited = sum(bool(radar.awaited) for _, radar in figures)
    words = _worst_in_words(lowest, len(figures), awaited)
    percent, demanded = (lowest.percent, lowest.needed) if lowest else (None, DEMANDED)
    return TrustLine(name, kind, address, percent, demanded, cells, words)


def _row(score: Score, measure: Measure, radar: Radar, needed: dict[int, int], known_on: date | None) -> AxisRow:
    return AxisRow(score, needed[measure.pk], measure, _address(measure, radar, known_on))


def _worst_in_words(lowest: AxisRow | None, figures: int, awaited: int) -> str:
    waiting = f"{awaited} of {counted(figures, 'figure')} {'is' if awaited == 1 else 'are'} awaited." if awaited else ""
    if lowest is None or lowest.score.share == 1:
        return waiting or (UNDOUBTED if lowest else "Nothing to judge yet.")
    return f"{lowest.measure}: {lowest.score.words} {waiting}".rstrip()


def worst_first(line: TrustLine) -> tuple[bool, int, str]:
    """What cannot be judged comes last; else by what is left of the demand."""
    return line.percent is None, (line.percent or 0) - line.needed, line.name


def word(percent: int | None) -> str:
    return "not judged" if percent is None else f"{percent} %"
