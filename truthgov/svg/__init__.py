"""Charts as server-rendered SVG: dataclasses in, one string out; the same string on the page and in the PDF. Pure."""

from truthgov.svg.charts import draw_chart
from truthgov.svg.elements import Svg
from truthgov.svg.journeymap import JourneyMap, MapHandoff, MapStage, draw_journey
from truthgov.svg.lineage import Column, Lineage, draw_lineage
from truthgov.svg.miniatures import draw_multiples, draw_sparkline
from truthgov.svg.radar import Radar, Spoke, draw_radar
from truthgov.svg.series import Chart, Limits, Line, Mark, Panel, Table, tabulate

__all__ = [
    "Chart",
    "Column",
    "JourneyMap",
    "Limits",
    "Line",
    "Lineage",
    "MapHandoff",
    "MapStage",
    "Mark",
    "Panel",
    "Radar",
    "Spoke",
    "Svg",
    "Table",
    "draw_chart",
    "draw_journey",
    "draw_lineage",
    "draw_multiples",
    "draw_radar",
    "draw_sparkline",
    "tabulate",
]
