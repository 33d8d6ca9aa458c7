"""The sentences of what is found of parts and their whole."""

from dataclasses import replace

from metrics.detection.batch import Basis
from metrics.detection.judgements import Cell
from metrics.detection.told.telling import Telling, against, in_a_row, lasting, limits, on_target, since_when
from metrics.detection.told.wording import beside, figure, gap, odds


def mix(cell: Cell, telling: Telling) -> str:
    """What a whole hides: a part that stands badly, one that fell away, or a worsening of its own."""
    if cell.basis == Basis.COMPOSITION:
        return _composition(cell, telling)
    if cell.basis == Basis.TREND:
        return _fallen_away(cell, telling)
    told = f"{telling.scene}, {_whole(cell, telling)}, while {_part(cell, telling)}."
    apart = gap(cell.effect, telling.outcome_unit)
    told += (
        f" It {since_when(cell)} off its target {in_a_row(cell, telling)}, and that it lies {apart} behind the whole"
    )
    return f"{told} that covers it {odds(cell.p)}."


def inconsistency(cell: Cell, telling: Telling) -> str:
    """What sets a segment apart from the rest of its whole."""
    unit = "" if telling.outcome_unit == "count" else telling.outcome_unit
    ours, rest = beside(cell.value, cell.reference, unit)
    first = (
        f"In the {cell.history:.0f} {telling.grain}s up to {telling.period}, {telling.outcome} stands at {ours} for "
    )
    first += f"{telling.segment or 'this part'}, against {rest} in the rest of {telling.whole or 'the whole'}."
    apart = f"{cell.effect:,.1f} cases a {telling.grain}" if not unit else gap(cell.effect, unit)
    lasting = f"It was worse in {cell.run:.0f} of them"
    return f"{first} {lasting}, and a difference of {apart} {odds(cell.p)}."


def _composition(cell: Cell, telling: Telling) -> str:
    unit = telling.kpi_unit
    first = (
        f"{telling.scene}, {telling.kpi} stands at {figure(cell.kpi_value, unit)}, which it owes to a change of what "
    )
    first += f"it is made of: at the shares of its past it would stand at {figure(cell.reference, unit)}."
    expected = f"{figure(cell.baseline, unit)} {limits(cell, unit)}"
    within = lasting(replace(cell, value=cell.reference), telling)
    moved = f"a worsening by {gap(cell.effect, unit)}{within} that does not show {odds(cell.p)}"
    return f"{first} To be expected was {expected}; {moved}."


def _fallen_away(cell: Cell, telling: Telling) -> str:
    unit = telling.outcome_unit
    segment = telling.segment or telling.outcome
    whole = f"{_whole(cell, telling)} for {telling.whole or 'the whole'}"
    told = f"In {telling.period}, {whole}, while for {segment} it stands at {figure(cell.value, unit)}."
    due = f"{figure(cell.baseline, unit)} was due {limits(cell, unit)}"
    fell = f"a falling away by {gap(cell.effect, unit)}{lasting(cell, telling)} {odds(cell.p)}"
    return f"{told} At its usual distance from the rest {due}; {fell}."


def _whole(cell: Cell, telling: Telling) -> str:
    return f"{telling.kpi} stands at {on_target(cell.kpi_value, telling.kpi_target, telling.kpi_unit)}"


def _part(cell: Cell, telling: Telling) -> str:
    return f"{telling.outcome} stands at {against(cell.value, telling.outcome_target, telling.outcome_unit)}"
