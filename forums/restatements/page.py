"""One restatement told: the figure before and after, why and by whom, and everything that relied on the old one."""

from dataclasses import dataclass

from django.db.models import Min, QuerySet

from forums.models import AgendaItem, Subject
from forums.restatements.reliance import Reliance, reliance_on
from forums.restatements.sealed_periods import SealedPeriods
from metrics.figures.restatements import LATEST_FIRST, Asked, Restatement, restated, told
from metrics.models import Observation

BESIDES = 10
"""How many other figures of the delivery are named; the register lists them all."""


@dataclass(frozen=True)
class RestatementPage:
    restatement: Restatement
    is_sealed: bool
    reliance: Reliance
    cell: list[Restatement]
    """Every restatement of the same figure, the latest first."""
    besides: list[Restatement]
    """Other figures of the measure that the delivery restated."""
    in_all: int
    """How many figures of the measure the delivery restated."""
    items: list[AgendaItem]
    """Where forums look at it."""


def restatement_page(restatement: Restatement) -> RestatementPage:
    """A fixed number of queries."""
    observation = restatement.observation
    cell = restated(Asked()).filter(series=observation.series_id, period_start=observation.period_start)
    batch = batch_of(restatement)
    besides = batch.exclude(pk=restatement.number).order_by("pk")[:BESIDES]
    return RestatementPage(
        restatement=restatement,
        is_sealed=SealedPeriods.standing().hold(restatement),
        reliance=reliance_on([restatement.restates]),
        cell=told(cell.order_by(*LATEST_FIRST)),
        besides=told(besides),
        in_all=batch.count(),
        items=_items(batch),
    )


def batch_of(restatement: Restatement) -> QuerySet[Observation]:
    """What the same submission restated of the same measure."""
    rows = restated(Asked(measure=restatement.measure))
    return rows.filter(submission=restatement.observation.submission_id)


def _items(batch: QuerySet[Observation]) -> list[AgendaItem]:
    """The agenda items on the delivery, which its first figure names; the latest first."""
    first = batch.order_by().aggregate(first=Min("pk"))["first"]
    items = AgendaItem.objects.filter(subject__kind=Subject.Kind.RESTATEMENT, subject__reference=first)
    return list(items.select_related("meeting__forum").order_by("-meeting__starts_at"))


@dataclass(frozen=True)
class RestatementPapers:
    """What a meeting sees of a restatement: its figures, and what relied on any of those before."""

    figures: list[Restatement]
    left: int
    reliance: Reliance


def papers_of(first: int) -> RestatementPapers | None:
    """The papers of a delivery that its first figure names; None where there is no such figure."""
    restatements = told(restated(Asked()).filter(pk=first))
    if not restatements:
        return None
    batch = batch_of(restatements[0])
    old = [number for number in batch.values_list("restates", flat=True) if number]
    return RestatementPapers(told(batch.order_by("pk")[:BESIDES]), max(len(old) - BESIDES, 0), reliance_on(old))
