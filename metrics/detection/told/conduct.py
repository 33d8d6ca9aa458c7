"""The sentences of what is found of conduct: how a KPI came to look good, and what was promised."""

from math import isnan

from metrics.detection.batch import Basis
from metrics.detection.judgements import Cell
from metrics.detection.told.telling import Telling, against, in_a_row, past
from metrics.detection.told.wording import figure, odds


def gaming(cell: Cell, telling: Telling) -> str:
    """Which sign shows that a KPI may be gamed, beside what guards it."""
    guard = f"{telling.outcome}, which guards it, stands at {_guarded(cell, telling)}"
    if cell.basis == Basis.BUNCHING:
        target = figure(cell.reference, telling.kpi_unit)
        told = (
            f"{_kpi(cell, telling)}: for {cell.run:.0f} {telling.grain}s it has kept just to the good side of {target}."
        )
        return f"{told} Values this close {odds(cell.p)}; {guard}."
    if cell.basis == Basis.DENOMINATOR:
        told = f"{_kpi(cell, telling)}, measured on {_cases(cell)}."
        return f"{told} An improvement beside such a loss {odds(cell.p)}; {guard}."
    if cell.basis == Basis.HARM:
        told = (
            f"Up to {telling.period}{_where(telling)}, more of {telling.kpi} went with more harm in {telling.outcome}, "
        )
        told += f"in {cell.history:.0f} changes from one {telling.grain} to the next (rank correlation"
        return f"{told} {cell.reference:.2f}). Were there no relation, one this close {odds(cell.p)}; {guard}."
    if cell.basis == Basis.SIGNS:
        fewer = "" if isnan(cell.reference) else f", measured on {_cases(cell)}"
        usual = (
            "" if isnan(cell.baseline) else f", where {figure(cell.baseline, telling.outcome_unit)} was to be expected"
        )
        return f"{_kpi(cell, telling)}{fewer}; {guard}{usual}. That these signs come together {odds(cell.p)}."
    return f"{_kpi(cell, telling)}, while {guard}. {past(cell, telling)}"


def overcommitment(cell: Cell, telling: Telling) -> str:
    """How more is promised than can be kept."""
    due, kept = figure(cell.kpi_value, telling.kpi_unit), figure(cell.value, telling.outcome_unit)
    first = f"{telling.scene}, {due} falls due as {telling.kpi}, and {telling.outcome} allows {kept}."
    excess = figure(cell.effect, telling.kpi_unit)
    if cell.basis == Basis.BACKLOG:
        piled = f"What could not be kept has piled up to {excess}"
        return f"{first} {piled}, and that more falls due than is kept {odds(cell.p)}."
    if cell.basis == Basis.FORECAST:
        ahead = f"What is promised for the time ahead exceeds what can be expected by {excess}"
        return f"{first} {ahead}, and that {odds(cell.p)}."
    beyond = "" if telling.tolerance is None else f" by more than the {telling.tolerance * 100:g} % tolerated"
    return f"{first} It exceeds that{beyond} {in_a_row(cell, telling)}, and this {odds(cell.p)}."


def _kpi(cell: Cell, telling: Telling) -> str:
    stands = against(cell.kpi_value, telling.kpi_target, telling.kpi_unit)
    return f"{telling.scene}, {telling.kpi} stands at {stands}"


def _where(telling: Telling) -> str:
    return f", for {telling.segment}" if telling.segment else ""


def _guarded(cell: Cell, telling: Telling) -> str:
    return against(cell.value, telling.outcome_target, telling.outcome_unit)


def _cases(cell: Cell) -> str:
    return f"{cell.size:,.0f} cases where {cell.reference:,.0f} were to be expected"
