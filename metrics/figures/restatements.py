"""Figures given before and given anew: what changed, by how much, and how late. Derived from the ledger alone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from metrics.figures.named_periods import in_periods
from metrics.ingestion.oddities import MATERIAL_RESTATEMENT
from metrics.models import Definition, Measure, Observation, Segment, Source, Submission
from truthgov import clock
from truthgov.figures import EXACTLY, Change, Figure, word_change, word_figure
from truthgov.models import Function
from truthgov.periods import Grain, Period

LATEST_FIRST = ("-id",)
IS_MATERIAL = Q(notices__contains=[MATERIAL_RESTATEMENT])
"""By more than its definition lets pass, as judged when it came in."""
SHOWN_SHARE = Decimal("0.000001")


@dataclass(frozen=True)
class Asked:
    """Which restatements somebody asks for; `since` and `until` are days on which they came in, both included."""

    measure: Measure | None = None
    function: Function | None = None
    periods: tuple[Period, ...] = ()
    material: bool | None = None
    since: date | None = None
    until: date | None = None
    batch: UUID | None = None
    """A submission."""


class Changed(NamedTuple):
    """A figure before and after."""

    old: Decimal
    new: Decimal

    @property
    def difference(self) -> Decimal:
        return EXACTLY.subtract(self.new, self.old)

    @property
    def share(self) -> Decimal | None:
        """The difference as a share of the old figure."""
        if not self.old:
            return None
        return EXACTLY.divide(self.difference, abs(self.old)).quantize(SHOWN_SHARE, context=EXACTLY)


def is_material(notices: Collection[str] | None) -> bool:
    return MATERIAL_RESTATEMENT in (notices or ())


@dataclass(frozen=True)
class Restatement:
    """One figure restated: `observation` is the later one, `old` what stood before, `first_at` when it was first given.

    `difference` is in the measure's unit; `share` is that of the old figure (0.05 is 5 %), None where that was zero.
    """

    observation: Observation
    old: Decimal
    first_at: datetime

    @property
    def number(self) -> int:
        return self.observation.pk

    @property
    def restates(self) -> int:
        """The observation that is restated."""
        return self.observation.restates or 0

    @property
    def measure(self) -> Measure:
        return self.observation.series.measure

    @property
    def segment(self) -> Segment:
        return self.observation.series.segment

    @property
    def source(self) -> Source:
        return self.observation.series.source

    @property
    def submission(self) -> Submission:
        return self.observation.submission

    @property
    def definition(self) -> Definition:
        return self.observation.definition

    @property
    def period(self) -> Period:
        return Period.containing(self.observation.period_start, Grain(self.definition.grain))

    @property
    def new(self) -> Decimal:
        return self.observation.value

    @property
    def difference(self) -> Decimal:
        return Changed(self.old, self.new).difference

    @property
    def share(self) -> Decimal | None:
        return Changed(self.old, self.new).share

    @property
    def is_material(self) -> bool:
        return is_material(self.observation.notices)

    @property
    def days_late(self) -> int:
        """Whole days between the first figure of the cell and this one."""
        return (self.submission.received_at - self.first_at).days

    @property
    def reason(self) -> str:
        return self.observation.reason or self.submission.reason

    @property
    def sender(self) -> str:
        return self.submission.sender

    @property
    def change(self) -> Change:
        return word_change(self.old, self.new, self.definition.worded_unit)

    @property
    def share_figure(self) -> Figure:
        return word_figure(self.share, "ratio")


def restated(asked: Asked) -> QuerySet[Observation]:
    """The observations that restate another one and that somebody asks for, with what `told` needs."""
    first = Observation.objects.filter(series=OuterRef("series"), period_start=OuterRef("period_start")).order_by("pk")
    old = Observation.objects.filter(pk=OuterRef("restates"))
    return (
        narrowed(Observation.objects.filter(restates__isnull=False), asked)
        .select_related("series__measure__function", "series__segment", "series__source", "definition")
        .select_related("submission__person", "submission__key", "submission__function")
        .annotate(old=Subquery(old.values("value")[:1]), first_at=Subquery(first.values("submission__received_at")[:1]))
    )


def given_anew(observations: Collection[int], *, known_at: int | None = None) -> dict[int, Restatement]:
    """What came instead of observations: by each the last figure of its cell, beside its own; two queries.

    Not the one that restated it, which may have been restated in its turn. `known_at` is the audit entry up to which
    figures count, None for all.
    """
    own = Observation.objects.filter(pk__in=observations).values_list("pk", "series", "period_start", "value")
    was = {pk: ((series, start), value) for pk, series, start, value in own} if observations else {}
    if not was:
        return {}
    cells = {cell for cell, _ in was.values()}
    later = restated(Asked()).filter(
        series__in={series for series, _ in cells}, period_start__in={start for _, start in cells}
    )  # fmt: skip
    known = later if known_at is None else later.filter(submission__entry__lte=known_at)
    last = {(row.series_id, row.period_start): row for row in known.order_by("pk")}
    return {
        pk: Restatement(row, value, row.first_at)  # type: ignore[attr-defined]
        for pk, (cell, value) in was.items()
        if (row := last.get(cell)) and row.pk > pk
    }


def narrowed(rows: QuerySet[Observation], asked: Asked) -> QuerySet[Observation]:
    if asked.measure:
        rows = rows.filter(series__measure=asked.measure)
    if asked.function:
        rows = rows.filter(series__measure__function=asked.function)
    if asked.periods:
        rows = rows.filter(in_periods(asked.periods, "definition__grain"))
    if asked.material is not None:
        rows = rows.filter(IS_MATERIAL) if asked.material else rows.exclude(IS_MATERIAL, notices__isnull=False)
    if asked.since:
        rows = rows.filter(submission__received_at__gte=clock.midnight(asked.since))
    if asked.until and asked.until < date.max:  # after the last of days comes nothing
        rows = rows.filter(submission__received_at__lt=clock.end_of(asked.until))
    return rows if asked.batch is None else rows.filter(submission=asked.batch)


def told(rows: Iterable[Observation]) -> list[Restatement]:
    """Rows of `restated` as restatements; no query."""
    return [Restatement(row, row.old, row.first_at) for row in rows]  # type: ignore[attr-defined]
