"""Roll-ups of a measure on its page: what its figures come to over longer periods, and its segments to their whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forums.measures.charts import word
from metrics.figures.courses import Course
from metrics.figures.roll_ups import RollUp, over_periods, over_segments
from metrics.figures.rolling import OVER_PERIODS, OVER_SEGMENTS, REFUSED, longer
from metrics.models import Definition, Measure, Segment
from truthgov.figures import Figure
from truthgov.periods import Grain

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Line:
    """What parts come to, worded: `told` says of how many, or why there is no figure."""

    name: str
    figure: Figure | None
    told: str


@dataclass(frozen=True, slots=True)
class RollUpPanel:
    """`refused` says why nothing is rolled up; else a group of lines for each longer grain, and one for segments."""

    how: str
    refused: str
    groups: list[tuple[str, list[Line]]]


def roll_up_panel(
    measure: Measure, segment: Segment | None, course: Course | None, versions: Sequence[Definition]
) -> RollUpPanel | None:
    """None where there is nothing yet to roll up; `versions` are the approved ones. No more queries than three."""
    if segment is None or course is None:
        return None
    definition, ways = course.definition, {each.roll_up for each in versions}
    if ways.isdisjoint(OVER_PERIODS):
        return RollUpPanel("", REFUSED.format(measure), [])
    groups = [
        (f"By {grain}", _lines(over_periods(course, grain)[:SHOWN], definition, _periods(definition)))
        for grain in longer(Grain(definition.grain))
    ]
    if not ways.isdisjoint(OVER_SEGMENTS):
        wholes = over_segments(measure, segment, versions)
        groups.append(("From segments", _lines(wholes, definition, "segments")))
    return RollUpPanel(definition.get_roll_up_display(), "", [group for group in groups if group[1]])


def _periods(definition: Definition) -> str:
    return f"{definition.grain}s"


def _lines(found: Iterable[RollUp], definition: Definition, parts: str) -> list[Line]:
    return [_line(each, definition, parts) for each in found]


def _line(each: RollUp, definition: Definition, parts: str) -> Line:
    rolled, name = each.rolled, f"{each.period}, by {each.by}" if each.by else str(each.period)
    if rolled.value is not None:
        return Line(name, word(rolled.value, definition), f"complete: {rolled.given} of {rolled.expected} {parts}")
    if rolled.complete:
        return Line(name, None, f"unknown: {rolled.why}")
    missing = f"; not there: {', '.join(each.missing[:SHOWN])}" if each.missing else ""
    return Line(name, None, f"incomplete: {rolled.given} of {rolled.expected} {parts}{missing}")
