"""Where figures come from and where they lead: columns of named boxes, joined from left to right."""

from dataclasses import dataclass

from truthgov.svg.elements import Svg, box, drawing, number, path, text, wrapped

GAP, HEAD, HEIGHT, BETWEEN = 44.0, 26.0, 40.0, 12.0
STEP = HEIGHT + BETWEEN
BOW = 28.0
"""How far a join reaches to the right that leads to the same column, or back."""
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
    """A box: in which column, and where its left upper corner stands."""

    column: int
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Where a column stands: its left edge, the top of its first box, and how many boxes it has."""

    x: float
    first: float
    boxes: int

    def lane(self, y: float) -> float:
        """The height nearest to another at which a join passes between its boxes, above or below them."""
        row = min(max(round((y - self.first + BETWEEN / 2) / STEP), 0), self.boxes)
        return self.first - BETWEEN / 2 + row * STEP


def draw_lineage(lineage: Lineage, width: float = 900) -> Svg:
    """Draw what leads to what, as wide as the room is; boxes beyond MOST are counted, and their joins left out."""
    columns = [column for column in lineage.columns if column.boxes]
    bow = BOW if _turns_in(columns[-1:], lineage.joined) else 0
    across = (width - 4 - bow - GAP * (len(columns) - 1)) / max(len(columns), 1)
    most = max((min(len(column.boxes), MOST + 1) for column in columns), default=0)
    drawn = [_stand(column, 2 + at * (across + GAP), most) for at, column in enumerate(columns)]
    places: dict[str, _Place] = {}
    body: list[str] = []
    for at, (column, stands) in enumerate(zip(columns, drawn, strict=True)):
        body.append(text(stands.x, 14, column.title, "muted", weight=600))
        for row, (key, name) in enumerate(column.boxes[:MOST]):
            places[key] = _Place(at, stands.x, stands.first + row * STEP)
            body += _box(places[key], name, across, about=key == lineage.about)
        if len(column.boxes) > MOST:
            below = stands.first + MOST * STEP + 16
            body.append(text(stands.x + 8, below, f"and {len(column.boxes) - MOST} more", "muted"))
    joins = [_join(places[one], places[other], drawn, across) for one, other in lineage.joined
             if one in places and other in places]  # fmt: skip
    return drawing(width, HEAD + most * STEP, lineage.title, lineage.described(), [*joins, *body])


def _turns_in(columns: list[Column], joined: tuple[tuple[str, str], ...]) -> bool:
    """Does a join lead from a box to another of the same of these columns?"""
    keys = [{key for key, _ in column.boxes} for column in columns]
    return any(one in within and other in within for one, other in joined for within in keys)


def _stand(column: Column, x: float, most: int) -> _Drawn:
    """In the middle of the height that the longest column takes."""
    boxes = min(len(column.boxes), MOST + 1)
    return _Drawn(x, HEAD + (most - boxes) * STEP / 2, boxes)


def _box(place: _Place, name: str, width: float, *, about: bool) -> list[str]:
    rows = wrapped(name, int((width - 16) / CHARACTER), 2)
    first = place.middle + 4 - 6.5 * (len(rows) - 1)
    weight = 600 if about else 400
    return [
        box(place.x, place.y, width, HEIGHT, "box", radius=6),
        *(text(place.x + 8, first + 13 * at, row, "ink", weight=weight) for at, row in enumerate(rows)),
    ]


def _join(one: _Place, other: _Place, drawn: list[_Drawn], width: float) -> str:
    """From the right of one box to the left of another, between the boxes of the columns on the way.

    Within one column, or back to an earlier one, it comes in from the right.
    """
    x, y = one.x + width, one.middle
    if other.column <= one.column:
        end, out = other.x + width + 1, max(x, other.x + width) + BOW
        return path(
            f"M{_point(x, y)}C{_point(out, y)} {_point(out, other.middle)} {_point(end, other.middle)}", "arrow"
        )
    way, between = [f"M{_point(x, y)}"], drawn[one.column + 1 : other.column]
    for passed, column in enumerate(between, start=1):
        lane = column.lane(one.middle + (other.middle - one.middle) * passed / (len(between) + 1))
        way += [_curve(x, y, column.x, lane), f"H{number(column.x + width)}"]
        x, y = column.x + width, lane
    return path("".join([*way, _curve(x, y, other.x - 1, other.middle)]), "arrow")


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    bend = (x + to_x) / 2
    return f"C{_point(bend, y)} {_point(bend, to_y)} {_point(to_x, to_y)}"


def _point(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"
