"""The sentences of findings about figures themselves: definition breaks, broken links, integrity."""

from math import isinf

from metrics.detection.batch import Basis
from metrics.detection.judgements import Cell
from metrics.detection.told.telling import Telling, limits
from metrics.detection.told.wording import beside, figure, gap, odds


def definition_break(cell: Cell, telling: Telling) -> str:
    """The level before and since, and the companion that did not move."""
    stands, before = (figure(each, telling.kpi_unit) for each in (cell.kpi_value, cell.reference))
    since = f"for {int(cell.run)} {telling.grain}s its level has been {gap(cell.effect, telling.kpi_unit)} away"
    first = f"{telling.scene}, {telling.kpi} stands at {stands}, and {since} from {before}"
    moved = f"{telling.outcome} did not move with it, and a step like this {odds(cell.p)}."
    return f"{first} {limits(cell, telling.kpi_unit)}. {moved}"


def broken_link(cell: Cell, telling: Telling) -> str:
    """How both moved together before, and how now."""
    now = cell.reference - cell.effect
    interval = f"rank correlation {now:+.2f}, 95 % interval {cell.lower:+.2f} to {cell.upper:+.2f}"
    lately = f"Over the {int(cell.run)} {telling.grain}s to {telling.period}"
    lately += f", for {telling.segment}" if telling.segment else ""
    if cell.basis == Basis.REVERSED:
        first = f"{lately}, {telling.outcome} got worse as {telling.kpi} got better ({interval})."
        return f"{first} The one is supposed to serve the other, and a relation this far the wrong way {odds(cell.p)}."
    first = f"{lately}, {telling.kpi} told nothing of {telling.outcome} ({interval})."
    before = f"In the {int(cell.history)} {telling.grain}s before, the two moved together ({cell.baseline:+.2f})"
    return f"{first} {before}, and a loss like this {odds(cell.p)}."


def integrity(cell: Cell, telling: Telling) -> str:
    """What cannot be so about the figure, and what it is held against."""
    scene, name = telling.scene, telling.outcome
    stands, before = (figure(each, telling.outcome_unit) for each in (cell.value, cell.reference))
    first, since = beside(cell.kpi_value, cell.value, telling.outcome_unit)
    row = f"{int(max(cell.run, 1))} {telling.grain}s in a row"
    told = {
        Basis.REFUSED: f"a figure of {name} was refused because it cannot be so. {_instead(cell, stands)}",
        Basis.FACTOR_OF_1000: f"{name} is given as {stands}, a thousand times its neighbours or a thousandth. "
        f"Before it stood at {before}: the unit has slipped.",
        Basis.SAME_INSTANT_CONFLICT: f"two submissions gave different figures of {name} at one instant. "
        f"{stands} is the one that stands, and nothing says why.",
        Basis.RESTATEMENT: f"{name} was first reported as {first} and stands at {since} now. {_moved(cell)}",
        Basis.GAP: f"{name} has no figure, and nobody said why. Before, it stood at {before}.",
        Basis.FROZEN: f"{name} stands at {stands}, to the last digit the same {row}. "
        f"Repeats like these {odds(cell.p)}: it may have been carried forward.",
    }
    nearest = 1.0 if cell.value > 1 else 0.0
    impossible = (
        f"{name} stands at {beside(cell.value, nearest, telling.outcome_unit)[0]}. No {_thing(telling)} can be so."
    )
    return f"{scene}, {told.get(cell.basis, impossible)}"


def _thing(telling: Telling) -> str:
    return (
        "share below nothing or above all" if telling.outcome_unit == "fraction" else "number of things below nothing"
    )


def _instead(cell: Cell, stands: str) -> str:
    if cell.value == cell.value:
        return f"{stands} stands in its place."
    return "No other has come in its place, so the period is unknown."


def _moved(cell: Cell) -> str:
    if not cell.effect:
        return "In between it stood elsewhere, further than its definition lets pass without a word."
    if isinf(cell.effect):
        return "It was nothing before, and any change of that is more than its definition lets pass without a word."
    return f"That moves it by {cell.effect * 100:.1f} %, more than its definition lets pass without a word."
