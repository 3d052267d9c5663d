"""Points by area against the maximum and the target."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.labels import LANGUAGES
from scoring.outputs.charts.frame import (
    AXIS_HEIGHT,
    Entry,
    bars,
    finish,
    new_sheet,
    points_axis,
)
from scoring.outputs.charts.score_tables import Unit, area_table, index_row, names_of, points_text, subtitle
from scoring.outputs.text_layout import row_layout, text_width
from scoring.outputs.theme import (
    MARGIN,
    OPEN_FILL,
    PAGE_WIDTH,
    POINTS,
    TARGET,
    TEXT_SIZE,
    TRACK,
    ChartContext,
    ChartFigure,
    Fill,
)

LABEL_WIDTH = 2.3
_BAR = 0.17
_TRACK = 0.24


def area_bars(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    unit_code: Unit = None,
    context: ChartContext | None = None,
) -> ChartFigure:
    """Draw the points of every area in front of its maximum, with its target as a mark.

    Parameters
    ----------
    scores, items, targets : DataFrame
        Tables ``Scores``, ``Items`` and ``Targets``; without targets no mark is drawn.
    unit_code : str or UnitKey, optional
        The unit to show; without it the mean over all units of `scores`.
    context : ChartContext, optional
        Language, source line, status of the set.

    Returns
    -------
    ChartFigure
        An area that is not assessed is hatched and says so; it is never drawn as zero.
    """
    context = context or ChartContext()
    table = area_table(scores, items, targets, unit_code=unit_code, lang=context.lang)
    texts = [_right_text(row, context) for row in table.to_dict("records")]
    rows = row_layout(
        list(table["name"]), width=LABEL_WIDTH, size=TEXT_SIZE, least=0.36, beside=texts
    )
    sheet = new_sheet(
        context,
        context.say("chart_area_bars_title"),
        subtitle(scores, context, unit_code),
        max(rows.total, 0.4) + AXIS_HEIGHT,
        legend=_legend(table, context),
    )
    right = max((text_width(text, TEXT_SIZE) for text in texts), default=0.0) + 0.1
    axes = sheet.axes(MARGIN + rows.label_width + 0.1, right + MARGIN)
    axes.set_xlim(0, max(float(table["max_points"].max()) if len(table) else 0.0, 1e-6))
    points_axis(axes, 0, rows.total, context, context.say("points"))
    _draw_rows(axes, table, rows.centers)
    for text, label, center in zip(texts, rows.labels, rows.centers, strict=True):
        sheet.text(MARGIN + rows.label_width, center, label, ha="right")
        sheet.text(PAGE_WIDTH - right, center, text)
    return finish(
        sheet, "area_bars", table, area_rows_said(table, scores, items, unit_code, context)
    )


def _draw_rows(axes: Axes, table: pd.DataFrame, centers: tuple[float, ...]) -> None:
    zeros = [0.0] * len(table)
    bars(axes, zeros, list(table["max_points"]), centers, _TRACK, Fill(TRACK))
    known = table["points"].fillna(table["points_low"])
    bars(axes, zeros, list(known), centers, _BAR, Fill(POINTS))
    unknown = (table["points_high"] - table["points_low"]).where(table["points"].isna(), 0.0)
    bars(axes, list(known), list(unknown), centers, _BAR, OPEN_FILL)
    for target, center in zip(table["target_points"], centers, strict=True):
        if np.isfinite(target):
            axes.plot([target] * 2, [center - 0.15, center + 0.15], color="white", linewidth=4.5)
            axes.plot([target] * 2, [center - 0.15, center + 0.15], color=TARGET, linewidth=2.4)


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    text = f"{points_text(row, context)} / {context.number(row['max_points'])}"
    if np.isfinite(row["points"]) and row["max_points"] > 0:
        text += f"  ({context.percent(100 * row['points'] / row['max_points'])})"
    if np.isfinite(row["target_points"]):
        text += f"\n{context.say('target').lower()} {context.number(row['target_points'])}"
    return text


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    entries = [
        Entry(context.say("points"), Fill(POINTS)),
        Entry(context.say("max_points"), Fill(TRACK)),
    ]
    if table["target_points"].notna().any():
        entries.append(Entry(context.say("target"), color=TARGET, marker="|", dashes=""))
    if table["points"].isna().any():
        entries.append(Entry(context.say("status_not_assessed"), OPEN_FILL))
    return entries


def area_rows_said(
    table: pd.DataFrame,
    scores: pd.DataFrame,
    items: pd.DataFrame,
    unit_code: Unit,
    shown: ChartContext,
) -> dict[str, dict[str, object]]:
    """Return, per language, who is shown, the index and a list of the areas in words.

    `table` is what `area_table` returned; only its names depend on the language.
    """
    said: dict[str, dict[str, object]] = {}
    total = index_row(scores, None, unit_code)
    for lang in LANGUAGES:
        context = shown if shown.lang == lang else replace(shown, lang=lang)
        names = names_of(table["code"], items, lang)
        rows = [
            f"{name}: {points_text(row, context)} / {context.number(row['max_points'])}"
            for name, row in zip(names, table.to_dict("records"), strict=True)
        ]
        said[lang] = {
            "who": subtitle(scores, context, unit_code),
            "points": "" if total is None else points_text(total, context),
            "max_points": "" if total is None else context.number(total["max_points"]),
            "rows": "; ".join(rows),
        }
    return said
