"""A journey from end to end: stages as boxes, handoffs as arrows with what is promised written on them."""

from dataclasses import dataclass

from truthgov.svg.elements import Svg, box, drawing, line, number, path, text, wrapped

NARROWEST, WIDEST, BOX_HEIGHT, GAP = 122.0, 190.0, 108.0, 84.0
ROW_GAP = 40.0
TALL_BOX, TALL_GAP = 84.0, 60.0
STANDINGS = {"failing": "box-bad", "unknown": "box-unknown"}


@dataclass(frozen=True, slots=True)
class MapStage:
    """A stage: its name, the function that carries it, and how it stands ("working", "failing", "unknown" or "")."""

    name: str
    function: str
    standing: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MapHandoff:
    """What one stage promises the next; `broken` when an open contradiction stands on it."""

    promise: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class JourneyMap:
    """Stages in order, with a handoff between each two neighbours (None where nothing is promised)."""

    title: str
    stages: tuple[MapStage, ...]
    handoffs: tuple[MapHandoff | None, ...]

    def __post_init__(self) -> None:
        """A handoff stands between two neighbouring stages: there is exactly one fewer."""
        if len(self.handoffs) != max(len(self.stages) - 1, 0):
            raise ValueError("A journey map has one handoff, or None, between each two neighbouring stages.")

    def described(self) -> str:
        """Tell the map in words."""
        return "; then ".join(f"{stage.name} ({stage.function})" for stage in self.stages)


@dataclass(frozen=True, slots=True)
class _Grid:
    """How the stages lie in rows: how many a row, and how wide each is."""

    per_row: int
    box: float

    @classmethod
    def fitting(cls, stages: int, width: float) -> "_Grid":
        per_row = max(1, min(stages, int((width - 4 + GAP) // (NARROWEST + GAP))))
        return cls(per_row, min(WIDEST, (width - 4 - (per_row - 1) * GAP) / per_row))

    def corner(self, index: int) -> tuple[float, float]:
        row, column = divmod(index, self.per_row)
        return 2 + column * (self.box + GAP), 2 + row * (BOX_HEIGHT + ROW_GAP)


def draw_journey(journey: JourneyMap, width: float = 960) -> Svg:
    """Draw a journey in rows from left to right, as many stages a row as the width holds; below 480 downwards."""
    if width < 480:
        return _draw_tall(journey, width)
    grid = _Grid.fitting(len(journey.stages), width)
    body: list[str] = []
    for index, stage in enumerate(journey.stages):
        body += _stage(stage, *grid.corner(index), grid.box, BOX_HEIGHT)
        if index:
            body += _handoff(journey.handoffs[index - 1], index, grid)
    rows = -(-len(journey.stages) // grid.per_row)
    height = max(rows, 1) * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + 4
    return drawing(width, height, journey.title, journey.described(), body)


def _stage(stage: MapStage, x: float, y: float, width: float, height: float) -> list[str]:
    columns = int((width - 20) / 6.2)
    parts = [box(x, y, width, height, STANDINGS.get(stage.standing, "box"), radius=6)]
    rows = wrapped(stage.name, columns, 2)
    parts += [text(x + 10, y + 20 + 15 * at, row, "ink", size=12.5, weight=600) for at, row in enumerate(rows)]
    below = y + 22 + 15 * len(rows)
    parts += [text(x + 10, below + 13 * at, row) for at, row in enumerate(wrapped(stage.function, columns, 2))]
    if stage.standing or stage.note:
        role = {"failing": "bad", "working": "good"}.get(stage.standing, "muted")
        wording = ": ".join(part for part in (stage.standing.capitalize(), stage.note) if part)
        rows = wrapped(wording, columns, 2)
        lowest = y + height - 10 - 13 * (len(rows) - 1)
        parts += [text(x + 10, lowest + 13 * at, row, role, weight=600) for at, row in enumerate(rows)]
    return parts


def _handoff(handoff: MapHandoff | None, index: int, grid: _Grid) -> list[str]:
    if index % grid.per_row == 0:
        return _row_turn(handoff, index, grid)
    x, y = grid.corner(index)
    middle = y + BOX_HEIGHT / 2
    parts = _arrow(x - GAP + 5, middle, x - 5, middle, handoff)
    if handoff:
        rows = wrapped(handoff.promise, int((GAP - 8) / 5.6), 3)
        above = middle - 9 - 13 * (len(rows) - 1)
        parts += [text(x - GAP / 2, above + 13 * at, row, anchor="middle") for at, row in enumerate(rows)]
        parts += _warning(handoff, x - GAP / 2, middle + 18, "middle")
    return parts


def _row_turn(handoff: MapHandoff | None, index: int, grid: _Grid) -> list[str]:
    """A handoff to the next row leaves its box downwards and comes back to the left edge."""
    from_x, from_y = grid.corner(index - 1)
    to_x, to_y = grid.corner(index)
    broken = bool(handoff and handoff.broken)
    lane = to_y - ROW_GAP / 2
    start, end = from_x + grid.box / 2, to_x + grid.box / 2
    bend = f"M{number(start)} {number(from_y + BOX_HEIGHT + 4)}V{number(lane)}H{number(end)}V{number(to_y - 8)}"
    parts = [path(bend, "arrow-bad" if broken else "arrow"), _head(end, to_y - 3, broken, downwards=True)]
    if handoff:
        wording = f"{handoff.promise} (broken)" if broken else handoff.promise
        parts += [text(end + 14, lane - 6, row) for row in wrapped(wording, 60, 1)]
    return parts


def _draw_tall(journey: JourneyMap, width: float) -> Svg:
    body: list[str] = []
    for index, stage in enumerate(journey.stages):
        y = 2 + index * (TALL_BOX + TALL_GAP)
        body += _stage(stage, 2, y, width - 4, TALL_BOX)
        if index:
            body += _tall_handoff(journey.handoffs[index - 1], y, width)
    height = max(len(journey.stages), 1) * (TALL_BOX + TALL_GAP) - TALL_GAP + 4
    return drawing(width, height, journey.title, journey.described(), body)


def _tall_handoff(handoff: MapHandoff | None, y: float, width: float) -> list[str]:
    parts = _arrow(26, y - TALL_GAP + 5, 26, y - 5, handoff)
    if handoff:
        rows = wrapped(handoff.promise, int((width - 50) / 5.8), 2)
        first = y - TALL_GAP / 2 + 4 - (6 if len(rows) > 1 or handoff.broken else 0)
        parts += [text(42, first + 13 * at, row) for at, row in enumerate(rows)]
        parts += _warning(handoff, 42, first + 13 * len(rows), "start")
    return parts


def _arrow(x1: float, y1: float, x2: float, y2: float, handoff: MapHandoff | None) -> list[str]:
    broken = bool(handoff and handoff.broken)
    downwards = x1 == x2
    tail = (x2, y2 - 6) if downwards else (x2 - 6, y2)
    return [line(x1, y1, *tail, "arrow-bad" if broken else "arrow"), _head(x2, y2, broken, downwards=downwards)]


def _head(x: float, y: float, broken: bool, *, downwards: bool) -> str:
    shape = f"M{number(x)} {number(y)}l-4.5 -8h9Z" if downwards else f"M{number(x)} {number(y)}l-8 -4.5v9Z"
    return path(shape, "head-bad" if broken else "head")


def _warning(handoff: MapHandoff, x: float, y: float, anchor: str) -> list[str]:
    return [text(x, y, "◆ broken", "bad", anchor=anchor, weight=600)] if handoff.broken else []
