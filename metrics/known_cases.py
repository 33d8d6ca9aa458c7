"""Contradictions as they stood at an instant: their state, severity and recurrences, from what is on record of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from metrics.assessment.grading import LEAST, Weight, worst_of
from metrics.models import ContradictionEvent, Signal


@dataclass(frozen=True, slots=True)
class KnownState:
    """The state of a case after its last event by then, and how often it had come back."""

    status: str
    recurrences: int


def states_at(at: datetime) -> dict[int, KnownState]:
    """The state of each case known at an instant, by its number; two queries."""
    known = ContradictionEvent.objects.filter(at__lte=at)
    last = known.order_by("contradiction_id", "-at", "-pk").distinct("contradiction_id")
    came_back = known.filter(code=ContradictionEvent.Code.RECURRED).order_by().values("contradiction_id")
    times = dict(came_back.annotate(times=Count("pk")).values_list("contradiction_id", "times"))
    return {
        case: KnownState(status, times.get(case, 0)) for case, status in last.values_list("contradiction_id", "status")
    }


def severities_at(cases: Collection[int], at: datetime) -> dict[int, tuple[str, float]]:
    """Severity and rank of cases by the signals that stood at an instant; one query.

    A case without any signal is left out: nothing but signals ever grades one.
    """
    told = Signal.objects.filter(Q(contradiction__in=cases), evidence__has_key="weight").order_by()
    standing: dict[int, dict[date, list[Weight]]] = defaultdict(dict)
    rows = told.values_list("contradiction", "period_start", "evidence__weight", "at", "withdrawal__at")
    for case, start, weight, signalled, withdrawn in rows:
        periods = standing[case]
        if signalled <= at and (withdrawn is None or withdrawn > at):
            periods.setdefault(start, []).append(Weight.from_evidence(weight))
    return {case: _graded(periods) for case, periods in standing.items()}


def _graded(periods: dict[date, list[Weight]]) -> tuple[str, float]:
    latest: Iterable[Weight] = periods[max(periods)] if periods else ()
    found = worst_of(latest)
    return (found.severity.word.value, found.rank) if found else LEAST
