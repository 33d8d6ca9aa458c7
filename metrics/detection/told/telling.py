"""The names a finding is told with, and the turns of phrase that several kinds share. Pure."""

from dataclasses import dataclass
from math import isnan

from metrics.detection.judgements import Cell
from metrics.detection.told.wording import figure, gap, odds


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


def on_target(target: float | None, unit: str) -> str:
    """Where a figure that keeps its target stands to it."""
    return "" if target is None else f", on its target of {figure(target, unit)}"


def with_target(target: float | None, unit: str) -> str:
    """The target of a figure that may stand on either side of it."""
    return "" if target is None else f", target {figure(target, unit)}"


def against(target: float | None, unit: str) -> str:
    """What a figure is held against."""
    return "" if target is None else f" against a target of {figure(target, unit)}"


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
    expected, low, high = (figure(value, unit) for value in (cell.baseline, cell.lower, cell.upper))
    if cell.window > 1:
        return _together(cell, telling, f"{expected} (natural limits {low} to {high})", unit)
    before = f"The same {telling.grain} last year stood" if cell.seasonal else "Its past stands"
    moved = gap(cell.value - cell.baseline, unit)
    return f"{before} at {expected} (natural limits {low} to {high}); a worsening by {moved} {odds(cell.p)}."


def _together(cell: Cell, telling: Telling, expected: str, unit: str) -> str:
    """A trend that several periods told together, with or without the other side's movement."""
    average, moved = figure(cell.average, unit), gap(cell.average - cell.baseline, unit)
    first = f"Over {cell.window:.0f} {telling.grain}s it averages {average}, where its past leads to expect {expected}"
    answered = "" if isnan(cell.joined) else f" while {telling.kpi} improves over the same {telling.grain}s"
    return f"{first}; a worsening by {moved}{answered} {odds(cell.p)}."
