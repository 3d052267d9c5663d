"""What points cost: the least cost of every amount of points of one unit."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs.charts import score_tables as given
from scoring.outputs.charts.chart_sheet import finish, new_sheet, nice_ticks, write
from scoring.outputs.theme import GRID, MARGIN, MUTED, NO_CONTEXT, POINTS, ChartContext, ChartFigure

CHARTS = ("price_curve",)
_BODY, _PLOT_TOP, _PLOT = 3.2, 0.15, 2.55  # inches
_SCALE, _HALF = 0.55, 0.5


def price_curve(
    curve: pd.DataFrame, *, unit_code: given.Unit = None, context: ChartContext = NO_CONTEXT
) -> ChartFigure:
    """Draw the most points that each cost brings, from how things stand to all that can be had.

    Parameters
    ----------
    curve : DataFrame
        Table ``PriceCurve``.
    unit_code
        As for every chart; without it the first unit of `curve`, of several periods the first.

    Returns
    -------
    ChartFigure
        A staircase: between two steps a higher cost brings nothing.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> curve = pd.DataFrame({"unit_code": "H1", "unit_name": "Sở Mẫu", "year": 2026, "period": "",
    ...                       "points": [81.0, 82.5, 84.0], "more": [0.0, 1.5, 3.0],
    ...                       "cost": [0.0, 2.0, 5.0]})
    >>> print(alt_text(price_curve(curve, context=ChartContext(lang="en")), "en"))
    1.50 more points cost 2; all 3.00 cost 5. Price curve of points, H1 · 2026 · in points. Cost
    and total points: 0: 81.00; 2: 82.50; 5: 84.00.
    """
    first = given.one_unit(curve, unit_code)
    is_own = given.places_among(first, given.periods(first).head(1)) == 0
    table = first[is_own].reset_index(drop=True)

    def title(words: ChartContext) -> str:
        half = _half(table)
        said = {"more": words.points(table["more"].iloc[half]), "cost": _cost(table, half, words)}
        said |= {"all": words.points(table["more"].iloc[-1]), "most": _cost(table, -1, words)}
        is_whole = half == len(table) - 1
        key = "none" if len(table) == 1 else "whole" if is_whole else "title"
        return words.say(f"chart_price_curve_{key}", **said)

    who = partial(given.subtitle, table, unit_code=None)
    about = f"{context.say('chart_price_curve_shows')} · {who(context)}"
    sheet = new_sheet(context, title(context), about, _BODY)
    axes = sheet.axes(MARGIN + _SCALE, MARGIN + 0.3)
    _draw(axes, table, context)

    def said(words: ChartContext) -> dict[str, object]:
        every = np.unique(np.linspace(0, len(table) - 1, min(len(table), 8)).astype(int))
        rows = [
            f"{_cost(table, at, words)}: {words.points(table['points'].iloc[at])}" for at in every
        ]
        return {"who": who(words), "rows": "; ".join(rows)}

    return finish(sheet, "price_curve", table, title, said)


def _half(table: pd.DataFrame) -> int:
    """Return the first step that brings half of what can be had."""
    return int(np.argmax(table["more"].to_numpy() >= _HALF * table["more"].iloc[-1] - 1e-9))


def _cost(table: pd.DataFrame, at: int, words: ChartContext) -> str:
    return words.number(float(table["cost"].iloc[at]))


def _draw(axes: Axes, table: pd.DataFrame, context: ChartContext) -> None:
    points, cost = table["points"].to_numpy(float), table["cost"].to_numpy(float)
    right = max(float(cost[-1]), 1e-9)
    ticks = nice_ticks(points[0], points[-1], 4)
    low, high = min(points[0], ticks[0]), max(points[-1], ticks[-1], points[0] + 1e-6)

    def height(values: np.ndarray) -> np.ndarray:
        return _PLOT_TOP + _PLOT * (1 - (np.asarray(values, float) - low) / (high - low))

    axes.set_xlim(0.0, right)
    axes.hlines(height(np.array(ticks)), 0.0, right, colors=GRID, linewidth=0.6, zorder=0)
    for y, text in zip(height(np.array(ticks)), map(context.like(ticks), ticks), strict=True):
        write(axes, 0.0, float(y), f"{text}  ", ha="right", color=MUTED)
    axes.plot(cost, height(points), color=POINTS, linewidth=1.8, drawstyle="steps-post")
    axes.plot(
        [0.0, cost[-1]],
        height(points[[0, -1]]),
        color=POINTS,
        linestyle="",
        marker="o",
        clip_on=False,
    )
    marks = nice_ticks(0.0, cost[-1], 5)
    for x, text in zip(marks, map(context.like(marks), marks), strict=True):
        write(axes, x, _PLOT_TOP + _PLOT + 0.18, text, ha="center", color=MUTED)
    write(axes, right / 2, _PLOT_TOP + _PLOT + 0.38, context.say("chart_price_curve_cost"),
          ha="center", color=MUTED)  # fmt: skip
