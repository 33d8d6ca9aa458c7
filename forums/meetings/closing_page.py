"""What closing a meeting would put off, for its chair to see before."""

from dataclasses import dataclass

from forums.agendas.carrying import times_carried
from forums.models import AgendaItem, Meeting


@dataclass(frozen=True)
class LeftOver:
    """An item that closing the meeting puts off: carried over, perhaps again, or escalated by itself."""

    item: AgendaItem
    again: bool
    escalates: bool


def left_over(meeting: Meeting) -> list[LeftOver]:
    """What closing now would put off; what would escalate comes first."""
    pending = meeting.items.filter(status=AgendaItem.Status.PENDING).select_related("subject")
    times = times_carried(meeting, pending)
    left = [LeftOver(item, times[item.pk] > 0, item.escalates_when_put_off(times[item.pk])) for item in pending]
    return sorted(left, key=lambda each: not each.escalates)
