"""One panel of a chart: the band of natural limits, the target, the lines with their gaps, the marks."""

import re
from dataclasses import dataclass

from truthgov.svg.elements import box, dot, dots, line, number, path, text
from truthgov.svg.scales import Scale, spread
from truthgov.svg.series import EDGES, Chart, Limits, Line, Mark, Panel, Plotted, absences, runs

DOTS_UP_TO = 80
LABEL_GAP = 13.0
IDLE_ZEROS = re.compile(r"\.0+(?!\d)|(?<=\.\d)0+(?!\d)")


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a panel stands on the drawing: its columns by period, its edges, its vertical scale and ticks."""

    xs: list[float]
    left: float
    right: float
    top: float
    bottom: float
    scale: Scale
    ticks: list[float]


def draw_panel(chart: Chart, panel: Panel, frame: Frame) -> list[str]:
    """Draw a panel from back to front: shading, grid, limits, target, breaks and new limits, lines, marks, labels."""
    parts = [*_highlights(chart, frame), *_grid(panel, frame), *_decisions(chart, frame)]
    half = (frame.right - frame.left) / max(len(frame.xs), 1) / 2
    if panel.limits:
        parts += draw_band(panel.limits, frame.xs, frame.scale, half)
    parts += _target(panel, frame, half)
    for index, series in enumerate(panel.lines):
        parts += _edges(series, frame)
        parts += draw_line(series.values, frame.xs, frame.scale, index)
        parts.append(_points(chart, panel, series, frame, index))
        parts += _absences(chart, series, frame)
        parts += _marks(chart, series, frame)
    return [*parts, *_end_labels(panel, frame)]


def _target(panel: Panel, frame: Frame, half: float) -> list[str]:
    """Draw the target across the panel, or as stairs where it was another one in other periods."""
    if panel.targets:
        stairs = (
            _steps([at for at, _ in run], panel.targets, frame.xs, frame.scale, half) for run in runs(panel.targets)
        )
        return [path(f"M{'L'.join(steps)}", "target") for steps in stairs]
    if panel.target is None:
        return []
    height = frame.scale.place(float(panel.target))
    return [line(frame.left, height, frame.right, height, "target")]


def draw_line(values: tuple[Plotted, ...], xs: list[float], scale: Scale, index: int) -> list[str]:
    """Draw a series: one stroke a run of figures, a lone figure as a dot, nothing where there is none."""
    parts: list[str] = []
    for run in runs(values):
        if len(run) == 1:
            parts.append(dot(xs[run[0][0]], scale.place(run[0][1]), 2.5, f"dot-{index}"))
        else:
            parts.append(path(_commands(run, xs, scale), f"line-{index}"))
    return parts


def _commands(run: list[tuple[int, float]], xs: list[float], scale: Scale) -> str:
    return "M" + "L".join(f"{number(xs[at])} {number(scale.place(value))}" for at, value in run)


def _highlights(chart: Chart, frame: Frame) -> list[str]:
    width = (frame.right - frame.left) / max(len(chart.periods), 1)
    return [
        box(frame.xs[index] - width / 2, frame.top, width, frame.bottom - frame.top, "highlight")
        for index in chart.highlighted
    ]


def _decisions(chart: Chart, frame: Frame) -> list[str]:
    """A stroke through the panel with a flag at its head, where something was decided."""
    return [
        path(f"M{number(frame.xs[at])} {number(frame.bottom)}V{number(frame.top)}h7l-7 7", "decision-mark",
             note=f"{chart.periods[at]}: {told}")
        for at, told in chart.decided
    ]  # fmt: skip


def _grid(panel: Panel, frame: Frame) -> list[str]:
    parts: list[str] = []
    for tick in frame.ticks:
        height = frame.scale.place(tick)
        parts.append(line(frame.left, height, frame.right, height, "grid"))
        parts.append(text(frame.left - 8, height + 3.5, _tick_label(panel, tick), anchor="end"))
    return parts


def _tick_label(panel: Panel, tick: float) -> str:
    return IDLE_ZEROS.sub("", panel.word(tick).text)


def draw_band(limits: Limits, xs: list[float], scale: Scale, half: float) -> list[str]:
    """Draw natural limits with their centre line; `half` is half the width of a period."""
    parts: list[str] = []
    edges = [
        None if low is None or high is None else index
        for index, (low, high) in enumerate(zip(limits.lower, limits.upper, strict=True))
    ]
    for run in runs(edges):
        inner = [int(value) for _, value in run]
        highs, lows = (_steps(inner, side, xs, scale, half) for side in (limits.upper, limits.lower))
        parts.append(path(f"M{'L'.join(highs + lows[::-1])}Z", "band"))
        parts += [path(f"M{'L'.join(highs)}", "limit"), path(f"M{'L'.join(lows)}", "limit")]
    for run in runs(limits.centre):
        steps = _steps([at for at, _ in run], limits.centre, xs, scale, half)
        parts.append(path(f"M{'L'.join(steps)}", "centre"))
    return parts


def _steps(indices: list[int], heights: tuple[Plotted, ...], xs: list[float], scale: Scale, half: float) -> list[str]:
    """Limits hold for a whole period each, so they are stairs and not slopes."""
    corners: list[str] = []
    for index in indices:
        height = number(scale.place(float(heights[index] or 0)))
        corners += [f"{number(xs[index] - half)} {height}", f"{number(xs[index] + half)} {height}"]
    return corners


def _edges(series: Line, frame: Frame) -> list[str]:
    half = (frame.right - frame.left) / max(len(frame.xs), 1) / 2
    return [
        line(place, frame.top, place, frame.bottom, "break" if kind is Mark.BREAK else "rebased")
        for kind in EDGES
        for place in (frame.xs[index] - half for index in series.indices(kind))
    ]


def _points(chart: Chart, panel: Panel, series: Line, frame: Frame, index: int) -> str:
    places = [
        (frame.xs[at], frame.scale.place(float(value)), f"{chart.periods[at]}: {panel.word(value).text}")
        for at, value in enumerate(series.values)
        if value is not None
    ]
    return dots(places, 2.2 if len(series.values) <= DOTS_UP_TO else 1.2, f"dot-{index}")


def _absences(chart: Chart, series: Line, frame: Frame) -> list[str]:
    """Mark a missing figure on the baseline; a gap in the line alone is easily overlooked."""
    height = number(frame.bottom - 8)
    return [
        path(f"M{number(frame.xs[at] - 3)} {height}l6 6m0 -6l-6 6", "missing", note=f"{chart.periods[at]}: no figure")
        for at in absences(series.values)
    ]


def _marks(chart: Chart, series: Line, frame: Frame) -> list[str]:
    parts: list[str] = []
    for at, kind in series.marks:
        value = series.values[at]
        if value is not None and kind not in EDGES:
            place = frame.scale.place(float(value))
            parts.append(mark_shape(kind, frame.xs[at], place, note=f"{chart.periods[at]}: {kind.value}"))
    for each in series.special:
        value = series.values[each.at]
        if value is not None:
            note = f"{chart.periods[each.at]}: {each.words}"
            parts.append(special_shape(each.rule, each.tone, frame.xs[each.at], frame.scale.place(float(value)), note))
    return parts


def mark_shape(kind: Mark, x: float, y: float, *, note: str = "") -> str:
    """Draw a mark by its own shape: a signal is a diamond, a restatement a hollow square, a break a broken stroke."""
    if kind is Mark.SIGNAL:
        return path(f"M{number(x)} {number(y - 6)}l6 6l-6 6l-6 -6Z", "signal", note=note)
    if kind is Mark.RESTATED:
        return path(f"M{number(x - 4)} {number(y - 4)}h8v8h-8Z", "restated", note=note)
    return line(x, y - 7, x, y + 7, "rebased" if kind is Mark.REBASED else "break")


SPECIAL = {
    Mark.OUTSIDE: (0.0, -6.0, "l6 10.5h-12Z"),
    Mark.TWO_OF_THREE: (-6.0, 0.0, "l3 -4l3 4l-3 4Zm6 0l3 -4l3 4l-3 4Z"),
    Mark.RUN: (-6.0, -3.0, "h12v6h-12Z"),
    Mark.TREND: (-6.5, 4.0, "l8 -9h5l-8 9Z"),
}
"""Where the outline of each rule's shape begins, off its point, and how it goes on."""


