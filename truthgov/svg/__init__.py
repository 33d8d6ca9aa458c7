"""Charts as server-rendered SVG: dataclasses in, one string out; the same string on the page and in the PDF. Pure."""

from truthgov.svg.charts import draw_chart
from truthgov.svg.elements import Svg
from truthgov.svg.journeymap import JourneyMap, MapHandoff, MapStage, draw_journey
from truthgov.svg.miniatures import draw_multiples, draw_sparkline
from truthgov.svg.series import Chart, Limits, Line, Mark, Panel, Table, tabulate

__all__ = [
    "Chart",
    "JourneyMap",
    "Limits",
    "Line",
    "MapHandoff",
    "MapStage",
    "Mark",
    "Panel",
    "Svg",
    "Table",
    "draw_chart",
    "draw_journey",
    "draw_multiples",
    "draw_sparkline",
    "tabulate",
]
