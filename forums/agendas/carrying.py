"""What a forum put off, and how often: read from its meetings, however early an agenda was drafted."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from forums.models.agenda import AgendaItem

if TYPE_CHECKING:
    from forums.models.meeting import Meeting

Named = tuple[str, int]
"""A subject by its kind and the number of its record."""


def carried_to(meeting: "Meeting") -> dict[Named, list[AgendaItem]]:
    """By subject, the items that the forum put off before this meeting and did not end since, the latest last."""
    found: dict[Named, list[AgendaItem]] = defaultdict(list)
    for item in AgendaItem.objects.carried_to(meeting).select_related("subject"):
        found[item.subject.kind, item.subject.reference].append(item)
    return found


def times_carried(meeting: "Meeting", items: Iterable[AgendaItem]) -> dict[int, int]:
    """By item, how often the forum put its matter off before this meeting; `subject` is read."""
    carried = carried_to(meeting)
    return {item.pk: len(carried.get((item.subject.kind, item.subject.reference), ())) for item in items}
