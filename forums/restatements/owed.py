"""Restatements that a forum has to look at: material ones, and any of a period whose view it froze.

One delivery that restates three hundred figures of a measure is one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Q, Subquery

from forums.models.agenda import AgendaItem, Subject
from forums.models.forum import Forum
from forums.models.minutes import ViewSnapshot
from forums.restatements.sealed_periods import with_sealed
from metrics.figures.restatements import IS_MATERIAL, Asked, Restatement, restated, told
from metrics.models import Observation
from truthgov.periods import Grain, Period

ENDED = (AgendaItem.Status.DECIDED, AgendaItem.Status.ESCALATED, AgendaItem.Status.NOTED)


@dataclass(frozen=True)
class Owed:
    """What one submission restated of one measure. `first` is its first figure, and names it.

    `months` are those whose frozen views show other figures.
    """

    first: Restatement
    figures: int
    material: int
    months: tuple[date, ...]

    @property
    def title(self) -> str:
        """In a line: the figure before and after, or how many they are."""
        if self.figures > 1:
            return f"{self.first.measure}: {self.figures} figures restated"
        segment = f", {self.first.segment}" if self.first.segment.values else ""
        change = f"{self.first.change.before} → {self.first.change.after}"
        return f"{self.first.measure}, {self.first.period}{segment}: restated, {change}"

    @property
    def why(self) -> str:
        parts = []
        if self.months:
            named = ", ".join(str(Period.containing(month, Grain.MONTH)) for month in self.months)
            parts.append(f"The view of {named} was frozen before.")
        if self.material:
            parts.append("Material." if self.figures == 1 else f"{self.material} of them material.")
        return " ".join([*parts, self.first.reason])


def owed_to(forum: Forum) -> list[Owed]:
    """What a forum has not ended yet, in the order in which it came in; five queries.

    Material restatements are for the steering forum; those of frozen periods for whoever froze them.
    """
    rows = with_sealed(Observation.objects.filter(_since(forum), restates__isnull=False), forum)
    groups = rows.order_by().values("submission", "series__measure").annotate(
        first=Min("pk"), figures=Count("pk"), material=Count("pk", filter=IS_MATERIAL),
        frozen=Count("pk", filter=Q(is_sealed=True)),
        months=ArrayAgg("month", filter=Q(is_sealed=True), distinct=True, default=[]),
    )  # fmt: skip
    matters = Q(frozen__gt=0) | Q(material__gt=0) if forum.kind == Forum.Kind.STEERING else Q(frozen__gt=0)
    ended = AgendaItem.objects.filter(meeting__forum=forum, subject__kind=Subject.Kind.RESTATEMENT, status__in=ENDED)
    known = set(ended.values_list("subject__reference", flat=True))
    found = {group["first"]: group for group in groups.filter(matters) if group["first"] not in known}
    if not found:
        return []
    firsts = told(restated(Asked()).filter(pk__in=list(found)).order_by("pk"))
    return [_owed(first, found[first.number]) for first in firsts]


def _owed(first: Restatement, group: Mapping[str, Any]) -> Owed:
    return Owed(first, group["figures"], group["material"], tuple(group["months"]))


def _since(forum: Forum) -> Q:
    """What the last two meetings may not have seen, and what the last one carried over."""
    views = ViewSnapshot.objects.filter(meeting__forum=forum).order_by("-known_entry")
    known = views.values_list("known_entry", flat=True)[1:2].first() or 0
    last = views.values("meeting")[:1]
    carried = AgendaItem.objects.filter(
        meeting=Subquery(last), subject__kind=Subject.Kind.RESTATEMENT, status=AgendaItem.Status.CARRIED_OVER
    )
    again = Observation.objects.filter(pk__in=list(carried.values_list("subject__reference", flat=True)))
    return Q(submission__entry__gt=known) | Q(submission__in=list(again.values_list("submission", flat=True)))
