"""Roll-ups of a measure as its definition says: from its periods to longer ones, from segments to their whole.

Computed where they are read, from the figures of record; nothing of them is stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.dictionary.holding import read_by, shown_source
from metrics.figures.courses import Course, Point
from metrics.figures.rolling import (
    OVER_PERIODS,
    OVER_SEGMENTS,
    REFUSED,
    Part,
    RolledUp,
    longer,
    roll_up,
    roll_up_parts,
    within,
)
from metrics.formulas import Figure
from metrics.models import Definition, Measure, Reading, Segment, Series
from truthgov.errors import Refusal
from truthgov.periods import Grain, Period

LOOKED_BACK = 3
"""Periods before one within which a part that reported is expected again: as trust has it."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """What parts come to in a period: shorter periods, or segments along the dimensions `by`; `missing` names some."""

    period: Period
    rolled: RolledUp
    sources: frozenset[int] = frozenset()
    by: str = ""
    missing: tuple[str, ...] = ()


def require_rolling(definition: Definition, grain: Grain | None = None) -> None:
    """Refusal where a definition never adds up: over segments, or to periods of a grain."""
    if definition.roll_up not in (OVER_SEGMENTS if grain is None else OVER_PERIODS):
        raise Refusal(REFUSED.format(definition.measure))
    if grain:
        require_longer(definition, grain)


def require_longer(definition: Definition, grain: Grain) -> None:
    """Refusal where a measure's own periods are as long as those of a grain, or longer."""
    own = Grain(definition.grain)
    if grain not in longer(own):
        raise Refusal(f"{definition.measure} is measured by {own}; ask for a longer period than that.")


def over_periods(course: Course, grain: Grain) -> list[RollUp]:
    """The longer periods in which a course has figures, newest first; those that began before it are left out.

    Refusal where no version of its definition that it was read by adds up, or the grain is not longer.
    """
    if not any(point.definition.roll_up in OVER_PERIODS for point in course.points):
        require_rolling(course.definition, grain)
        return []
    require_longer(course.definition, grain)
    held = {point.period: point for point in course.points}
    first, last = course.points[0].period, course.points[-1].period
    told = []
    period = Period.containing(last.last_day, grain)
    while (inner := within(period, first.grain)) and inner[0] >= first:
        told.append(_rolled(period, [held.get(each) or Point(each, course.definition) for each in inner]))
        period = period.shift(-1)
    return told


def _rolled(period: Period, points: Sequence[Point]) -> RollUp:
    parts = [Part(point.period, point.definition, _figure(point)) for point in points]
    sources = frozenset(point.source.pk for point in points if point.source)
    if all(part.rule.roll_up not in OVER_PERIODS for part in parts):
        return RollUp(period, _of_then([part.figure for part in parts]), sources)
    return RollUp(period, roll_up_parts(parts), sources)


def _of_then(figures: Sequence[Figure | None]) -> RolledUp:
    given = sum(figure is not None for figure in figures)
    return RolledUp(given, len(figures), why="its definition of then adds nothing up")


def _figure(point: Point) -> Figure | None:
    return None if point.value is None else Figure(point.value, point.numerator, point.denominator)


def over_segments(measure: Measure, whole: Segment, versions: Sequence[Definition]) -> list[RollUp]:
    """What the parts of a segment come to in their last period, along each set of dimensions; three queries.

    Refusal where no version of its definition adds them up.
    """
    if not any(each.roll_up in OVER_SEGMENTS for each in versions):
        require_rolling(versions[-1])
    parts = Segment.objects.within(whole).exclude(pk=whole.pk)
    series = list(Series.objects.filter(measure=measure, segment__in=parts).select_related("segment").order_by("pk"))
    readings = _last_readings([each.pk for each in series], Grain(versions[-1].grain))
    if not readings:
        return []
    period = Period.containing(max(start for _, start in readings), Grain(versions[-1].grain))
    reporting = list(dict.fromkeys(each.source_id for each in series))
    source = shown_source(list(measure.sources_of_record.order_by("pk")), reporting, period.start)
    by: dict[tuple[str, ...], list[Series]] = defaultdict(list)
    expected = {key for key, _ in readings}
    for each in series:
        if each.source_id == source and each.pk in expected:
            by[tuple(sorted(set(each.segment.values) - set(whole.values)))].append(each)
    how = read_by(versions, period.start).roll_up
    return [_whole(how, period, along, some, readings) for along, some in sorted(by.items())]


Readings = dict[tuple[int, date], Reading]


def _last_readings(series: list[int], grain: Grain) -> Readings:
    """The readings of the last period that any of these series has, and of the few before it."""
    of_series = Reading.objects.filter(series__in=series)
    latest = of_series.order_by("-period_start").values_list("period_start", flat=True).first()
    if latest is None:
        return {}
    since = Period.containing(latest, grain).shift(-LOOKED_BACK).start
    return {(each.series_id, each.period_start): each for each in of_series.filter(period_start__gte=since)}


def _whole(how: str, period: Period, along: Iterable[str], series: Sequence[Series], readings: Readings) -> RollUp:
    found = [readings.get((each.pk, period.start)) for each in series]
    missing = tuple(str(each.segment) for each, reading in zip(series, found, strict=True) if reading is None)
    parts = [Figure(each.value, each.numerator, each.denominator) if each else None for each in found]
    sources = frozenset(each.source_id for each in series)
    rolled = roll_up(how, parts) if how in OVER_SEGMENTS else _of_then(parts)
    return RollUp(period, rolled, sources, " and ".join(along).replace("_", " "), missing)
