"""How far two courses go together at each lag: a correlation with its interval, lag by lag."""

from collections.abc import Sequence
from dataclasses import dataclass

from truthgov.svg.elements import Svg, drawing, line, number, path, text
from truthgov.svg.scales import Scale, columns

LEFT, TOP, FOOT = 40.0, 10.0, 42.0
TICKS = (-1.0, -0.5, 0.0, 0.5, 1.0)
CAP = 5.0


@dataclass(frozen=True, slots=True)
class AtLag:
    """A correlation between −1 and 1 with its interval, None where nothing can be said; `is_seen`: beyond chance."""

    lag: int
    rho: float | None
    lower: float | None
    upper: float | None
    is_seen: bool
    note: str


@dataclass(frozen=True, slots=True)
class Lags:
    """What is drawn; `declared` is the lag that is expected, `unit` what lags are counted in ("months")."""

    title: str
    description: str
    at_lags: Sequence[AtLag]
    unit: str
    declared: int | None = None


def draw_lags(given: Lags, width: float = 460, height: float = 190) -> Svg:
    """Draw the correlation by lag: filled dots where it is beyond chance, hollow ones where it is not."""
    bottom = height - FOOT
    scale, xs = Scale(-1.0, 1.0, bottom, TOP), columns(len(given.at_lags), LEFT, width - 8)
    body: list[str] = []
    for tick in TICKS:
        y = scale.place(tick)
        body.append(line(LEFT, y, width - 8, y, "grid" if tick else "axis"))
        body.append(text(LEFT - 8, y + 3.5, f"{tick:+g}" if tick else "0", anchor="end"))
    for each, x in zip(given.at_lags, xs, strict=True):
        expected = each.lag == given.declared
        body.append(text(x, bottom + 16, str(each.lag), "ink" if expected else "muted", anchor="middle",
                         weight=600 if expected else 400))  # fmt: skip
        body += _one(each, x, scale)
    axis = f"{given.unit} later" if given.declared is None else f"{given.unit} later; in bold: as the link expects"
    body.append(text((LEFT + width - 8) / 2, bottom + 34, axis, anchor="middle"))
    return drawing(width, height, given.title, given.description, body)


def _one(each: AtLag, x: float, scale: Scale) -> list[str]:
    if each.rho is None:
        middle = number(scale.place(0) - 3)
        return [path(f"M{number(x - 3)} {middle}l6 6m0 -6l-6 6", "missing", note=each.note)]
    y, parts = scale.place(each.rho), []
    if each.lower is not None and each.upper is not None:
        low, high = scale.place(each.lower), scale.place(each.upper)
        parts = [line(x, low, x, high, "whisker"), line(x - CAP, low, x + CAP, low, "whisker"),
                 line(x - CAP, high, x + CAP, high, "whisker")]  # fmt: skip
    shape = f"M{number(x - 4.5)} {number(y)}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z"
    return [*parts, path(shape, "seen" if each.is_seen else "unseen", note=each.note)]
