"""The accounts that trust is judged by, read from the record for many measures and periods at once.

A fixed number of queries; as the record stands, or as it stood at a moment of knowledge.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery

from metrics.dictionary.holding import holding, read_by, shown_source
from metrics.ingestion.oddities import FACTOR_OF_1000, NOTICES
from metrics.models import (
    Absence,
    Contradiction,
    ContradictionEvent,
    Definition,
    Segment,
    Series,
    Signal,
    SourceOfRecord,
)
from metrics.trust.account import RECENT, Account, Source, Total
from metrics.trust.flaws import flaws_of
from metrics.trust.promises import promises_of
from metrics.trust.rows import MISSED_FROM, Parts, Place, Sum, Whole, parts_of, totals_of, wholes_of
from truthgov import clock
from truthgov.knowledge import Moment
from truthgov.periods import Grain, Period

WHOLE = Segment(key="{}", values={})
CONFLICT = "same_instant_conflict"
COUNTED_BY = ("unit", "currency", "formula", "derivation", "roll_up")
"""What a version changes where it counts differently."""

Key = tuple[int, date]
"""A measure and the first day of a period."""


class Reporting(NamedTuple):
    """A series of the whole."""

    series: int
    source: int
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure in one period, under the definition that holds there, with the series that is shown."""

    measure: int
    period: Period
    definition: Definition
    shown: Reporting | None


