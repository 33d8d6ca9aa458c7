"""A radar: a few shares on spokes round a centre, held against what is demanded; the weakest is seen at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from truthgov.svg.elements import Svg, dot, drawing, line, number, path, text

RINGS = (0.25, 0.5, 0.75, 1.0)
BESIDE, ABOVE = 92.0, 40.0
"""Room for the names at the sides, above and below."""
UPRIGHT = 0.2
"""How far from the middle a spoke's end may lie for its name to stand centred."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """One share (0 to 1) by name, and what is demanded of it; None where nothing is asked, drawn as an absence."""

    name: str
    share: float | None
    worded: str
    demanded: float

    @property
    def is_short(self) -> bool:
        return self.share is not None and self.share < self.demanded


@dataclass(frozen=True, slots=True)
class Radar:
    """Spokes in their order, clockwise from the top."""

    title: str
    spokes: tuple[Spoke, ...]

    def described(self) -> str:
        """Tell the drawing in words."""
        return "; ".join(f"{each.name} {each.worded}, {each.demanded:.0%} demanded" for each in self.spokes)


def draw_radar(radar: Radar, width: float = 340) -> Svg:
    """Draw the shares as one outline; what falls short of the demand is marked by a diamond, not by colour alone."""
    radius = width / 2 - BESIDE
    centre = (width / 2, radius + ABOVE)
    ends = [_direction(place, len(radar.spokes)) for place in range(len(radar.spokes))]
    body = [path(_ring(centre, radius * ring, ends), "missing" if ring == 1 else "outline") for ring in RINGS]
    body += [line(*centre, *_place(centre, radius, end), "grid") for end in ends]
    told = [(end, spoke.share) for end, spoke in zip(ends, radar.spokes, strict=True) if spoke.share is not None]
    shape = _outline([_place(centre, radius * share, end) for end, share in told])
    demand = [_place(centre, radius * spoke.demanded, end) for end, spoke in zip(ends, radar.spokes, strict=True)]
    body += [path(shape, "band"), path(_outline(demand), "target"), path(shape, "line-0")]
    for end, spoke in zip(ends, radar.spokes, strict=True):
        body += _spoke(spoke, end, centre, radius)
    return drawing(width, 2 * (radius + ABOVE), radar.title, radar.described(), body)


def _spoke(spoke: Spoke, end: tuple[float, float], centre: tuple[float, float], radius: float) -> list[str]:
    """Its mark, and its name outside with the share below."""
    short = spoke.is_short
    x, y = _place(centre, radius * (1.0 if spoke.share is None else spoke.share), end)
    if spoke.share is None:
        mark = path(f"M{number(x - 3)} {number(y - 3)}l6 6m0 -6l-6 6", "missing")
    elif short:
        mark = path(f"M{number(x)} {number(y - 6)}l6 6l-6 6l-6 -6Z", "signal")
    else:
        mark = dot(x, y, 3.2, "dot-0")
    at_x, at_y = _place(centre, radius + 14, end)
    anchor = "middle" if abs(end[0]) < UPRIGHT else "start" if end[0] > 0 else "end"
    at_y += {True: -14.0, False: 4.0}[end[1] < -1 + UPRIGHT] if anchor == "middle" else -3.0
    return [
        mark,
        text(at_x, at_y, spoke.name, "ink", anchor=anchor, size=12, weight=600),
        text(at_x, at_y + 14, spoke.worded, "bad" if short else "muted", anchor=anchor, weight=600 if short else 400),
    ]


def _direction(place: int, count: int) -> tuple[float, float]:
    turn = 2 * pi * place / count
    return sin(turn), -cos(turn)


def _place(centre: tuple[float, float], distance: float, end: tuple[float, float]) -> tuple[float, float]:
    return centre[0] + distance * end[0], centre[1] + distance * end[1]


def _ring(centre: tuple[float, float], distance: float, ends: Sequence[tuple[float, float]]) -> str:
    return _outline([_place(centre, distance, end) for end in ends])


def _outline(places: Sequence[tuple[float, float]]) -> str:
    """A closed path; of no places, one that draws nothing."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in places) + "Z" if places else "M0 0"