def special_shape(rule: Mark, tone: str, x: float, y: float, note: str = "") -> str:
    """Draw the shape of a rule: a triangle outside, a bar for a run, a slanting one for a trend, two beads for two of
    three; filled where it is for the worse, hollow where it is for the better."""
    across, down, outline = SPECIAL[rule]
    role = f"special-{tone}" if tone else "special"
    return path(f"M{number(x + across)} {number(y + down)}{outline}", role, note=note)


def _end_labels(panel: Panel, frame: Frame) -> list[str]:
    """Name target and last figures at the right edge, moved apart where they would collide."""
    wanted: list[tuple[float, str, str, int]] = []
    if panel.target is not None:
        wanted.append(
            (frame.scale.place(float(panel.target)), f"target {panel.word(panel.target).exact}", "muted", 400)
        )
    for index, series in enumerate(panel.lines):
        last = next((value for value in reversed(series.values) if value is not None), None)
        if last is not None:
            wanted.append((frame.scale.place(float(last)), panel.word(last).text, f"dot-{index}", 600))
    heights = spread([place for place, *_ in wanted], LABEL_GAP, frame.top + 4, frame.bottom - 2)
    return [
        text(frame.right + 8, height + 3.5, content, role, weight=weight)
        for height, (_, content, role, weight) in zip(heights, wanted, strict=True)
    ]