class Record:
    """What is on record of some measures over some periods; each measure is judged in those of its own grain.

    Of its figures for one segment (the whole has no values): what is said of the whole here is said of that segment.
    """

    def __init__(
        self, measures: Collection[int], periods: Iterable[Period], known_at: int | None, segment: Segment
    ) -> None:
        self.known_at, self.segment = known_at, segment
        self.moment = moment = Moment.of(known_at)
        self.versions = Definition.objects.filter(moment.knew("approved_at"), measure__in=measures).histories()
        self.named = SourceOfRecord.objects.filter(moment.knew("named_at"), measure__in=measures).histories()
        self.reporting = _reporting(measures, segment)
        self.cells = [cell for period in periods for measure in self.versions if (cell := self._cell(measure, period))]

    def _cell(self, measure: int, period: Period) -> Cell | None:
        definition = holding(self.versions[measure], period.start)
        if definition is None or definition.retires or Grain(definition.grain) is not period.grain:
            return None
        reporting = {each.source: each for each in reversed(self.reporting.get(measure, []))}
        order = [each.source for each in self.reporting.get(measure, [])]
        source = shown_source(self.named.get(measure, []), order, period.start)
        return Cell(measure, period, definition, reporting.get(source or 0))

    def accounts(self) -> dict[Key, Account]:
        """What is judged, by measure and period."""
        if not self.cells:
            return {}
        series = [each.series for many in self.reporting.values() for each in many]
        starts = sorted({cell.period.start for cell in self.cells})
        first = min(cell.period.shift(-RECENT).start for cell in self.cells)
        self.wholes = wholes_of(series, first, starts, self.known_at)
        places = [place for cell in self.cells if (place := self._place(cell))]
        within = self.segment.values
        self.parts, self.sums = parts_of(places, within, self.known_at), totals_of(places, within, self.known_at)
        then = None if self.known_at is None else self.moment
        standing = disputes(self.versions, Q(segment__key=self.segment.key), then).filter(period_start__in=starts)
        self.disputed = set(standing.values_list("contradiction__measure", "period_start"))
        now = self.moment.day if self.known_at is None else None
        self.unavailable = self._unavailable()
        self.promises = promises_of(self.versions, starts, self.moment, now)
        return {(cell.measure, cell.period.start): self._account(cell) for cell in self.cells}

    def _unavailable(self) -> dict[Key, str]:
        """Why computed figures cannot be; no query where none is computed."""
        derived = {cell.measure for cell in self.cells if cell.definition.is_derived}
        if not derived:
            return {}
        known = {} if self.known_at is None else {"entry__lte": self.known_at}
        said = Absence.objects.filter(segment__key=self.segment.key, **known)
        since = min(cell.period.start for cell in self.cells)
        found = said.latest_of(derived, since=since)
        return {(measure, start): absence.reason for (measure, _, start), absence in found.items()}

    def _figure(self, cell: Cell) -> Whole | None:
        return self.wholes.get((cell.shown.series, cell.period.start)) if cell.shown else None

    def _place(self, cell: Cell) -> Place | None:
        """Where its parts lie; None where there is no whole to hold them against."""
        if cell.shown is None:
            return None
        before = [cell.period.shift(-back).start for back in (1, 2, 3)]
        told = [whole for start in before if (whole := self.wholes.get((cell.shown.series, start)))]
        figure = self._figure(cell)
        missed_from = MISSED_FROM * told[0].size if told else Decimal(0)
        return Place(
            cell.measure, cell.shown.source, cell.shown.series, cell.period.start, before, missed_from,
            cell.definition.roll_up, figure.size if figure else None,
        )  # fmt: skip

    def _account(self, cell: Cell) -> Account:
        figure, definition = self._figure(cell), cell.definition
        begun = Account(cell.period, self.moment.day, definition.freshness_days, version=definition.version)
        unavailable = self.unavailable.get((cell.measure, cell.period.start), "")
        begun = replace(begun, unavailable=unavailable, **self._counting(cell))
        if cell.shown is None:
            return begun
        if figure is None:
            owing = self.promises.late_feeds(cell.measure, cell.shown.source, cell.period)
            return replace(begun, late_feeds=owing)
        parts = self.parts.get((cell.shown.series, cell.period.start), Parts())
        return replace(
            begun, figure=figure.value, decimals=definition.decimals, tolerance=definition.source_tolerance,
            arrived=_day(figure.came_at), is_late=figure.is_late, expected=parts.expected, given=parts.given,
            absent=tuple(map(named, sorted(parts.absent))), flawed_parts=_flawed(parts),
            flaws=tuple(flaws_of(definition.unit, *figure[:4])), others=self._others(cell), totals=self._totals(cell),
            is_disputed=(cell.measure, cell.period.start) in self.disputed, is_conflicting=CONFLICT in figure.notices,
            attested=self._attested(cell, figure),
            was_attested=self.promises.was_attested(cell.measure, cell.period),
            **self._gaps(cell.shown.series, cell.period),
        )  # fmt: skip

    def _attested(self, cell: Cell, figure: Whole) -> bool | None:
        """Does somebody stand behind it? Nobody has to behind what is computed: those of its inputs do."""
        if cell.definition.is_derived:
            return None
        return self.promises.attested(cell.measure, figure.observation)

    def _gaps(self, series: int, period: Period) -> dict[str, Any]:
        """The recent periods since the first figure, and those of them without one."""
        before = [period.shift(-back) for back in range(1, RECENT + 1)]
        told = [(series, each.start) in self.wholes for each in before]
        looked_back = max((place for place, is_told in enumerate(told, start=1) if is_told), default=0)
        gaps = [each for each, is_told in zip(before[:looked_back], told, strict=False) if not is_told]
        return {"looked_back": looked_back, "gaps": tuple(gaps)}

    def _others(self, cell: Cell) -> tuple[Source, ...]:
        """What other sources say, but for one whose disagreement a source of record has settled."""
        begun = [each for each in self.named.get(cell.measure, []) if (each.starts_on or date.min) <= cell.period.start]
        settled = begun[-1].settles_id if begun else None
        told = [(each, self.wholes.get((each.series, cell.period.start))) for each in self.reporting[cell.measure]]
        return tuple(
            Source(each.name, whole.value)
            for each, whole in told if whole and each != cell.shown and each.source != settled
        )  # fmt: skip

    def _totals(self, cell: Cell) -> tuple[Total, ...]:
        """What the parts come to, where they make up the whole and none of them is missing.

        A ratio of their parts is none of what is no ratio of its own: of an index, say.
        """
        key = (cell.shown.series if cell.shown else 0, cell.period.start)
        is_ratio, whole = cell.definition.roll_up == Definition.RollUp.RATIO, self.wholes.get(key)
        if self.parts.get(key, Parts()).absent or (is_ratio and whole and not whole.is_quotient):
            return ()
        values = ((each.by, total_of(each, cell.definition.roll_up)) for each in self.sums.get(key, []))
        return tuple(Total(by, value) for by, value in values if value is not None)

    def _counting(self, cell: Cell) -> dict[str, Any]:
        """Since when, of the recent periods, the measure is counted as in this one."""
        versions = self.versions[cell.measure]
        recent = [read_by(versions, cell.period.shift(-back).start) for back in range(RECENT + 1)]
        alike = _counted_as_first(recent)
        began = alike[-1]
        since = f"{began.starts_on:%-d %B %Y}" if began.starts_on else "its first period"
        if began.changes_counting:
            declared = f"version {began.version} counts differently since {since}"
            return {"alike": len(recent), "compared": len(recent), "declared": declared}
        return {"alike": len(alike), "compared": len(recent), "changed_on": since}


