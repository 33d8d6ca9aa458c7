"""Two measures against each other, a dot a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from truthgov.figures import word_figure
from truthgov.svg.elements import Svg, drawing, line, number, path, text
from truthgov.svg.panels import IDLE_ZEROS
from truthgov.svg.scales import Scale, spanning, thinned

LEFT, RIGHT, TOP, FOOT = 60.0, 24.0, 26.0, 42.0
OUTLINES = (
    "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z",
    "m0 -4l4 7h-8Z",
    "m-3 -3h6v6h-6Z",
    "m0 -4.5l4 4.5l-4 4.5l-4 -4.5Z",
)
"""The shape of each group's dots, from their centre."""
LABEL = 62.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One period: both figures, what a pointer resting on it reads, and the number of its group."""

    across: float
    up: float
    note: str
    group: int = 0


@dataclass(frozen=True, slots=True)
class Scatter:
    """What is drawn: names and units of both axes, the dots, and the names of their groups where there are several."""

    title: str
    description: str
    across: str
    across_unit: str
    up: str
    up_unit: str
    dots: Sequence[Dot]
    groups: Sequence[str] = ()


def draw_scatter(given: Scatter, width: float = 460, height: float = 300) -> Svg:
    """Draw the dots; groups differ by shape as well as by colour."""
    shown = given.groups if len(given.groups) > 1 else ()
    bottom = height - FOOT - 18 * len(shown)
    up, ticks = spanning([each.up for each in given.dots], bottom, TOP + 6, 5)
    across, marks = spanning([each.across for each in given.dots], LEFT, width - RIGHT, max(2, int(width / 110)))
    body = [text(2, 14, _cut(given.up, width), "ink", weight=600)]
    for tick in ticks:
        body.append(line(LEFT, up.place(tick), width - RIGHT, up.place(tick), "grid"))
        body.append(text(LEFT - 8, up.place(tick) + 3.5, _label(tick, given.up_unit), anchor="end"))
    body += _bottom(given, across, marks, bottom, width)
    body += [_dot(each, across, up) for each in given.dots]
    for group, name in enumerate(shown):
        y = bottom + FOOT + 14 + 18 * group
        body += [path(f"M10 {number(y - 4)}{OUTLINES[group % len(OUTLINES)]}", _role(group)), text(22, y, name)]
    return drawing(width, height + 6, given.title, given.description, body)


def _bottom(given: Scatter, across: Scale, marks: list[float], bottom: float, width: float) -> list[str]:
    labels = [_label(mark, given.across_unit) for mark in marks]
    parts = [line(LEFT, bottom, width - RIGHT, bottom, "axis")]
    for at in thinned(labels, width - LEFT - RIGHT, LABEL):
        parts.append(text(across.place(marks[at]), bottom + 16, labels[at], anchor="middle"))
    return [*parts, text(width - RIGHT, bottom + 34, _cut(given.across, width), "ink", anchor="end", weight=600)]


def _dot(each: Dot, across: Scale, up: Scale) -> str:
    place = f"M{number(across.place(each.across))} {number(up.place(each.up))}"
    return path(place + OUTLINES[each.group % len(OUTLINES)], _role(each.group), note=each.note)


def _role(group: int) -> str:
    return f"dot-{group % len(OUTLINES)}"


def _label(value: float, unit: str) -> str:
    return IDLE_ZEROS.sub("", word_figure(Decimal(repr(value)), unit).text)


def _cut(name: str, width: float) -> str:
    room = int(width / 6.9)
    return name if len(name) <= room else f"{name[: room - 1]}…"
