"""Points by area against the maximum and the target."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs.charts.chart_sheet import Entry, bars, finish
from scoring.outputs.charts.rows import (
    Reached, draw_reached, named_rows, reached_entries, row_chart
)  # fmt: skip
from scoring.outputs.charts.score_tables import (
    Unit,
    area_table,
    index_row,
    names_of,
    points_text,
    subtitle,
)
from scoring.outputs.theme import NO_CONTEXT, POINTS, TARGET, TRACK, ChartContext, ChartFigure, Fill

CHARTS = ("area_bars",)


def area_bars(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    unit_code: Unit = None,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw the points of every area in front of its maximum, with its target as a mark.

    Parameters
    ----------
    scores, items, targets : DataFrame
        Tables ``Scores``, ``Items`` and ``Targets``; without targets no mark is drawn.
    unit_code
        As for every chart; without it the mean over all units of `scores`.

    Returns
    -------
    ChartFigure
        An area that is not assessed is hatched and says so; it is never drawn as zero.
    """
    table = area_table(scores, items, targets, unit_code=unit_code, lang=context.lang)
    texts = [_right_text(row, context) for row in table.to_dict("records")]
    rows = named_rows(list(table["name"]), least=0.36, beside=texts)

    def draw(axes: Axes) -> None:
        zeros = [0.0] * len(table)
        bars(axes, zeros, list(table["max_points"]), rows.centers, 0.24, Fill(TRACK))
        marks = (("white", 4.5), (TARGET, 2.4))
        draw_reached(axes, table, rows.centers, Reached(), height=0.17, mark=0.15, lines=marks)

    parts = [Entry(context.say("points"), Fill(POINTS)),
             Entry(context.say("max_points"), Fill(TRACK))]  # fmt: skip
    sheet = row_chart(
        context, "area_bars", subtitle(scores, context, unit_code), rows, texts, draw,
        scale=table["max_points"].max(), unit=context.say("points"),
        legend=reached_entries(context, table, Reached(), parts),
    )  # fmt: skip
    return finish(
        sheet, "area_bars", table, lambda words: area_words(table, scores, items, unit_code, words)
    )


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    text = f"{points_text(row, context)} / {context.number(row['max_points'])}"
    if np.isfinite(row["points"]) and row["max_points"] > 0:
        text += f"  ({context.percent(100 * row['points'] / row['max_points'])})"
    if np.isfinite(row["target_points"]):
        text += f"\n{context.say('target').lower()} {context.number(row['target_points'])}"
    return text


def area_words(
    table: pd.DataFrame,
    scores: pd.DataFrame,
    items: pd.DataFrame,
    unit_code: Unit,
    context: ChartContext,
) -> dict[str, object]:
    """Return who is shown, the index and a list of the areas in the language of `context`.

    `table` is what `area_table` returned; only its names depend on the language.
    """
    total = index_row(scores, None, unit_code)
    rows = [
        f"{name}: {points_text(row, context)} / {context.number(row['max_points'])}"
        for name, row in zip(
            names_of(table["code"], items, context.lang), table.to_dict("records"), strict=True
        )
    ]
    return {
        "who": subtitle(scores, context, unit_code),
        "points": "" if total is None else points_text(total, context),
        "max_points": "" if total is None else context.number(total["max_points"]),
        "rows": "; ".join(rows),
    }
