"""Points by area against the maximum and the target."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Entry, bars
from scoring.outputs.charts.chart_titles import areas_title
from scoring.outputs.charts.score_tables import (
    SAMPLING,
    Unit,
    area_table,
    index_row,
    names_of,
    points_text,
    subtitle,
    without_extras,
)
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure, Fill

CHARTS = ("area_bars",)
# What is reached or wanted may lie above the maximum.
_ENDS = ["max_points", "points_high", "target_points"]


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

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> inputs = scoring.shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(inputs), "service-quality-766")
    >>> figure = area_bars(sheet.scores, sheet.criteria.items)
    >>> figure_data(figure)[["code", "points", "max_points"]].values.tolist()[:2]
    [['1', 7.96, 18.0], ['2', 17.68, 20.0]]
    """
    table = area_table(scores, items, targets, unit_code=unit_code, lang=context.lang)
    kinds = table["code"].map(items.set_index("code")["kind"]) if "kind" in items else table["code"]
    taken = table["points"].where(kinds == "penalty", 0.0)
    right = partial(_right_text, table, set(table.loc[kinds == "penalty", "code"]))
    texts = labelled.row_texts(table, right, context)
    rows = labelled.named_rows(list(table["name"]), least=0.36, beside=texts)

    def draw(axes: Axes) -> None:
        most = list(table["max_points"])
        bars(axes, [0.0] * len(table), most, rows.centers, 0.24, Fill(theme.TRACK))
        marks = (("white", 4.5), (theme.TARGET, 2.4))
        reached = labelled.Reached()
        labelled.draw_reached(
            axes, table, rows.centers, reached, height=0.17, mark=0.15, lines=marks
        )
        bars(axes, [0.0] * len(table), list(taken), rows.centers, 0.17, theme.ROLES["lost"])
        labelled.draw_sampling(axes, table, rows.centers, SAMPLING, 0.06)

    fills = {"points": Fill(theme.POINTS), "max_points": Fill(theme.TRACK)}
    fills |= {"chart_penalty": theme.ROLES["lost"]} if taken.sum() else {}
    parts = [Entry(context.say(name), fill) for name, fill in fills.items()]
    return labelled.row_chart(
        context, "area_bars", labelled.Page(table, table, rows), right, draw,
        title=partial(_title, table, items), who=partial(subtitle, scores, unit_code=unit_code),
        said=partial(area_words, table, index_row(scores, None, unit_code), items),
        scale=float(np.nanmax([0.0, *table[_ENDS].to_numpy(float).ravel()])), unit="points",
        legend=labelled.reached_entries(context, table, labelled.Reached(), parts),
    )  # fmt: skip


def _title(table: pd.DataFrame, items: pd.DataFrame, context: ChartContext) -> str:
    areas = without_extras(table, items)
    named = areas.assign(name=names_of(areas["code"], items, context.lang))
    return areas_title(named, context)


def _right_text(
    table: pd.DataFrame, penalties: Set[str], row: Mapping[Hashable, Any], context: ChartContext
) -> str:
    text = points_text(row, context)
    if row["max_points"] > 0:
        text += f" / {context.like(table['max_points'])(row['max_points'])}"
    # Of a penalty there is no share to be reached.
    if np.isfinite(row["points"]) and row["max_points"] > 0 and row["code"] not in penalties:
        text += f"  ({context.percent(100 * row['points'] / row['max_points'])})"
    if np.isfinite(row["target_points"]):
        text += f"\n{context.say('target').lower()} {context.like(table['target_points'])(row['target_points'])}"
    return text


def area_words(
    table: pd.DataFrame, total: pd.Series | None, items: pd.DataFrame, context: ChartContext
) -> dict[str, object]:
    """Return the index and a list of the areas in the language of `context`.

    `table` is what `area_table` returned and `total` what `index_row` did; only names depend on
    the language.
    """
    named = table.assign(name=names_of(table["code"], items, context.lang))
    return {
        "points": "" if total is None else points_text(total, context),
        "max_points": "" if total is None else context.number(total["max_points"]),
        "rows": labelled.row_words(named, _points_of, context),
    }


def _points_of(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    text = points_text(row, context)
    return f"{text} / {context.number(row['max_points'])}" if row["max_points"] > 0 else text
