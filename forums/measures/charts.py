"""Courses drawn: a measure with its natural limits and target; both sides of a contradiction on one time axis."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from forums.measures.processes import limits_of, process_of, rebased, sign_of, special_of
from metrics.figures.courses import Course, Point, breaks
from metrics.models import Definition
from truthgov.figures import Figure, word_figure
from truthgov.labels import abbreviate
from truthgov.periods import Period
from truthgov.svg import Chart, Line, Mark, Panel

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


def process_chart(course: Course, title: str, *, decided: Decided = ()) -> Chart | None:
    """The same as a process: its special causes marked by the rule that finds them, and what was decided on it."""
    if course.latest is None:
        return None
    panel = _panel(course, title, course.points, (), is_process=True)
    return _chart(title, [panel], course.points, (), decided)


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
    panels = [_panel(course, name, course.over(periods), signalled) for name, course in shown]
    return _chart(title, panels, shown[0][1].over(periods), signalled, decided)


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
    points = next(iter(told.values()))
    panel = Panel(title, definition.worded_unit, lines, definition.target, None, definition.direction,
                  _targets(definition, points))  # fmt: skip
    return _chart(title, [panel], points, signalled, decided)


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


def _panel(
    course: Course, title: str, points: Sequence[Point], signalled: Collection[date], *, is_process: bool = False
) -> Panel:
    definition, anew = course.definition, rebased(course, points)
    found = process_of(course, [point.period for point in points])
    marks = (*_marks(points, breaks(points), signalled), *((at, Mark.REBASED) for at in anew))
    special = special_of(found, sign_of(definition)) if is_process else ()
    line = Line(title, _values(points), marks, special)
    return Panel(title, definition.worded_unit, (line,), definition.target, limits_of(found), definition.direction,
                 _targets(definition, points))  # fmt: skip


def _targets(definition: Definition, points: Sequence[Point]) -> tuple[Decimal | None, ...]:
    """The target that held in each period; empty where it was that of the definition in force in all of them."""
    held = tuple(point.definition.target for point in points)
    return held if set(held) - {definition.target} else ()


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


def _common_periods(courses: Sequence[Course]) -> list[Period]:
    """All periods of any course; of two grains, those of the first alone."""
    grain = courses[0].points[0].period.grain
    told = {point.period for course in courses for point in course.points if point.period.grain == grain}
    return sorted(told)
