"""What relied on a figure that was restated since: signals, decisions, and the views that meetings froze.

From the record as it was written: the observations that signals and decisions cite, and those that a frozen view shows.
A signal that cites the figure that came instead as well is about the restatement, and relied on nothing.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Prefetch, QuerySet
from django.db.models.expressions import RawSQL

from forums.models import Decision, ViewSnapshot
from metrics.models import Observation, Signal

RELIED = ("signals", "decisions", "views")
CITING = {
    "signals": """SELECT found.id FROM metrics_signal found WHERE observations @> jsonb_build_array({restates})
        AND NOT EXISTS (SELECT FROM metrics_observation told WHERE told.restates = {restates}
                        AND found.observations @> jsonb_build_array(told.id))""",
    "decisions": "SELECT id FROM forums_decision WHERE observations @> ARRAY[{restates}]",
    "views": "SELECT id FROM forums_viewsnapshot WHERE forums_observations_shown(content) @> ARRAY[{restates}]",
}
# OFFSET 0 has each figure looked up in an index: joined, every record would be read and compared for every figure.
SIGNALS, DECISIONS, VIEWS = (
    f"""SELECT asked.id, found.id FROM unnest(%s::bigint[]) AS asked(id)
        CROSS JOIN LATERAL ({CITING[name].format(restates="asked.id")} OFFSET 0) found"""  # noqa: S608 - it is our own
    for name in RELIED
)


@dataclass(frozen=True)
class Cited:
    """By number: what relied on one observation."""

    signals: list[int] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)
    views: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.signals or self.decisions or self.views)

    def __str__(self) -> str:
        """In words: "2 decisions, 1 frozen view, 3 signals"."""
        counted = ((self.decisions, "decision"), (self.views, "frozen view"), (self.signals, "signal"))
        return ", ".join(f"{len(found)} {word}{'s' if len(found) > 1 else ''}" for found, word in counted if found)


@dataclass(frozen=True)
class Reliance:
    """What relied on any of some observations, to be shown: the latest first."""

    signals: list[Signal]
    decisions: list[Decision]
    views: list[ViewSnapshot]

    def __bool__(self) -> bool:
        return bool(self.signals or self.decisions or self.views)


def cited(observations: Collection[int]) -> dict[int, Cited]:
    """Observation → what relied on it; three queries."""
    found: dict[int, Cited] = {number: Cited() for number in observations}
    for name, statement in zip(RELIED, (SIGNALS, DECISIONS, VIEWS), strict=True):
        for number, citing in _pairs(statement, observations):
            getattr(found[number], name).append(citing)
    return found


def with_relied(rows: QuerySet[Observation]) -> QuerySet[Observation]:
    """Rows that restate another, with what relied on that one: a list of numbers by each name of `RELIED`."""
    numbers: ArrayField[Any, Any] = ArrayField(BigIntegerField())
    return rows.annotate(
        **{
            name: RawSQL(f"ARRAY({query.format(restates='metrics_observation.restates')} ORDER BY 1)", (), numbers)  # noqa: S611
            for name, query in CITING.items()
        }
    )


def reliance_on(observations: Collection[int]) -> Reliance:
    """Signals with their case, decisions with their meeting, frozen views with what was decided on them."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for each in cited(observations).values():
        for name in RELIED:
            by_kind[name].update(getattr(each, name))
    parties = ("contradiction__measure", "contradiction__other_measure", "contradiction__segment", "withdrawal")
    signals = Signal.objects.filter(pk__in=by_kind["signals"]).select_related(*parties)
    leaning = Decision.objects.with_endings().filter(pk__in=by_kind["decisions"]).select_related("meeting__forum")
    views = ViewSnapshot.objects.filter(pk__in=by_kind["views"]).defer("content").order_by("-frozen_at")
    decided = Prefetch("meeting__decisions", Decision.objects.with_endings().order_by("pk"))
    shown = views.select_related("meeting__forum", "meeting__minutes__sealing").prefetch_related(decided)
    return Reliance(list(signals.order_by("-period_start", "-pk")), list(leaning), list(shown))


def _pairs(statement: str, observations: Collection[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement + " ORDER BY 1, 2", [list(observations)])
        return list(cursor.fetchall())
