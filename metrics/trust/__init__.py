"""How far figures can be relied on: six axes, from the record alone, and never better than the worst of them.

For the whole or a segment, in one period or many, as known now or at a moment of knowledge; a fixed number of queries
however many measures.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q

from metrics.ingestion.oddities import FACTOR_OF_1000
from metrics.models import Contradiction, Reading, Segment, Series
from metrics.trust.axes import DEMANDED, Axis, Radar
from metrics.trust.inputs import bounded, inputs_behind
from metrics.trust.judging import radar_of
from metrics.trust.record import WHOLE, Key, Record, disputes
from truthgov.periods import Period

__all__ = ["DEMANDED", "TRUSTED", "Axis", "Key", "Radar", "State", "Trust", "doubted_periods",
           "in_short", "radars", "trust_of"]  # fmt: skip


class State(StrEnum):
    """What costs a figure most of its trust, in a word."""

    TRUSTED = "trusted"
    AWAITED = "awaited"
    LATE = "late"
    INCOMPLETE = "incomplete"
    IMPLAUSIBLE = "implausible"
    DISPUTED = "disputed"
    UNSTABLE = "unstable"
    UNATTESTED = "unattested"


STATES = {
    Axis.FRESH: State.LATE,
    Axis.COMPLETE: State.INCOMPLETE,
    Axis.VALID: State.IMPLAUSIBLE,
    Axis.CONSISTENT: State.DISPUTED,
    Axis.STABLE: State.UNSTABLE,
    Axis.ATTESTED: State.UNATTESTED,
}


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a measure's figure of a period can be relied on (0 to 1; None: it has not come), and why not further."""

    state: State
    why: str = ""
    share: Decimal | None = Decimal(1)

    @property
    def percent(self) -> int | None:
        return None if self.share is None else int(self.share * 100)

    def meets(self, needed: int) -> bool:
        """Is it as good as is needed (0 to 100)?"""
        return needed == 0 or (self.share is not None and self.share * 100 >= needed)


TRUSTED = Trust(State.TRUSTED)


def radars(
    measures: Collection[int], periods: Iterable[Period], known_at: int | None = None, *, segment: Segment | None = None
) -> dict[Key, Radar]:
    """The axes of each measure's figure, by measure and first day; each in the periods of its grain.

    Its figure for the whole, or for `segment`, whose parts are the segments within it.
    `known_at` is an audit entry's number: what was known then, judged by the date it was made; before the first
    entry (0) nothing was.
    """
    if known_at == 0 or not measures:
        return {}
    over = list(periods)
    record = Record(measures, over, known_at, segment or WHOLE)
    if not any(cell.definition.is_derived for cell in record.cells):
        return _judged(record)
    inputs = inputs_behind(measures)
    record = Record({*measures, *(each.pk for each in inputs.values())}, over, known_at, segment or WHOLE)
    found = bounded(_judged(record), record.cells, inputs)
    return {key: radar for key, radar in found.items() if key[0] in measures}


def _judged(record: Record) -> dict[Key, Radar]:
    return {key: radar_of(account) for key, account in record.accounts().items()}


def trust_of(measures: Collection[int], period: Period, known_at: int | None = None) -> dict[int, Trust]:
    """The trust of each measure's figure for the whole; those of another grain than the period's are left out."""
    found = radars(measures, [period], known_at)
    return {measure: in_short(radar) for (measure, _), radar in found.items()}


def in_short(radar: Radar) -> Trust:
    """The worst of the axes alone."""
    worst = radar.worst
    if worst is None:
        return Trust(State.AWAITED, radar.awaited, None)
    if worst.share == 1:
        return TRUSTED
    return Trust(STATES[worst.axis], worst.words, worst.share)


def doubted_periods(case: Contradiction, *, since: date) -> set[date]:
    """Periods (their first days) whose figures in a case's segment are implausible or disputed; they prove nothing."""
    parties = [case.measure_id, *([case.other_measure_id] if case.other_measure_id else [])]
    series = Series.objects.filter(measure__in=parties, segment=case.segment_id)
    current = Reading.objects.filter(series__in=series, period_start__gte=since, notices__contains=[FACTOR_OF_1000])
    doubted = set(current.values_list("period_start", flat=True))
    if case.kind != Contradiction.Kind.SOURCE_DISAGREEMENT:
        disputed = disputes(parties, Q(segment=case.segment_id)).filter(period_start__gte=since)
        doubted |= set(disputed.values_list("period_start", flat=True))
    return doubted
