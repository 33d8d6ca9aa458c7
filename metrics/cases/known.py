"""Contradictions as they stood at a moment of knowledge: state, severity and recurrences, by what is on record."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from metrics.assessment.bearing import Bearing
from metrics.assessment.grading import LEAST, Weight, worst_standing
from metrics.models import ContradictionEvent, Signal
from truthgov.knowledge import Moment


@dataclass(frozen=True, slots=True)
class KnownState:
    """The state of a case after its last event by then, and how often it had come back."""

    status: str
    recurrences: int


def states_at(moment: Moment) -> dict[int, KnownState]:
    """The state of each case known at a moment, by its number; two queries."""
    known = ContradictionEvent.objects.filter(moment.knew("at"))
    last = known.order_by("contradiction_id", "-at", "-pk").distinct("contradiction_id")
    came_back = known.filter(code=ContradictionEvent.Code.RECURRED).order_by().values("contradiction_id")
    times = dict(came_back.annotate(times=Count("pk")).values_list("contradiction_id", "times"))
    return {
        case: KnownState(status, times.get(case, 0)) for case, status in last.values_list("contradiction_id", "status")
    }


def severities_at(cases: Collection[int], moment: Moment) -> dict[int, tuple[str, float]]:
    """Severity and rank of cases by the signals that stood at a moment; three queries.

    A case without any signal is left out: nothing but signals ever grades one.
    """
    if not cases:
        return {}
    bearing = Bearing.on(cases, known_at=moment)
    told = Signal.objects.filter(contradiction__in={*cases, *bearing.near}, evidence__has_key="weight").order_by()
    stands = moment.knew("at") & ~Q(moment.knew("withdrawal__at"), withdrawal__isnull=False)
    standing: dict[int, list[tuple[date, Weight]]] = defaultdict(list)
    rows = told.annotate(stands=ExpressionWrapper(stands, BooleanField())).values_list(
        "contradiction", "segment", "period_start", "evidence__weight", "stands"
    )
    for own, segment, start, weight, stood in rows:
        for case in bearing.cases_of(own, segment):
            weights = standing[case]
            if stood:
                weights.append((start, Weight.from_evidence(weight)))
    return {case: _graded(weights) for case, weights in standing.items()}


def _graded(weights: Iterable[tuple[date, Weight]]) -> tuple[str, float]:
    found = worst_standing(weights)
    return (found.severity.word.value, found.rank) if found else LEAST
