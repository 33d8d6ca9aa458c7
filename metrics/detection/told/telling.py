"""The names a finding is told with, and the turns of phrase that several kinds share. Pure."""

from dataclasses import dataclass
from math import isnan

from metrics.detection.judgements import Cell
from metrics.detection.told.wording import beside, figure, gap, odds, within_ends


@dataclass(frozen=True, slots=True)
class Telling:
    """The names a finding is told with.

    `segment` is empty for the whole; `share` says that a handoff's figure is the share of what was passed on that
    arrived. For two sources, `kpi` and `outcome` name the record and the other source, and `measure` what both
    report. `whole` names the segment whose figure the `kpi` is, where that is not the finding's own: "all", say.
    """

    kpi: str
    outcome: str
    period: str
    segment: str = ""
    kpi_unit: str = "fraction"
    outcome_unit: str = "fraction"
    kpi_target: float | None = None
    outcome_target: float | None = None
    grain: str = "month"
    share: bool = False
    measure: str = ""
    whole: str = ""
    tolerance: float | None = None

    @property
    def scene(self) -> str:
        """When and where: the period, and the segment if there is one."""
        return f"In {self.period}, for {self.segment}" if self.segment else f"In {self.period}"


def on_target(value: float, target: float | None, unit: str) -> str:
    """A figure that keeps its target, and where it stands to it."""
    return _held_to(value, target, unit, ", on its target of ")


def with_target(value: float, target: float | None, unit: str) -> str:
    """A figure and its target, which may stand on either side of it."""
    return _held_to(value, target, unit, ", target ")


def against(value: float, target: float | None, unit: str) -> str:
    """A figure and what it is held against."""
    return _held_to(value, target, unit, " against a target of ")


def _held_to(value: float, target: float | None, unit: str, words: str) -> str:
    return figure(value, unit) if target is None else words.join(beside(value, target, unit))


def limits(cell: Cell, unit: str, *, of_a_share: bool = False) -> str:
    """Natural process limits, cut where figures end."""
    low, high = within_ends(cell.lower, cell.upper, unit, of_a_share=of_a_share)
    return f"(natural limits {figure(low, unit)} to {figure(high, unit)})"


def lasting(cell: Cell, telling: Telling) -> str:
    """Said of what lies within its natural limits: it is so rare because it came again."""
    return f" in at least two of three {telling.grain}s" if cell.lower <= cell.value <= cell.upper else ""


def in_a_row(cell: Cell, telling: Telling) -> str:
    """How long it has been so."""
    run = 1 if isnan(cell.run) else max(1, int(cell.run))
    return f"for the first {telling.grain}" if run == 1 else f"for {run} {telling.grain}s in a row"


def since_when(cell: Cell, now: str = "is", ever_since: str = "has been") -> str:
    """The verb for something that is so, for the first time or for longer."""
    return ever_since if cell.run > 1 else now


def past(cell: Cell, telling: Telling) -> str:
    """How the other side moved against its past."""
    unit = "fraction" if telling.share else telling.outcome_unit
    expected = f"{figure(cell.baseline, unit)} {limits(cell, unit, of_a_share=telling.share)}"
    if cell.window > 1:
        return _together(cell, telling, expected, unit)
    before = f"The same {telling.grain} last year stood" if cell.seasonal else "Its past stands"
    moved = gap(cell.value - cell.baseline, unit)
    beside_it = _answered(cell, telling, f"in the same {telling.grain}") or lasting(cell, telling)
    return f"{before} at {expected}; a worsening by {moved}{beside_it} {odds(cell.p)}."


def fallen_off(cell: Cell, telling: Telling) -> str:
    """How long the other side has been off its target, and from where it came there."""
    unit = telling.outcome_unit
    standing = f"It {since_when(cell)} off its target {in_a_row(cell, telling)}"
    if (cell.baseline - cell.value) * (cell.reference - cell.value) <= 0:  # several periods tell that it worsened
        return f"{standing}, and figures like these {odds(cell.p)}."
    past = f"the {figure(cell.baseline, unit)} of {_its_past(cell, telling)} {limits(cell, unit)}"
    moved = f"worsened by {gap(cell.value - cell.baseline, unit)} from {past}"
    return f"{standing} and has {moved}; the rarer of the two {odds(cell.p)}."


def _its_past(cell: Cell, telling: Telling) -> str:
    return f"the same {telling.grain} last year" if cell.seasonal else "its past"


def _together(cell: Cell, telling: Telling, expected: str, unit: str) -> str:
    """A trend that several periods told together, with or without the other side's movement."""
    average, moved = figure(cell.average, unit), gap(cell.average - cell.baseline, unit)
    first = f"Over {cell.window:.0f} {telling.grain}s it averages {average}, where its past leads to expect {expected}"
    answered = _answered(cell, telling, f"over the same {telling.grain}s")
    return f"{first}; a worsening by {moved}{answered} {odds(cell.p)}."


def _answered(cell: Cell, telling: Telling, when: str) -> str:
    """The other side's movement, where its chance was counted, too."""
    return "" if isnan(cell.joined) else f" while {telling.kpi} improves {when}"
