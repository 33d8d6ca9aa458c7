"""A contradiction's outcome segment by segment: small charts on one scale, the worst first."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from forums.charts import word
from metrics.courses import Course, courses
from metrics.models import Contradiction, Definition, Segment
from truthgov.svg import Line, Panel, Svg, draw_multiples

MOST = 12
"""Segments shown of a dimension."""
COUNTED = (Definition.Unit.COUNT, Definition.Unit.CURRENCY)
"""Units in which a large segment is not better than a small one."""


@dataclass(frozen=True, slots=True)
class Multiples:
    """The segments of one dimension, drawn side by side, and how each stands last."""

    dimension: str
    drawing: Svg
    standing: list[tuple[str, str]]
    left: int

    @property
    def drawing_title(self) -> str:
        return f"By {self.dimension.replace('_', ' ')}, the worst first"

    @property
    def anchor(self) -> str:
        return f"by-{slugify(self.dimension)}"


def multiples_of(case: Contradiction, *, width: float = 640) -> list[Multiples]:
    """By dimension, the parts of the case's scope in which its outcome is measured; a fixed number of queries."""
    measure = case.other_measure_id or case.measure_id
    found = courses([(measure, part) for part in _parts(case.segment, measure)])
    by_dimension: dict[str, list[tuple[str, Course]]] = defaultdict(list)
    for course in found:
        if course and course.latest:
            (name, value), *_ = course.segment.values.items() - case.segment.values.items()
            by_dimension[name].append((str(value), course))
    return [_drawn(name, parts, width) for name, parts in sorted(by_dimension.items()) if len(parts) > 1]


def _parts(whole: Segment, measure: int) -> list[Segment]:
    """Segments with figures that are one step narrower than a whole."""
    narrower = Segment.objects.filter(series__measure=measure, values__contains=whole.values).distinct()
    return [part for part in narrower.order_by("key") if len(part.values) == len(whole.values) + 1]


def _drawn(dimension: str, parts: Sequence[tuple[str, Course]], width: float) -> Multiples:
    ordered = sorted(parts, key=lambda part: (not _is_small(part[1]), _badness(part[1])), reverse=True)
    starts = sorted({point.period for _, course in ordered[:MOST] for point in course.points})
    panels = [_panel(name, course, starts) for name, course in ordered[:MOST]]
    across = 2 if width < 480 else 3
    drawing = draw_multiples(f"By {dimension}", panels, width, across)
    standing = [(name, _standing(course)) for name, course in ordered[:MOST]]
    return Multiples(dimension, drawing, standing, len(ordered[MOST:]))


def _is_small(course: Course) -> bool:
    """Does its last figure rest on too few cases to tell? Such parts come last."""
    least, last = course.definition.reliable_from, course.latest
    return bool(last and least and last.denominator is not None and last.denominator < least)


def _badness(course: Course) -> float:
    """How far the last figure is on the wrong side, by its direction; what is counted is held against its own past."""
    values = [float(point.value) for point in course.points if point.value is not None]
    usual = sum(values) / len(values)
    size = values[-1] / usual if course.definition.unit in COUNTED and usual else values[-1]
    return -size if course.definition.direction == Definition.Direction.HIGHER else size


def _panel(name: str, course: Course, periods: Collection[object]) -> Panel:
    held = {point.period: point.value for point in course.points}
    values = tuple(held.get(period) for period in periods)  # type: ignore[call-overload]
    definition = course.definition
    return Panel(name, definition.worded_unit, (Line(name, values),), definition.target, None, definition.direction)


def _standing(course: Course) -> str:
    return f"{word(course.latest.value, course.definition)} in {course.latest.period}" if course.latest else ""
