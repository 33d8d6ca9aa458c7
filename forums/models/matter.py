"""What a matter is over: the function or journey that answers for it, or the organisation.

`forums_scope_of_subject` is the same in the database, for whoever passes these verbs by; a test holds them together.
"""

from typing import TYPE_CHECKING

from metrics.models import Contradiction, Measure
from truthgov.models import Scope

if TYPE_CHECKING:
    from forums.models.agenda import Subject


def scope_of(subject: "Subject") -> Scope:
    """The journey of a case, else the function that answers for all its measures; of other subjects who answers."""
    case = subject.case
    if case:
        return Scope.objects.get(pk=scope_of_case(case))
    found = _of_record(subject)
    return Scope.objects.get(pk=found) if found else Scope.organisation()


def scope_of_case(case: Contradiction) -> int:
    """The key of the scope that a case is over."""
    return place_of_case(case)[1] or Scope.organisation().pk


def place_of_case(case: Contradiction) -> tuple[str, int | None]:
    """The kind of scope that a case is over and its key, None for the organisation's; no query of its own where the
    case came with its journey and its measures with their functions and journeys."""
    if case.journey:
        return Scope.Kind.JOURNEY, case.journey.scope_id
    places = {place_of_measure(measure) for measure in (case.measure, case.other_measure) if measure}
    return places.pop() if len(places) == 1 else (Scope.Kind.ORGANISATION, None)


def place_of_measure(measure: Measure) -> tuple[str, int | None]:
    """The same for what one measure is about."""
    answering = _answers_for(measure)
    if answering is None:
        return Scope.Kind.ORGANISATION, None
    return (Scope.Kind.JOURNEY if measure.is_outcome and measure.journey else Scope.Kind.FUNCTION), answering


def _of_record(subject: "Subject") -> int | None:
    match subject.kind:
        case "definition":
            return _answers_for(subject.record().measure)  # type: ignore[attr-defined]
        case "restatement":
            return _answers_for(subject.record().series.measure)  # type: ignore[attr-defined]
        case "action":
            function = subject.record().function  # type: ignore[attr-defined]
            return function.scope_id if function else None
        case "decision":
            return scope_of(subject.record().item.subject).pk  # type: ignore[attr-defined]
        case _:
            return None


def _answers_for(measure: Measure) -> int | None:
    return measure.answering_scope_id if measure.function or (measure.is_outcome and measure.journey) else None
