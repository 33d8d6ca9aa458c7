"""What agenda items are about, many at once: the case behind each subject, its journey and its root cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from forums.models import AgendaItem, Escalation, Subject
from forums.restatements.owed import ENDED
from metrics.models import Challenge, Contradiction, RootCause
from metrics.models.root_cause import with_causes

Kind = Subject.Kind


@dataclass(frozen=True)
class Matter:
    """The case (None: it is about none), the name of its journey, and what it was last put down to."""

    case: Contradiction | None = None
    journey: str = ""
    cause: str = ""


def reviewed() -> QuerySet[Any]:
    """The numbers of decisions that a meeting has looked at again: their review was decided, noted or escalated."""
    ended = AgendaItem.objects.filter(subject__kind=Kind.DECISION, status__in=ENDED)
    return ended.values_list("subject__reference", flat=True)


def matters_of(subjects: Sequence[Subject]) -> dict[int, Matter]:
    """The matter of each subject, by its key; four queries."""
    cases = {subject.pk: subject.reference for subject in subjects if subject.kind == Kind.CONTRADICTION}
    for kind, records in ((Kind.CHALLENGE, Challenge.objects), (Kind.ESCALATION, Escalation.objects)):
        named = {subject.reference: subject.pk for subject in subjects if subject.kind == kind}
        about = records.filter(pk__in=named).values_list("pk", "contradiction")
        cases |= {named[reference]: case for reference, case in about if case is not None}
    read = with_causes(Contradiction.objects.filter(pk__in=cases.values()).select_related("journey"))
    known, causes = {case.pk: case for case in read}, {cause.pk: cause.name for cause in RootCause.objects.all()}
    return {subject.pk: _matter(known.get(cases.get(subject.pk, 0)), causes) for subject in subjects}


def _matter(case: Contradiction | None, causes: dict[int, str]) -> Matter:
    if case is None:
        return Matter()
    cause = causes.get(case.root_cause or 0, "")  # type: ignore[attr-defined]
    return Matter(case, case.journey.name if case.journey else "", cause)
