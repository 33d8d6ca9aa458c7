"""The false alarms of a rule: who declared each, when and why, and what the figures said then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from metrics.models import Contradiction, ContradictionEvent, Rule


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """What the truth owner declared no contradiction; `rested_on` are the signals that stood, their evidence frozen."""

    case: Contradiction
    at: datetime
    by: str
    why: str
    statement: str
    rested_on: Sequence[int]


def false_alarms_of(rule: Rule) -> list[FalseAlarm]:
    """Those of a rule's cases, the latest first; one query."""
    declared = ContradictionEvent.objects.filter(
        code=ContradictionEvent.Code.FALSE_ALARM, contradiction__rule=rule
    ).select_related("contradiction__segment", "person")  # fmt: skip
    return [_told(event) for event in declared.order_by("-at", "-pk")]


def _told(event: ContradictionEvent) -> FalseAlarm:
    case = event.contradiction
    return FalseAlarm(case, event.at, event.person.name if event.person else "", event.reason,
                      event.data.get("statement", case.statement), event.data.get("rested_on", []))  # fmt: skip
