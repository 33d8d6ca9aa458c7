"""Small drawings: a sparkline beside a figure, and small multiples for segments side by side."""

from collections.abc import Sequence

from truthgov.svg.elements import Svg, dot, drawing, line, text
from truthgov.svg.panels import draw_band, draw_line
from truthgov.svg.scales import Scale, columns, spanning
from truthgov.svg.series import Mark, Panel, Plotted, present


def draw_sparkline(
    title: str, values: Sequence[Plotted], target: Plotted = None, width: float = 96, height: float = 22,
    broken: Sequence[int] = (),
) -> Svg:  # fmt: skip
    """Draw a series small enough to stand in a table cell: its course, its target, its last figure.

    A line stands before each index in `broken`: from there on it is counted differently.
    """
    held = list(present(values))
    reach = held if target is None else [*held, float(target)]
    scale, _ = spanning(reach, height - 3, 3)
    tight = Scale(min(reach), max(reach), height - 3, 3) if reach and min(reach) < max(reach) else scale
    xs = columns(len(values), 0, width - 3)
    half = (width - 3) / max(len(xs), 1) / 2
    body = [line(xs[at] - half, 0, xs[at] - half, height, "break") for at in broken]
    body += _small_course(tuple(values), target, xs, tight, width - 3)
    description = f"{len(held)} of {len(values)} periods have a figure."
    if broken:
        description += f" It is counted differently from the {', '.join(f'{at + 1}.' for at in broken)} on."
    return drawing(width, height, title, description, body)


def draw_multiples(title: str, panels: Sequence[Panel], width: float = 760, across: int = 4) -> Svg:
    """Draw one small panel a segment on one common scale, so that heights compare across them."""
    cell, high = width / across, 120.0 if any(panel.limits for panel in panels) else 92.0
    scale, _ = spanning([height for panel in panels for height in panel.heights()], high - 14, 30)
    body: list[str] = []
    for index, panel in enumerate(panels):
        x, y = index % across * cell, index // across * high
        body.append(f'<g transform="translate({x:.0f} {y:.0f})">{"".join(_multiple(panel, scale, cell))}</g>')
    rows = -(-len(panels) // across)
    told = ", ".join(f"{panel.title} {panel.word(_last(panel)).text}" for panel in panels)
    return drawing(width, max(rows, 1) * high, title, f"{len(panels)} series on one scale. Last figures: {told}.", body)


def _multiple(panel: Panel, scale: Scale, cell: float) -> list[str]:
    values = panel.lines[0].values
    last = _last(panel)
    room = int((cell - 74) / 6)
    name = panel.title if len(panel.title) <= room else f"{panel.title[: room - 1]}…"
    return [
        text(0, 16, name, "ink", weight=600),
        text(cell - 18, 16, panel.word(last).text, "dot-0", anchor="end", weight=600),
        *_band(panel, columns(len(values), 0, cell - 18), scale, cell - 18),
        line(0, scale.start + 4, cell - 18, scale.start + 4, "grid"),
        *_breaks(panel, columns(len(values), 0, cell - 18), scale, cell - 18),
        *_small_course(values, panel.target, columns(len(values), 0, cell - 18), scale, cell - 18),
    ]


def _breaks(panel: Panel, xs: list[float], scale: Scale, width: float) -> list[str]:
    half = width / max(len(xs), 1) / 2
    at = panel.lines[0].indices(Mark.BREAK)
    return [line(xs[each] - half, scale.end, xs[each] - half, scale.start + 4, "break") for each in at]


def _last(panel: Panel) -> Plotted:
    return next((value for value in reversed(panel.lines[0].values) if value is not None), None)


def _band(panel: Panel, xs: list[float], scale: Scale, width: float) -> list[str]:
    return draw_band(panel.limits, xs, scale, width / max(len(xs), 1) / 2) if panel.limits else []


def _small_course(
    values: tuple[Plotted, ...], target: Plotted, xs: list[float], scale: Scale, width: float
) -> list[str]:
    parts: list[str] = []
    if target is not None:
        height = scale.place(float(target))
        parts.append(line(0, height, width, height, "target"))
    parts += draw_line(values, xs, scale, 0)
    last = next((index for index in range(len(values) - 1, -1, -1) if values[index] is not None), None)
    if last is not None:
        parts.append(dot(xs[last], scale.place(float(values[last] or 0)), 2.5, "dot-0"))
    return parts
