"""A measure part by part of a whole: small charts on one scale, the worst first, with what each process says."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from forums.cases.sides import Standing, judge
from forums.measures.processes import limits_of, process_of, signs_of
from metrics.figures.courses import Course, breaks, courses
from metrics.models import Definition, Segment
from truthgov.periods import Period
from truthgov.svg import Line, Mark, Panel, Svg, draw_multiples

MOST = 12
"""Segments shown of a dimension."""
COUNTED = (Definition.Unit.COUNT, Definition.Unit.CURRENCY)
"""Units in which a large segment is not better than a small one."""
WIDE, PHONE = 640, 326


@dataclass(frozen=True, slots=True)
class Part:
    """One segment: its name within the dimension, its last figure, and what its process says."""

    name: str
    segment: Segment
    standing: Standing
    variation: str
    assurance: str


@dataclass(frozen=True, slots=True)
class Multiples:
    """A measure (by its code) in the segments of one dimension and some periods, drawn for wide and narrow screens."""

    dimension: str
    code: str
    periods: list[Period]
    wide: Svg
    narrow: Svg
    parts: list[Part]
    left: int

    @property
    def title(self) -> str:
        return f"By {self.dimension.replace('_', ' ')}, the worst first"

    @property
    def note(self) -> str:
        """What the drawings are of; a part whose figures end earlier is named, for no axis tells."""
        ends = [f"The last figure of {each.name} is that of {each.standing.period}."
                for each in self.parts if each.standing.period != self.periods[-1]]  # fmt: skip
        return " ".join(
            [f"{self.periods[0]} to {self.periods[-1]}. All on one scale, each with its own limits.", *ends]
        )

    @property
    def standing(self) -> list[tuple[str, str]]:
        """The last figure of each, in words."""
        return [(each.name, f"{each.standing.figure} in {each.standing.period}") for each in self.parts]

    @property
    def anchor(self) -> str:
        return f"by-{slugify(self.dimension)}"


def multiples_of(measure: int, whole: Segment) -> list[Multiples]:
    """By dimension, the parts of a whole that a measure is known of; a fixed number of queries."""
    by_dimension: dict[str, list[tuple[str, Course]]] = defaultdict(list)
    for course in courses([(measure, part) for part in _parts(whole, measure)]):
        if course and course.latest:
            (name, value), *_ = course.segment.values.items() - whole.values.items()
            by_dimension[name].append((str(value), course))
    return [_drawn(name, parts) for name, parts in sorted(by_dimension.items()) if len(parts) > 1]


def _parts(whole: Segment, measure: int) -> list[Segment]:
    """Segments with figures that are one step narrower than a whole."""
    narrower = Segment.objects.filter(series__measure=measure, values__contains=whole.values).distinct()
    return [part for part in narrower.order_by("key") if len(part.values) == len(whole.values) + 1]


def _drawn(dimension: str, parts: Sequence[tuple[str, Course]]) -> Multiples:
    ordered = sorted(parts, key=lambda part: (not _is_small(part[1]), _badness(part[1])), reverse=True)[:MOST]
    periods = sorted({period for _, course in ordered for period in course.periods})
    panels = [_panel(name, course, periods) for name, course in ordered]
    title = f"By {dimension.replace('_', ' ')}"
    wide, narrow = draw_multiples(title, panels, WIDE, 3), draw_multiples(title, panels, PHONE, 2)
    code = ordered[0][1].definition.measure.code
    told = [_part(*each) for each in ordered]
    return Multiples(dimension, code, periods, wide, narrow, told, len(parts) - len(ordered))


def _part(name: str, course: Course) -> Part:
    found = process_of(course, course.periods)
    standing = judge(course.latest) if course.latest else Standing()
    return Part(name, course.segment, standing, *signs_of(found, course.definition))


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


def _panel(name: str, course: Course, periods: Sequence[Period]) -> Panel:
    points = course.over(periods)
    anew = tuple((at, Mark.BREAK) for at in breaks(points))
    line = Line(name, tuple(point.value for point in points), anew)
    definition, limits = course.definition, limits_of(process_of(course, periods))
    return Panel(name, definition.worded_unit, (line,), definition.target, limits, definition.direction)
