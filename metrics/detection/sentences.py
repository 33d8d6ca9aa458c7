"""Each finding told to its reader in two sentences with the figures in them, and each suppression in one.

Pure: names and numbers in, plain text out. Whoever shows it escapes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan
from types import MappingProxyType

from metrics.detection.batch import Basis, Verdict
from metrics.detection.judgements import Cell
from metrics.detection.wording import figure, gap, odds


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


def tell(kind: str, cell: Cell, telling: Telling) -> str:
    """The two sentences of a finding of a kind."""
    return TELLERS[kind](cell, telling)


def _divergence(cell: Cell, telling: Telling) -> str:
    outcome = figure(cell.value, telling.outcome_unit)
    against = _against(telling.outcome_target, telling.outcome_unit)
    claim = f"{telling.kpi} stands at {figure(cell.kpi_value, telling.kpi_unit)}"
    claim += _target(telling.kpi_target, telling.kpi_unit)
    first = f"{telling.scene}, {claim}, while {telling.outcome} stands at {outcome}{against}."
    if cell.basis == Basis.LEVEL:
        return f"{first} It {_is(cell)} off its target {_row(cell, telling)}, and a figure this far off {odds(cell.p)}."
    return f"{first} {_past(cell, telling)}"


def _handoff(cell: Cell, telling: Telling) -> str:
    passed = figure(cell.kpi_value, telling.kpi_unit)
    if telling.share:
        share, promised = figure(cell.value, "fraction"), figure(cell.reference, "fraction")
        first = f"{telling.scene}, {telling.kpi} passes on {passed}, and {share} of it arrives as {telling.outcome}."
        if cell.basis == Basis.LEVEL:
            return f"{first} At least {promised} is promised, and a shortfall like this {odds(cell.p)}."
        return f"{first} {_past(cell, telling)}"
    received = figure(cell.value, telling.outcome_unit)
    first = f"{telling.scene}, {telling.kpi} passes on {passed}, while {telling.outcome} stands at {received}."
    red = figure(cell.reference, telling.outcome_unit)
    return f"{first} It {_is(cell)} beyond its red threshold of {red} {_row(cell, telling)}, and that {odds(cell.p)}."


def _source_disagreement(cell: Cell, telling: Telling) -> str:
    ours, theirs = (figure(value, telling.kpi_unit) for value in (cell.kpi_value, cell.value))
    first = f"{telling.scene}, {telling.kpi} (the source of record) reports {ours} as {telling.measure}; "
    first += f"{telling.outcome} reports {theirs}."
    apart = "without end" if cell.effect == float("inf") else f"{cell.effect * 100:.1f} %"
    allowed = "" if telling.tolerance is None else f", where {telling.tolerance * 100:g} % is tolerated"
    disagree = _is(cell, "disagree", "have disagreed")
    return f"{first} They are {apart} apart{allowed}, and {disagree} {_row(cell, telling)}."


TELLERS: Mapping[str, Callable[[Cell, Telling], str]] = MappingProxyType(
    {"divergence": _divergence, "handoff": _handoff, "source_disagreement": _source_disagreement}
)

SUPPRESSED: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.MISSING: "One of the two figures is missing, and a missing figure says nothing.",
        Verdict.TOO_SMALL: "Too few cases stand behind the figures to judge them.",
        Verdict.NO_BASELINE: "There is not enough past to tell a movement from chance.",
        Verdict.CONCORDANT: "Both sides give way together: bad news, but no contradiction.",
        Verdict.BELOW_MINIMUM_EFFECT: "The difference is smaller than the smallest that matters by definition.",
        Verdict.WITHIN_NOISE: "The difference is within what chance explains.",
        Verdict.NOT_PERSISTENT: "A single period stands out; it has not been repeated.",
        Verdict.NOT_CONTROLLED: "Among so many pairs judged in this period, chance alone would show some like it.",
        Verdict.WITHIN_TOLERANCE: "The sources differ by no more than is tolerated.",
        Verdict.RETIRED: "It is no longer judged: a measure was retired, or these sources were settled.",
        Verdict.NOTHING_STATED: "Nothing is stated that the receiving figure could be held against.",
    }
)
"""Why a cell that might look like a contradiction was not made one."""


def _target(target: float | None, unit: str) -> str:
    return "" if target is None else f", on its target of {figure(target, unit)}"


def _against(target: float | None, unit: str) -> str:
    return "" if target is None else f" against a target of {figure(target, unit)}"


def _row(cell: Cell, telling: Telling) -> str:
    run = 1 if isnan(cell.run) else max(1, int(cell.run))
    return f"for the first {telling.grain}" if run == 1 else f"for {run} {telling.grain}s in a row"


def _is(cell: Cell, now: str = "is", ever_since: str = "has been") -> str:
    return ever_since if cell.run > 1 else now


def _past(cell: Cell, telling: Telling) -> str:
    unit = "fraction" if telling.share else telling.outcome_unit
    expected, low, high = (figure(value, unit) for value in (cell.baseline, cell.lower, cell.upper))
    before = f"The same {telling.grain} last year stood" if cell.seasonal else "Its past stands"
    moved = gap(cell.value - cell.baseline, unit)
    return f"{before} at {expected} (natural limits {low} to {high}); a worsening by {moved} {odds(cell.p)}."
