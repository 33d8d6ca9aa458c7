"""Where figures come from and where they lead: columns of named boxes, joined from left to right."""

from dataclasses import dataclass

from truthgov.svg.elements import Svg, box, drawing, number, path, text, wrapped

GAP, HEAD, HEIGHT, BETWEEN = 44.0, 26.0, 40.0, 12.0
CHARACTER = 6.8
MOST = 12
"""Boxes drawn in a column; whatever is more is counted in the last one."""


@dataclass(frozen=True, slots=True)
class Column:
    """Boxes of one kind, by key, in the order in which they are drawn."""

    title: str
    boxes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """Columns from left to right, and which boxes lead to which (by their keys); `about` is the one in question."""

    title: str
    columns: tuple[Column, ...]
    joined: tuple[tuple[str, str], ...]
    about: str = ""

    def described(self) -> str:
        """Tell the drawing in words."""
        told = (f"{column.title}: {', '.join(name for _, name in column.boxes)}" for column in self.columns)
        return "; leading to ".join(told)


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


def draw_lineage(lineage: Lineage, width: float = 900) -> Svg:
    """Draw what leads to what, as wide as the room is; boxes beyond MOST are counted, and their joins left out."""
    columns = [column for column in lineage.columns if column.boxes]
    across = (width - 4 - GAP * (len(columns) - 1)) / max(len(columns), 1)
    most = max((min(len(column.boxes), MOST + 1) for column in columns), default=0)
    tall = HEAD + most * (HEIGHT + BETWEEN)
    places: dict[str, _Place] = {}
    body: list[str] = []
    for at, column in enumerate(columns):
        x = 2 + at * (across + GAP)
        shown = column.boxes[:MOST]
        body.append(text(x, 14, column.title, "muted", weight=600))
        first = HEAD + (most - min(len(column.boxes), MOST + 1)) * (HEIGHT + BETWEEN) / 2
        for row, (key, name) in enumerate(shown):
            places[key] = _Place(x, first + row * (HEIGHT + BETWEEN))
            body += _box(places[key], name, across, about=key == lineage.about)
        if len(column.boxes) > MOST:
            below = first + MOST * (HEIGHT + BETWEEN) + 16
            body.append(text(x + 8, below, f"and {len(column.boxes) - MOST} more", "muted"))
    joins = [_join(places[one], places[other], across) for one, other in lineage.joined
             if one in places and other in places]  # fmt: skip
    return drawing(width, tall, lineage.title, lineage.described(), [*joins, *body])


def _box(place: _Place, name: str, width: float, *, about: bool) -> list[str]:
    rows = wrapped(name, int((width - 16) / CHARACTER), 2)
    first = place.middle + 4 - 6.5 * (len(rows) - 1)
    weight = 600 if about else 400
    return [
        box(place.x, place.y, width, HEIGHT, "box", radius=6),
        *(text(place.x + 8, first + 13 * at, row, "ink", weight=weight) for at, row in enumerate(rows)),
    ]


def _join(one: _Place, other: _Place, width: float) -> str:
    start, end = one.x + width, other.x - 1
    bend = (start + end) / 2
    return path(
        f"M{number(start)} {number(one.middle)}C{number(bend)} {number(one.middle)} {number(bend)} "
        f"{number(other.middle)} {number(end)} {number(other.middle)}", "arrow",
    )  # fmt: skip
