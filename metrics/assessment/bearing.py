"""Which signals bear on which cases: a case's own, those of the cases joined to it, and those from before a split."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from metrics.models import CaseJoining, CaseSplit, Signal
from truthgov.knowledge import Moment


@dataclass(frozen=True, slots=True)
class Bearing:
    """`joined`: where the findings of a joined case go; `parted`: what was split off a case, by it and the segment."""

    joined: dict[int, int]
    parted: dict[tuple[int, int], int]

    @classmethod
    def on(cls, cases: Collection[int], *, known_at: Moment | None = None) -> "Bearing":
        """What is joined to some cases, and what they were split off, now or as known; two queries."""
        return cls._of(Q(into__in=cases), Q(contradiction__in=cases), known_at)

    @classmethod
    def of(cls, cases: Collection[int]) -> "Bearing":
        """Where the findings of some cases go besides; two queries."""
        return cls._of(Q(contradiction__in=cases), Q(parent__in=cases), None)

    @classmethod
    def _of(cls, joined: Q, split: Q, known_at: Moment | None) -> "Bearing":
        known = known_at.knew("at") if known_at else Q()
        joinings = CaseJoining.objects.filter(joined & known).values_list("contradiction", "into")
        splits = CaseSplit.objects.filter(split & known).values_list(
            "parent", "contradiction__segment", "contradiction"
        )
        return cls(dict(joinings), {(parent, segment): part for parent, segment, part in splits})

    @property
    def near(self) -> set[int]:
        """The cases whose signals bear on others."""
        return {*self.joined, *(parent for parent, _ in self.parted)}

    def cases_of(self, own: int, segment: int) -> list[int]:
        """What a signal of a case in a segment bears on: that case, or the one it was joined to, and its part."""
        part = self.parted.get((own, segment))
        return [self.joined.get(own, own), *([part] if part else [])]


def signals_bearing_on(cases: Collection[int], *, standing: bool = True) -> dict[int, list[Signal]]:
    """The signals that bear on each of some cases, by its number, in their order; without those withdrawn, if asked."""
    bearing = Bearing.on(cases)
    told = Signal.objects.filter(contradiction__in={*cases, *bearing.near}).select_related("withdrawal", "segment")
    found: dict[int, list[Signal]] = defaultdict(list)
    for signal in told.filter(withdrawal__isnull=True) if standing else told:
        for case in bearing.cases_of(signal.contradiction_id, signal.segment_id):
            found[case].append(signal)
    return {case: found[case] for case in cases}


def concerned_by(signals: Collection[Signal]) -> dict[int, list[Signal]]:
    """Signals by the cases that they bear on."""
    bearing = Bearing.of({signal.contradiction_id for signal in signals})
    found: dict[int, list[Signal]] = defaultdict(list)
    for signal in signals:
        for case in bearing.cases_of(signal.contradiction_id, signal.segment_id):
            found[case].append(signal)
    return found
