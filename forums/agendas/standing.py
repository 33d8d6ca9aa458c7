"""What can be put on an agenda: the open records of each kind of subject, and how each is named there.

Restatements and minutes are not among them: each comes on by itself, and is noted, decided or confirmed there.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model, QuerySet

from forums.cases.titles import title_of
from forums.models.action import Action
from forums.models.agenda import Subject
from forums.models.decision import Decision
from forums.models.escalation import Escalation
from forums.models.minutes import Minutes
from metrics.models import Challenge, Contradiction, Definition

Kind = Subject.Kind
LONGEST_NAME = 400
OPEN: dict[Kind, Callable[[], QuerySet[Any]]] = {
    Kind.CONTRADICTION: lambda: (
        Contradiction.objects.live().by_severity().select_related("measure", "other_measure", "segment")
    ),
    Kind.ESCALATION: lambda: Escalation.objects.open(),
    Kind.CHALLENGE: lambda: Challenge.objects.waiting().select_related("scope"),
    Kind.ACTION: lambda: Action.objects.open().select_related("owner"),
    Kind.DEFINITION: lambda: Definition.objects.waiting().select_related("measure").order_by("measure"),
    Kind.DECISION: lambda: Decision.objects.standing().filter(review_on__isnull=False).order_by("review_on", "pk"),
}


def open_subjects() -> Iterator[tuple[Kind, int, Model]]:
    """Everything that a meeting could still take up; a query a kind."""
    for kind, records in OPEN.items():
        for record in records():
            yield kind, record.pk, record


def find_open(kind: str, reference: int) -> Model | None:
    """The record of a subject, or None where it is settled or was never there."""
    if kind not in OPEN:
        return None
    found: Model | None = OPEN[Kind(kind)]().filter(pk=reference).first()
    return found


def name_of(record: Model) -> str:
    """Its line on an agenda."""
    return _name(record)[:LONGEST_NAME]


def _name(record: Model) -> str:
    match record:
        case Contradiction():
            return title_of(record)
        case Escalation():
            return f"Escalated: {record.reason}"
        case Challenge():
            return f"Challenge to {record.scope}: {record.question}"
        case Definition():
            return f"{record.measure}: definition, version {record.version}"
        case Decision():
            return f"Review: {record}"
        case Minutes():
            return f"Minutes of {record.meeting}"
        case _:
            return str(record)
