"""From the maximum down to the score, one step per area."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs.charts.area_bars import area_rows_said
from scoring.outputs.charts.frame import AXIS_HEIGHT, Entry, bars, finish, new_sheet, points_axis
from scoring.outputs.charts.score_tables import Unit, EPSILON, area_table, subtitle
from scoring.outputs.text_layout import Rows, row_layout, text_width
from scoring.outputs.theme import (
    LOSS,
    MARGIN,
    MUTED,
    OPEN_FILL,
    POINTS,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
    Fill,
)

_LABEL_WIDTH = 2.3
_BAR = 0.2
_LOSS_FILL = Fill(LOSS, "////", "#6e3200")


def waterfall(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    *,
    unit_code: Unit = None,
    context: ChartContext | None = None,
) -> ChartFigure:
    """Draw how each area takes points off the maximum until the score is left.

    Parameters
    ----------
    scores, items : DataFrame
        Tables ``Scores`` and ``Items``.
    unit_code : str or UnitKey, optional
        The unit to show; without it the mean over all units of `scores`.
    context : ChartContext, optional
        Language, source line, status of the set.

    Returns
    -------
    ChartFigure
        Points lost are solid steps; points not assessed are hatched and not counted as lost.
    """
    context = context or ChartContext()
    areas = area_table(scores, items, unit_code=unit_code, lang=context.lang)
    steps = waterfall_steps(areas, context)
    texts = [_right_text(row, context) for _, row in steps.iterrows()]
    rows = row_layout(list(steps["name"]), width=_LABEL_WIDTH, size=TEXT_SIZE, least=0.32)
    sheet = new_sheet(
        context,
        context.say("chart_waterfall_title"),
        subtitle(scores, context, unit_code),
        rows.total + AXIS_HEIGHT,
        legend=_legend(steps, context),
    )
    right = max(text_width(text, TEXT_SIZE, bold=True) for text in texts) + 0.1
    axes = sheet.axes(MARGIN + rows.label_width + 0.1, right + MARGIN)
    axes.set_xlim(0, max(float(steps["end"].iloc[0]), 1e-6))
    points_axis(axes, 0, rows.total, context, context.say("points"))
    _draw(axes, steps, rows)
    for i, (text, label, center) in enumerate(zip(texts, rows.labels, rows.centers, strict=True)):
        weight = "bold" if i in (0, len(steps) - 1) else "normal"
        sheet.text(MARGIN + rows.label_width, center, label, ha="right")
        sheet.text(sheet.width - right, center, text, weight=weight)
    return finish(
        sheet, "waterfall", steps, area_rows_said(areas, scores, items, unit_code, context)
    )


def waterfall_steps(areas: pd.DataFrame, context: ChartContext) -> pd.DataFrame:
    """Return the steps: ``name, kind, end, earned, open, lost``, all in points.

    `kind` is ``total``, ``area`` or ``score``; `end` is where the step starts from, counted from
    zero. A step covers ``end - open - lost`` to ``end``, the open part first.
    """
    known = areas["points"]
    low = known.fillna(areas["points_low"])
    high = known.fillna(areas["points_high"])
    total = float(areas["max_points"].sum())
    lost, unknown = areas["max_points"] - high, high - low
    ends = total - np.concatenate([[0.0], np.cumsum((lost + unknown).to_numpy())])
    first = {"name": context.say("max_points"), "kind": "total", "end": total, "earned": total}
    last = {"name": context.say("points"), "kind": "score", "end": float(high.sum())}
    last |= {"earned": float(low.sum()), "open": float(unknown.sum())}
    between = pd.DataFrame(
        {
            "name": areas["name"],
            "kind": "area",
            "end": ends[:-1],
            "open": unknown,
            "lost": lost,
        }
    )
    steps = pd.concat([pd.DataFrame([first]), between, pd.DataFrame([last])], ignore_index=True)
    return steps.fillna({"earned": 0.0, "open": 0.0, "lost": 0.0})


def _draw(axes: Axes, steps: pd.DataFrame, rows: Rows) -> None:
    whole = (steps["kind"] != "area").to_numpy()
    earned = steps["earned"].where(whole, 0.0)
    bars(axes, [0.0] * len(steps), list(earned), rows.centers, _BAR, Fill(POINTS))
    start = steps["end"] - steps["open"]
    bars(axes, list(start), list(steps["open"]), rows.centers, _BAR, OPEN_FILL)
    lost_from = start - steps["lost"]
    bars(axes, list(lost_from), list(steps["lost"]), rows.centers, _BAR, _LOSS_FILL)
    levels = [*lost_from[:-1]]
    for level, above, below in zip(levels, rows.centers[:-1], rows.centers[1:], strict=True):
        axes.plot([level] * 2, [above, below], color=MUTED, linewidth=0.7, zorder=0.5)


def _right_text(row: pd.Series, context: ChartContext) -> str:
    if row["kind"] == "total":
        return context.number(row["earned"])
    if row["kind"] == "score":
        if row["open"] <= EPSILON:
            return context.number(row["earned"])
        high = context.number(row["earned"] + row["open"])
        return context.say("chart_between", low=context.number(row["earned"]), high=high)
    parts = [f"−{context.number(row['lost'])}"] if row["lost"] > EPSILON else []
    if row["open"] > EPSILON:
        parts.append(context.say("chart_open", points=context.number(row["open"])))
    return "; ".join(parts) or "0"


def _legend(steps: pd.DataFrame, context: ChartContext) -> list[Entry]:
    entries = [
        Entry(context.say("points"), Fill(POINTS)),
        Entry(context.say("lost_points"), _LOSS_FILL),
    ]
    if (steps["open"] > EPSILON).any():
        entries.append(Entry(context.say("status_not_assessed"), OPEN_FILL))
    return entries
