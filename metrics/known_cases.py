"""Contradictions as they stood at an instant: their state, severity and recurrences, from what is on record of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from metrics.assessment.bearing import Bearing
from metrics.assessment.grading import LEAST, Weight, worst_standing
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
    """Severity and rank of cases by the signals that stood at an instant; three queries.

    A case without any signal is left out: nothing but signals ever grades one.
    """
    bearing = Bearing.on(cases, until=at)
    told = Signal.objects.filter(contradiction__in={*cases, *bearing.near}, evidence__has_key="weight").order_by()
    standing: dict[int, list[tuple[date, Weight]]] = defaultdict(list)
    rows = told.values_list("contradiction", "segment", "period_start", "evidence__weight", "at", "withdrawal__at")
    for own, segment, start, weight, signalled, withdrawn in rows:
        for case in bearing.cases_of(own, segment):
            weights = standing[case]
            if signalled <= at and (withdrawn is None or withdrawn > at):
                weights.append((start, Weight.from_evidence(weight)))
    return {case: _graded(weights) for case, weights in standing.items()}


def _graded(weights: Iterable[tuple[date, Weight]]) -> tuple[str, float]:
    found = worst_standing(weights)
    return (found.severity.word.value, found.rank) if found else LEAST
