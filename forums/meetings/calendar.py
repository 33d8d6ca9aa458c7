"""Meetings by time: the one that sits, those to come, those held."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from forums.models import AgendaItem, Meeting
from forums.models.meeting import MeetingQuerySet

HELD_LISTED = 24


@dataclass(frozen=True)
class Calendar:
    sitting: list[Meeting]
    coming: list[Meeting]
    held: list[Meeting]


def meetings_by_time(known: MeetingQuerySet, *, at: datetime) -> Calendar:
    """Three queries; each meeting with how many items it has, and how many were decided."""
    decided = Q(items__status=AgendaItem.Status.DECIDED)
    counted = known.annotate(
        items_in_all=Count("items", distinct=True), items_decided=Count("items", filter=decided, distinct=True)
    ).select_related("forum")
    return Calendar(
        sitting=list(counted.filter(status=Meeting.Status.IN_SESSION)),
        coming=list(counted.filter(status=Meeting.Status.SCHEDULED).order_by("starts_at")),
        held=list(counted.held()[:HELD_LISTED]),
    )
