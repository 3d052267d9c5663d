"""What charts of labelled rows share: names at the left, bars on one axis, figures at the right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs.charts.chart_sheet import Entry, Sheet, bars, new_sheet, points_axis
from scoring.outputs.text_layout import Rows, row_layout, rows_that_fit, text_width
from scoring.outputs.theme import (
    BODY_HEIGHT,
    MARGIN,
    OPEN_FILL,
    POINTS,
    TARGET,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
    Fill,
)

LABEL_WIDTH = 2.3
BAR = 0.19
_AXIS_HEIGHT = 0.34


def named_rows(
    names: Sequence[str],
    *,
    width: float = LABEL_WIDTH,
    least: float = 0.32,
    gap: float = 0.09,
    beside: Sequence[str] = (),
) -> Rows:
    """Return where rows with these names stand, at the size charts write in."""
    return row_layout(names, width=width, size=TEXT_SIZE, least=least, gap=gap, beside=beside)


def one_page(
    table: pd.DataFrame, rows_of: Callable[[pd.DataFrame], Rows], most: int, first: int = 0
) -> tuple[pd.DataFrame, Rows]:
    """Return the rows of a table that a page holds from `first` on, and where they stand."""
    shown = table.iloc[first : first + most]
    shown = shown.head(rows_that_fit(rows_of(shown), BODY_HEIGHT))
    return shown, rows_of(shown)


def page_notes(
    table: pd.DataFrame, shown: pd.DataFrame, first: int, context: ChartContext
) -> list[str]:
    """Return the note that says which rows of a long table a chart shows."""
    if len(shown) == len(table):
        return []
    place = {"first": first + 1, "last": first + len(shown), "count": len(table)}
    return [context.say("chart_rows_shown", **place)]


def on_page(
    figure: ChartFigure, table: pd.DataFrame, shown: pd.DataFrame, first: int
) -> ChartFigure:
    """Note on `figure` where the chart goes on."""
    after = first + len(shown)
    figure.next_row = after if after < len(table) else None
    return figure


def row_chart(
    context: ChartContext,
    chart: str,
    subtitle: str,
    rows: Rows,
    texts: Sequence[str],
    draw: Callable[[Axes], None],
    *,
    scale: float,
    unit: str,
    legend: Sequence[Entry] = (),
    notes: Sequence[str] = (),
    bold: Collection[int] = (),
    nothing: str = "chart_no_rows",
) -> Sheet:
    """Return a sheet with one labelled row per text; `draw` puts the bars on its axes.

    Parameters
    ----------
    chart : str
        Name of the chart; ``chart_<chart>_title`` is its title.
    rows, texts : Rows, sequence of str
        Where the rows stand, and what is written at their right.
    draw : callable
        Called with axes whose x runs from 0 to `scale` and whose y counts inches downwards.
    unit : str
        What is written below the axis.
    bold : collection of int
        Rows whose texts are bold.
    nothing : str
        Label of what is said where there are no rows.
    """
    title = context.say(f"chart_{chart}_title")
    body = (rows.total or 0.5) + _AXIS_HEIGHT
    sheet = new_sheet(context, title, subtitle, body, legend=legend, notes=notes)
    if not texts:
        sheet.text(sheet.width / 2, 0.35, context.say(nothing), ha="center")
        return sheet
    right = max(text_width(text, TEXT_SIZE, bold=bool(bold)) for text in texts) + 0.1
    axes = sheet.axes(MARGIN + rows.label_width + 0.1, right + MARGIN)
    axes.set_xlim(0, max(scale, 1e-6))
    points_axis(axes, 0, rows.total, context, unit)
    draw(axes)
    for row, (label, text, center) in enumerate(zip(rows.labels, texts, rows.centers, strict=True)):
        sheet.text(MARGIN + rows.label_width, center, label, ha="right")
        weight = "bold" if row in bold else "normal"
        sheet.text(sheet.width - right, center, text, weight=weight)
    return sheet


def stacked_bars(
    axes: Axes, table: pd.DataFrame, fills: Mapping[str, Fill], centers: Sequence[float]
) -> None:
    """Draw the columns that `fills` names end to end, one bar per row."""
    left = np.zeros(len(table))
    for name, fill in fills.items():
        width = table[name].to_numpy(float)
        bars(axes, left.tolist(), width.tolist(), centers, BAR, fill)
        left = left + width


class Reached(NamedTuple):
    """Columns of a table that say what was reached: the figure, its bounds while open, its target."""

    known: str = "points"
    low: str = "points_low"
    high: str = "points_high"
    target: str = "target_points"


def draw_reached(
    axes: Axes,
    table: pd.DataFrame,
    centers: Sequence[float],
    columns: Reached,
    *,
    height: float,
    mark: float,
    lines: Sequence[tuple[str, float]],
) -> None:
    """Draw what is known as a solid bar, what may be added hatched, and the target as a mark.

    `height` is that of the bars, `mark` half that of the marks, in inches; `lines` are the colours
    and widths of a mark, lowest first.
    """
    known, low, high, targets = (table[column] for column in columns)
    sure = known.fillna(low)
    bars(axes, [0.0] * len(sure), list(sure), centers, height, Fill(POINTS))
    bars(axes, list(sure), list((high - low).where(known.isna(), 0.0)), centers, height, OPEN_FILL)
    for target, center in zip(targets, centers, strict=True):
        ends = [center - mark, center + mark]
        for color, width in lines if np.isfinite(target) else ():
            axes.plot([target] * 2, ends, color=color, linewidth=width)


def reached_entries(
    context: ChartContext, table: pd.DataFrame, columns: Reached, before: Sequence[Entry]
) -> list[Entry]:
    """Return legend entries: those given, the target and what is not assessed where there is any."""
    entries = list(before)
    if table[columns.target].notna().any():
        entries.append(Entry(context.say("target"), color=TARGET, marker="|", dashes=""))
    if table[columns.known].isna().any():
        entries.append(Entry(context.say("status_not_assessed"), OPEN_FILL))
    return entries
