"""Charts as server-rendered SVG: dataclasses in, one string out; the same string on the page and in the PDF. Pure."""

from truthgov.svg.charts import draw_chart
from truthgov.svg.elements import Svg
from truthgov.svg.journeymap import JourneyMap, MapHandoff, MapStage, draw_journey
from truthgov.svg.lags import AtLag, Lags, draw_lags
from truthgov.svg.lineage import Column, Lineage, draw_lineage
from truthgov.svg.miniatures import draw_multiples, draw_sparkline
from truthgov.svg.radar import Radar, Spoke, draw_radar
from truthgov.svg.scatter import Dot, Scatter, draw_scatter
from truthgov.svg.series import Chart, Limits, Line, Mark, Panel, Special, Table, tabulate

__all__ = [
    "AtLag",
    "Chart",
    "Column",
    "Dot",
    "JourneyMap",
    "Lags",
    "Limits",
    "Line",
    "Lineage",
    "MapHandoff",
    "MapStage",
    "Mark",
    "Panel",
    "Radar",
    "Scatter",
    "Special",
    "Spoke",
    "Svg",
    "Table",
    "draw_chart",
    "draw_journey",
    "draw_lags",
    "draw_lineage",
    "draw_multiples",
    "draw_radar",
    "draw_scatter",
    "draw_sparkline",
    "tabulate",
]
