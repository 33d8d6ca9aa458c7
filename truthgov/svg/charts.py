"""Charts over periods: one panel, or a KPI above the outcome it serves on one time axis."""

from truthgov.svg.elements import PENS, Svg, clean, drawing, line, number, path, text, wrapped
from truthgov.svg.panels import Frame, draw_panel, mark_shape, special_shape
from truthgov.svg.scales import columns, spanning, thinned
from truthgov.svg.series import Chart, Mark, Panel, Special, absences

LEFT, RIGHT, HEAD, GAP, FOOT = 58.0, 104.0, 26.0, 18.0, 22.0
LEGEND_INDENT = 6.0
NARROW = 480.0
TICK_ROOM = 52.0


def draw_chart(chart: Chart, width: float = 760, panel_height: float = 150) -> Svg:
    """Draw a chart. With two panels it is the evidence chart: what is claimed above what arrives at the customer."""
    right = width - (RIGHT if width >= NARROW else 84.0)
    xs = columns(len(chart.periods), LEFT, right)
    body: list[str] = []
    bottom = -GAP
    for panel in chart.panels:
        heading = _heading_rows(panel, width)
        top = bottom + GAP
        frame = _frame(panel, xs, right, top + HEAD + 15 * (len(heading) - 1), panel_height)
        body += [*_heading(heading, panel.better, top), *draw_panel(chart, panel, frame)]
        bottom = frame.bottom
    body += _period_axis(chart, xs, bottom, right)
    legend, height = _legend(chart, bottom + FOOT + 14, width)
    return drawing(width, height + 8, chart.title, chart.description, [*body, *legend])


def _frame(panel: Panel, xs: list[float], right: float, top: float, height: float) -> Frame:
    bottom = top + height
    scale, ticks = spanning(panel.heights(), bottom - 10, top + 8, max(2, int(height / 36)))
    return Frame(xs, LEFT, right, top, bottom, scale, ticks)


def _heading_rows(panel: Panel, width: float) -> list[str]:
    return wrapped(panel.title, int((width - (100 if panel.better else 0)) / 6.9), 2)


def _heading(rows: list[str], better: str, top: float) -> list[str]:
    remark = f'<tspan dx="8" font-size="11" font-weight="400" {PENS["muted"]}>{clean(better)} is better</tspan>'
    return [
        f'<text x="2" y="{number(top + 14 + 15 * at)}" font-size="12.5" font-weight="600" {PENS["ink"]}>'
        f"{clean(row)}{remark if better and at == len(rows) - 1 else ''}</text>"
        for at, row in enumerate(rows)
    ]


def _period_axis(chart: Chart, xs: list[float], baseline: float, right: float) -> list[str]:
    parts = [line(LEFT, baseline, right, baseline, "axis")]
    for index in thinned(chart.ticks, right - LEFT, TICK_ROOM):
        parts.append(line(xs[index], baseline, xs[index], baseline + 4, "axis"))
        parts.append(text(xs[index], baseline + 17, chart.ticks[index], anchor="middle"))
    return parts


def _legend(chart: Chart, height: float, width: float) -> tuple[list[str], float]:
    """Explain the marks that occur, and only those, in as many rows as they need; say where the last row stands."""
    parts: list[str] = []
    x, y = LEGEND_INDENT, height
    for sample, entry in _legend_entries(chart):
        wording = wrapped(entry, int((width - 40) / 5.9), 1)[0]
        advance = 36 + len(wording) * 5.9
        if x > LEGEND_INDENT and x + advance > width:
            x, y = LEGEND_INDENT, y + 18
        parts.append(f'<g transform="translate({number(x)} {number(y - 4)})">{sample}</g>')
        parts.append(text(x + 22, y, wording))
        x += advance
    return parts, y


def _legend_entries(chart: Chart) -> list[tuple[str, str]]:
    kinds = {kind for panel in chart.panels for series in panel.lines for _, kind in series.marks}
    entries = [
        (line(0, 0, 18, 0, f"line-{index}"), series.name)
        for panel in chart.panels
        if len(panel.lines) > 1
        for index, series in enumerate(panel.lines)
    ]
    entries += [(mark_shape(kind, 8, 0), kind.value) for kind in Mark if kind in kinds]
    special = {Special(0, each.rule, each.tone) for panel in chart.panels for line in panel.lines
               for each in line.special}  # fmt: skip
    entries += [(special_shape(each.rule, each.tone, 8, 0), each.words) for each in sorted(special)]
    if chart.decided:
        entries.append((path("M6 6V-6h7l-7 7", "decision-mark"), "decision"))
    if any(panel.is_targeted for panel in chart.panels):
        entries.append((line(0, 0, 17, 0, "target"), "target"))
    if any(panel.limits for panel in chart.panels):
        edges = path("M0 -5h17", "limit") + path("M0 5h17", "limit")
        entries.append((path("M0 -5h17v10h-17Z", "band") + edges, "natural limits"))
    if _has_gaps(chart):
        entries.append((path("M5 -3l6 6m0 -6l-6 6", "missing"), "no figure"))
    return entries


def _has_gaps(chart: Chart) -> bool:
    return any(absences(series.values) for panel in chart.panels for series in panel.lines)
