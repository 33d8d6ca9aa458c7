"""What a case shows on each side: its parties, and what its findings held them against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from metrics.models import Contradiction, Measure, Segment, Signal, Source

Kind = Contradiction.Kind
TITLES = {
    Kind.DIVERGENCE: ("What is claimed", "What the customer meets"),
    Kind.HANDOFF: ("What is passed on", "What arrives"),
    Kind.SOURCE_DISAGREEMENT: ("One source", "The other source"),
    Kind.OVERCOMMITMENT: ("What is promised", "What can be kept"),
    Kind.INCONSISTENCY: ("What is not alike everywhere", "What it is compared with"),
    Kind.MIX: ("The total that hides it", "The part that fails"),
    Kind.GAMING: ("What got better", "What gave way"),
    Kind.DEFINITION_BREAK: ("What changed its level", "What did not change with it"),
    Kind.BROKEN_LINK: ("What is supposed to serve", "What it is supposed to serve"),
    Kind.INTEGRITY: ("What cannot be right", "What it is held against"),
}
LINKED = "What it is linked with"


@dataclass(frozen=True, slots=True)
class Shown:
    """A measure in a segment, as one source reports it where the sources disagree.

    Whoever answers for a party answers in the case; a whole or a companion stands there for comparison alone.
    """

    title: str
    measure: Measure
    segment: Segment
    source: Source | None = None
    is_party: bool = True


def shown_of(case: Contradiction, signals: Sequence[Signal]) -> list[Shown]:
    """The sides of a case, what is compared first; `signals` are those that bear on it, the latest first."""
    first, second = TITLES.get(Kind(case.kind), ("One side", "The other side"))
    parties = [Shown(first, case.measure, case.segment, case.source)]
    if case.other_measure or case.other_source:
        parties.append(Shown(second, case.other_measure or case.measure, case.segment, case.other_source))
    held = _held_against(case, signals, parties[-1].measure)
    beside = [replace(held, title=first if case.kind == Kind.MIX else second)] if held else []
    if case.kind == Kind.INCONSISTENCY:
        *linked, apart = parties
        return [replace(apart, title=first), *beside, *(replace(each, title=LINKED) for each in linked)]
    if case.kind == Kind.MIX and len(parties) == 1 and case.segment.values:
        return [*beside, replace(parties[0], title=second)]
    return [*parties, *beside]


def _held_against(case: Contradiction, signals: Sequence[Signal], judged: Measure) -> Shown | None:
    """The whole or the companion that the evidence names, of its latest finding that stands, else of its latest."""
    evidence = _evidence_of(case, signals)
    if "whole" in evidence:
        return Shown("", judged, Segment.objects.get(pk=evidence["whole"]), is_party=False)
    if evidence.get("companion", judged.pk) != judged.pk:
        measures = Measure.objects.select_related("function", "journey")
        return Shown("", measures.get(pk=evidence["companion"]), case.segment, is_party=False)
    return None


def _evidence_of(case: Contradiction, signals: Sequence[Signal]) -> dict[str, Any]:
    own = [each for each in signals if each.segment_id == case.segment_id and case.rule_id in (None, each.rule_id)]
    standing = [each for each in own if not hasattr(each, "withdrawal")]
    return next(iter([*standing, *own])).evidence if own else {}
