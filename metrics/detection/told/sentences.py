"""Each finding told to its reader in two sentences with the figures in them, and each suppression in one.

Pure: names and numbers in, plain text out. Whoever shows it escapes it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from metrics.detection.batch import Basis, Verdict
from metrics.detection.judgements import Cell
from metrics.detection.told import conduct as conduct_told
from metrics.detection.told import figures as figures_told
from metrics.detection.told import parts as parts_told
from metrics.detection.told.telling import Telling, against, fallen_off, in_a_row, past, since_when, with_target
from metrics.detection.told.wording import beside, figure, odds


def tell(kind: str, cell: Cell, telling: Telling) -> str:
    """The two sentences of a finding of a kind."""
    return TELLERS[kind](cell, telling)


def _divergence(cell: Cell, telling: Telling) -> str:
    claimed = with_target(cell.kpi_value, telling.kpi_target, telling.kpi_unit)
    served = against(cell.value, telling.outcome_target, telling.outcome_unit)
    first = f"{telling.scene}, {telling.kpi} stands at {claimed}, while {telling.outcome} stands at {served}."
    if cell.basis == Basis.LEVEL:
        standing = f"It {since_when(cell)} off its target {in_a_row(cell, telling)}"
        return f"{first} {standing}, and a figure this far off {odds(cell.p)}."
    if cell.basis == Basis.LEVEL_AND_TREND:
        return f"{first} {fallen_off(cell, telling)}"
    return f"{first} {past(cell, telling)}"


def _handoff(cell: Cell, telling: Telling) -> str:
    passed = figure(cell.kpi_value, telling.kpi_unit)
    if telling.share:
        share, promised = beside(cell.value, cell.reference, "fraction")
        first = f"{telling.scene}, {telling.kpi} passes on {passed}, and {share} of it arrives as {telling.outcome}."
        if cell.basis == Basis.LEVEL:
            least = f"Less what is tolerated, at least {promised} is promised"
            return f"{first} {least}, and a shortfall like this {odds(cell.p)}."
        return f"{first} {past(cell, telling)}"
    received, red = beside(cell.value, cell.reference, telling.outcome_unit)
    first = f"{telling.scene}, {telling.kpi} passes on {passed}, while {telling.outcome} stands at {received}."
    standing = f"It {since_when(cell)} beyond its red threshold of {red} {in_a_row(cell, telling)}"
    supposed = "that" if telling.outcome_target is None else "from its target, a figure so far off"
    return f"{first} {standing}, and {supposed} {odds(cell.p)}."


def _source_disagreement(cell: Cell, telling: Telling) -> str:
    ours, theirs = beside(cell.kpi_value, cell.value, telling.kpi_unit)
    first = f"{telling.scene}, {telling.kpi} (the source of record) reports {ours} as {telling.measure}; "
    first += f"{telling.outcome} reports {theirs}."
    apart = "without end" if cell.effect == float("inf") else f"{cell.effect * 100:.1f} %"
    allowed = "" if telling.tolerance is None else f", where {telling.tolerance * 100:g} % is tolerated"
    disagree = since_when(cell, "disagree", "have disagreed")
    return f"{first} They are {apart} apart{allowed}, and {disagree} {in_a_row(cell, telling)}."


TELLERS: Mapping[str, Callable[[Cell, Telling], str]] = MappingProxyType(
    {
        "divergence": _divergence,
        "handoff": _handoff,
        "source_disagreement": _source_disagreement,
        "mix": parts_told.mix,
        "inconsistency": parts_told.inconsistency,
        "gaming": conduct_told.gaming,
        "overcommitment": conduct_told.overcommitment,
        "definition_break": figures_told.definition_break,
        "broken_link": figures_told.broken_link,
        "integrity": figures_told.integrity,
    }
)

SUPPRESSED: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.MISSING: "One of the two figures is missing, and a missing figure says nothing.",
        Verdict.TOO_SMALL: "Too few cases stand behind the figures to judge them.",
        Verdict.NO_BASELINE: "There is not enough past to tell a movement from chance.",
        Verdict.CONCORDANT: "Both sides give way together: bad news, but no contradiction.",
        Verdict.BELOW_MINIMUM_EFFECT: "The difference is smaller than the smallest that matters by definition.",
        Verdict.WITHIN_NOISE: "The difference is within what chance explains.",
        Verdict.NOT_PERSISTENT: "It stands out too briefly: it has not been repeated, or has not stayed.",
        Verdict.NOT_CONTROLLED: "Among so many pairs judged in this period, chance alone would show some like it.",
        Verdict.WITHIN_TOLERANCE: "The difference is no more than is tolerated.",
        Verdict.A_DETAIL: "It is too small a part for anybody to read the whole as speaking of it.",
        Verdict.RETIRED: "It is no longer judged: its rule is off, a measure is retired, or the sources are settled.",
        Verdict.NOTHING_STATED: "Nothing is stated that the figure could be held against.",
        Verdict.COMPANION_MOVED: "What belongs to the measure moved with it: the world changed, not the counting.",
        Verdict.NO_COMPANION: "The level jumped, but no companion is declared that could tell counting from the world.",
        Verdict.A_TREND: "The level changed step by step, as a trend does.",
    }
)
"""Why a cell that might look like a contradiction was not made one."""