def total_of(parts: Sum, roll_up: str) -> Decimal | None:
    """The figure that parts make up, as the definition rolls them up; None where they lack what it takes."""
    if roll_up == Definition.RollUp.SUM:
        return parts.value
    if parts.numerator is None or not parts.denominator:
        return None
    return parts.numerator / parts.denominator


def _counted_as_first(versions: Sequence[Definition]) -> list[Definition]:
    """Of versions, the latest first, those up to a break: one that is declared, or that the terms show."""
    alike = [versions[0]]
    for version in versions[1:]:
        later = alike[-1]
        if later.pk != version.pk and (later.changes_counting or not counts_alike(version, later)):
            break
        alike.append(version)
    return alike


def counts_alike(one: Definition, other: Definition) -> bool:
    """Do two versions count the same thing the same way?"""
    return one.pk == other.pk or all(getattr(one, name) == getattr(other, name) for name in COUNTED_BY)


def disputes(measures: Iterable[int], where: Q, moment: Moment | None = None) -> QuerySet[Signal]:
    """Signals that two sources disagree on these measures, `where` says in which segment.

    Those that stand in a live case; with a `moment`, those that did then.
    """
    kind = Contradiction.Kind.SOURCE_DISAGREEMENT
    told = Signal.objects.filter(where, contradiction__kind=kind, contradiction__measure__in=list(measures))
    if moment is None:
        return told.filter(withdrawal__isnull=True, contradiction__status__in=Contradiction.LIVE)
    known = ContradictionEvent.objects.filter(moment.knew("at"), contradiction=OuterRef("contradiction"))
    last = Subquery(known.order_by("-at", "-pk").values("status")[:1])
    then = told.filter(moment.knew("at")).exclude(moment.knew("withdrawal__at"), withdrawal__isnull=False)
    return then.annotate(then=last).filter(then__in=Contradiction.LIVE)


def named(key: str) -> str:
    """A segment in words, from its key."""
    return str(Segment(values=json.loads(key)))


def _flawed(parts: Parts) -> tuple[tuple[str, str], ...]:
    told = [(key, NOTICES[FACTOR_OF_1000]) for key in parts.implausible]
    told += [(key, "more than the whole it is part of") for key in parts.above]
    return tuple((named(key), why) for key, why in sorted(told))


def _day(at: datetime | None) -> date | None:
    return clock.local_day(at) if at else None


def _reporting(measures: Collection[int], segment: Segment) -> dict[int, list[Reporting]]:
    """By measure, its series in the segment in the order in which they were first reported."""
    whole = Series.objects.filter(measure__in=measures, segment__key=segment.key).order_by("pk")
    found: dict[int, list[Reporting]] = defaultdict(list)
    for measure, series, source, name in whole.values_list("measure_id", "pk", "source_id", "source__name"):
        found[measure].append(Reporting(series, source, name))
    return found
