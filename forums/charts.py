"""Courses drawn: a measure with its natural limits and target; both sides of a contradiction on one time axis."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import isfinite

import numpy as np

from metrics.courses import Course, Point, breaks
from metrics.detection.limits import xmr
from metrics.models import Definition
from truthgov.figures import Figure, word_figure
from truthgov.labels import abbreviate
from truthgov.periods import Period
from truthgov.svg import Chart, Limits, Line, Mark, Panel

FEWEST_FOR_LIMITS = 6
Decided = Sequence[tuple[date, str]]


def word(value: Decimal | None, definition: Definition) -> Figure:
    """A figure in its definition's unit, a sum of money in its currency."""
    return word_figure(value, definition.worded_unit)


def chart_of(course: Course, title: str, *, signalled: Collection[date] = ()) -> Chart | None:
    """One measure with its natural limits (XmR), target and marks; None while nothing has been reported."""
    if course.latest is None:
        return None
    panel = _panel(course, title, course.points, signalled)
    return _chart(title, [panel], course.points, signalled)


def evidence_of(
    sides: Sequence[tuple[str, Course]], title: str, *, signalled: Collection[date], decided: Decided = ()
) -> Chart | None:
    """Measures one above the other over the same periods, so that the eye carries one onto the other.

    `decided` are days on which something was decided on them, with what.
    """
    shown = [(name, course) for name, course in sides if course.latest]
    if not shown:
        return None
    periods = _common_periods([course for _, course in shown])
    panels = [_panel(course, name, _over(course, periods), signalled) for name, course in shown]
    return _chart(title, panels, _over(shown[0][1], periods), signalled, decided)


def disagreement_of(
    course: Course, title: str, names: Collection[str], *, signalled: Collection[date], decided: Decided = ()
) -> Chart | None:
    """One measure as each of the named sources reports it, on one vertical axis."""
    told = {source.name: points for source, points in course.of_source.items() if source.name in names}
    lines = tuple(
        Line(name, _values(points), _marks(points, breaks(points), signalled)) for name, points in told.items()
    )
    if not lines:
        return None
    definition = course.definition
    panel = Panel(title, definition.worded_unit, lines, definition.target, None, definition.direction)
    return _chart(title, [panel], next(iter(told.values())), signalled, decided)


def _chart(
    title: str, panels: list[Panel], points: Sequence[Point], signalled: Collection[date], decided: Decided = ()
) -> Chart:
    periods = [point.period for point in points]
    told = f"{len(panels)} series" if len(panels) > 1 else "One series"
    description = f"{told} from {periods[0]} to {periods[-1]}. The figures follow as a table."
    highlighted = tuple(at for at, period in enumerate(periods) if period.start in signalled)
    names, ticks = tuple(map(str, periods)), tuple(map(abbreviate, periods))
    within = tuple(
        (at, told) for day, told in decided for at, period in enumerate(periods) if period.start <= day < period.end
    )
    return Chart(title, description, names, ticks, tuple(panels), highlighted, within)


def _panel(course: Course, title: str, points: Sequence[Point], signalled: Collection[date]) -> Panel:
    definition = course.definition
    line = Line(title, _values(points), _marks(points, breaks(points), signalled))
    return Panel(
        title, definition.worded_unit, (line,), definition.target, _natural_limits(points),
        definition.direction,
    )  # fmt: skip


def _values(points: Sequence[Point]) -> tuple[Decimal | None, ...]:
    return tuple(point.value for point in points)


def _marks(points: Sequence[Point], broken: Sequence[int], signalled: Collection[date]) -> tuple[tuple[int, Mark], ...]:
    marks = [(at, Mark.BREAK) for at in broken]
    for at, point in enumerate(points):
        if point.period.start in signalled:
            marks.append((at, Mark.SIGNAL))
        if point.restated:
            marks.append((at, Mark.RESTATED))
    return tuple(marks)


def _natural_limits(points: Sequence[Point]) -> Limits | None:
    """Limits of each stretch that is counted alike, from its own figures; none where these are too few to tell."""
    edges = [0, *breaks(points), len(points)]
    stretches = [_limits_of(points[first:last]) for first, last in pairwise(edges)]
    if not any(any(upper is not None for upper in each.upper) for each in stretches):
        return None
    lower, upper, centre = (
        tuple(value for each in stretches for value in getattr(each, side)) for side in ("lower", "upper", "centre")
    )
    return Limits(lower, upper, centre)


def _limits_of(points: Sequence[Point]) -> Limits:
    values = np.array([np.nan if point.value is None else float(point.value) for point in points])
    nothing = (None,) * len(points)
    if np.isfinite(values).sum() < FEWEST_FOR_LIMITS:
        return Limits(nothing, nothing, nothing)
    limits = xmr(values)
    if not isfinite(limits.centre):
        return Limits(nothing, nothing, nothing)
    lower = np.maximum(limits.lower, 0) if np.nanmin(values) >= 0 else limits.lower
    return Limits(_known(lower), _known(limits.upper), (limits.centre,) * len(points))


def _known(values: np.ndarray) -> tuple[float | None, ...]:
    return tuple(float(value) if isfinite(value) else None for value in values)


def _common_periods(courses: Sequence[Course]) -> list[Period]:
    """All periods of any course; of two grains, those of the first alone."""
    grain = courses[0].points[0].period.grain
    told = {point.period for course in courses for point in course.points if point.period.grain == grain}
    return sorted(told)


def _over(course: Course, periods: Sequence[Period]) -> list[Point]:
    held = {point.period: point for point in course.points}
    return [held.get(period) or Point(period, course.definition) for period in periods]
