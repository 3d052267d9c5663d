"""Charts as one family: functions that take tables and return a figure.

Every function takes a `ChartContext` (language, source, names, status of the set) and returns a
`ChartFigure` of the width of an A4 page. `alt_text` says it in words; `figure_data` gives the
table beside it.
"""

from scoring.outputs.charts.area_bars import area_bars
from scoring.outputs.charts.bullet import bullet
from scoring.outputs.charts.calendar_year import calendar_year
from scoring.outputs.charts.gantt import gantt
from scoring.outputs.charts.heatmap import heatmap
from scoring.outputs.charts.lost_points import lost_points
from scoring.outputs.charts.points_at_risk import points_at_risk
from scoring.outputs.charts.proof_coverage import proof_coverage
from scoring.outputs.charts.radar import radar
from scoring.outputs.charts.waterfall import waterfall
from scoring.outputs.theme import ChartContext, ChartFigure, alt_text, figure_data

__all__ = [
    "ChartContext",
    "ChartFigure",
    "alt_text",
    "area_bars",
    "bullet",
    "calendar_year",
    "figure_data",
    "gantt",
    "heatmap",
    "lost_points",
    "points_at_risk",
    "proof_coverage",
    "radar",
    "waterfall",
]
