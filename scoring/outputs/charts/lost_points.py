"""The points not earned, largest first, coloured by cause; the figures tell their cumulative share."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from scoring.base.values import CAUSES
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts import score_tables as given
from scoring.outputs.charts.chart_titles import losses_title
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure

CHARTS = ("lost_points",)
MOST_ROWS = 25


def lost_points(
    gaps: pd.DataFrame,
    items: pd.DataFrame | None = None,
    *,
    unit_code: given.Unit = None,
    context: ChartContext = NO_CONTEXT,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the lost points of every item largest first.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``.
    items : DataFrame, optional
        Table ``Items``, for the names in the language of the chart; without it the names that
        `gaps` brings are shown.
    unit_code
        As for every chart; without it the losses of all units are added up.
    most_rows : int
        Rows drawn; the others stand together in a last row, and `figure_data` has them all.

    Returns
    -------
    ChartFigure
        A unit that lost nothing gets a figure that says so.

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> inputs = scoring.shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(inputs), "service-quality-766")
    >>> rows = figure_data(lost_points(scoring.gap_table(sheet), sheet.criteria.items))
    >>> rows[["item_code", "lost_points", "cumulative_percent"]].round(2).values.tolist()[:2]
    [['1.1', 6.0, 15.74], ['1.2', 4.0, 26.24]]
    """
    own = given.one_unit(gaps, unit_code)
    table = pareto_table(own, context, items)
    shown = _shown(table, most_rows, context)
    if (fitting := _rows(shown).fitting) < len(shown):
        shown = _shown(table, fitting, context)
    page, fills = labelled.Page(table, shown, _rows(shown)), given.causes_met(table)
    total = float(table["lost_points"].sum())

    def said(words: ChartContext) -> dict[str, object]:
        worst = pareto_table(own, words, items).head(5).assign(name=lambda top: top["label"])
        lines = labelled.row_words(worst, _lost, words, "chart_nothing_lost")
        return {"total": words.points(total), "count": len(table), "rows": lines}

    return labelled.row_chart(
        context, "lost_points", page, _right_text,
        lambda axes: labelled.stacked_bars(axes, shown, fills, page.rows.centers),
        title=partial(losses_title, table), who=partial(given.subtitle, gaps, unit_code=unit_code, several="chart_sum_of_units"),
        said=said, scale=shown["lost_points"].max(), unit="lost_points",
        legend=given.cause_entries(fills, context),
        notes=[context.say("chart_lost_points_note", total=context.points(total))],
        nothing="chart_nothing_lost",
    )  # fmt: skip


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    return labelled.named_rows(list(shown["label"]), width=2.75, least=0.27)


def pareto_table(
    gaps: pd.DataFrame, context: ChartContext, items: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per item that lost points, largest first, with one column per cause.

    Items of several units are added up; ``cumulative_percent`` is of all points lost.
    """
    table = given.lost_by_cause(gaps, "item_code")
    names = gaps.drop_duplicates("item_code").set_index("item_code")["item_name"]
    names = names.reindex(table.index)
    if items is not None:
        known = items.set_index("code")[f"name_{context.lang}"]
        names = known.reindex(table.index).replace("", pd.NA).fillna(names)
    table.insert(0, "item_name", names)
    table = table.reset_index().sort_values(
        ["lost_points", "item_code"], ascending=[False, True], kind="stable"
    )
    total = table["lost_points"].sum()
    table["cumulative_percent"] = 100 * table["lost_points"].cumsum() / (total or 1.0)
    table["label"] = (table["item_code"] + " " + table["item_name"].fillna("")).str.strip()
    return table.reset_index(drop=True)


def _shown(table: pd.DataFrame, most_rows: int, context: ChartContext) -> pd.DataFrame:
    """Return the first rows, and one more that adds up the others."""
    if len(table) <= most_rows:
        return table
    head, tail = table.iloc[: most_rows - 1], table.iloc[most_rows - 1 :]
    rest = tail[["lost_points", *CAUSES]].sum().to_dict()
    others = context.say("chart_other_items", count=len(tail))
    rest |= {"item_code": "", "item_name": "", "cumulative_percent": 100.0, "label": others}
    return pd.concat([head, pd.DataFrame([rest])], ignore_index=True)


def _lost(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    return context.points(row["lost_points"])


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    return f"{_lost(row, context)}  ({context.percent(row['cumulative_percent'])})"
