"""The points not earned, largest first, coloured by cause, with their cumulative share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from scoring.base.labels import LANGUAGES
from scoring.base.values import CAUSES
from scoring.outputs.charts.frame import (
    AXIS_HEIGHT,
    Entry,
    Sheet,
    bars,
    finish,
    new_sheet,
    points_axis,
)
from scoring.outputs.charts.score_tables import Unit, EPSILON, one_unit, subtitle
from scoring.outputs.text_layout import Rows, row_layout, rows_that_fit, text_width
from scoring.outputs.theme import (
    BODY_HEIGHT,
    CAUSE_FILLS,
    INK,
    MARGIN,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
)

MOST_ROWS = 25
_LABEL_WIDTH = 2.75
_BAR = 0.19


def lost_points(
    gaps: pd.DataFrame,
    items: pd.DataFrame | None = None,
    *,
    unit_code: Unit = None,
    context: ChartContext | None = None,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the lost points of every item as a Pareto chart.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``.
    items : DataFrame, optional
        Table ``Items``, for the names in the language of the chart; without it the names that
        `gaps` brings are shown.
    unit_code : str or UnitKey, optional
        The unit to show; without it the losses of all units are added up.
    context : ChartContext, optional
        Language, source line, status of the set.
    most_rows : int
        Rows drawn; the others stand together in a last row, and `figure_data` has them all.

    Returns
    -------
    ChartFigure
        A unit that lost nothing gets a figure that says so.
    """
    context = context or ChartContext()
    table = pareto_table(one_unit(gaps, unit_code), context, items)
    shown = _shown(table, most_rows, context)
    if rows_that_fit(_rows(shown), BODY_HEIGHT) < len(shown):
        shown = _shown(table, rows_that_fit(_rows(shown), BODY_HEIGHT), context)
    labels, rows = list(shown["label"]), _rows(shown)
    texts = [_right_text(row, context) for _, row in shown.iterrows()]
    total = float(table["lost_points"].sum())
    sheet = new_sheet(
        context,
        context.say("chart_lost_points_title"),
        subtitle(gaps, context, unit_code, several="chart_sum_of_units"),
        (rows.total if labels else 0.5) + AXIS_HEIGHT,
        legend=_legend(table, context),
        notes=[context.say("chart_lost_points_note", total=context.number(total))],
    )
    if labels:
        _draw(sheet, shown, rows, texts)
    else:
        sheet.text(sheet.width / 2, 0.35, context.say("chart_nothing_lost"), ha="center")
    return finish(sheet, "lost_points", table, _said(gaps, items, unit_code, context))


def _rows(shown: pd.DataFrame) -> Rows:
    return row_layout(list(shown["label"]), width=_LABEL_WIDTH, size=TEXT_SIZE, least=0.27)


def _draw(sheet: Sheet, shown: pd.DataFrame, rows: Rows, texts: list[str]) -> None:
    context = sheet.context
    right = max(text_width(text, TEXT_SIZE) for text in texts) + 0.1
    axes = sheet.axes(MARGIN + rows.label_width + 0.1, right + MARGIN)
    axes.set_xlim(0, float(shown["lost_points"].max()))
    points_axis(axes, 0, rows.total, context, context.say("lost_points"))
    centers = np.array(rows.centers)
    left = np.zeros(len(shown))
    for cause in CAUSES:
        width = shown[cause].to_numpy(float)
        bars(axes, list(left), list(width), list(centers), _BAR, CAUSE_FILLS[cause])
        left = left + width
    share = axes.twiny()
    share.set_axis_off()
    share.set_xlim(0, 100)
    # White below the line keeps it readable where it crosses a bar.
    share.plot(shown["cumulative_percent"], centers, color="white", linewidth=3, clip_on=False)
    share.plot(
        shown["cumulative_percent"],
        centers,
        color=INK,
        linewidth=1,
        marker="o",
        markersize=3,
        clip_on=False,
    )
    for label, text, center in zip(rows.labels, texts, rows.centers, strict=True):
        sheet.text(MARGIN + rows.label_width, center, label, ha="right")
        sheet.text(sheet.width - right, center, text)


def pareto_table(
    gaps: pd.DataFrame, context: ChartContext, items: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per item that lost points, largest first, with one column per cause.

    Items of several units are added up; ``cumulative_percent`` is of all points lost.
    """
    lost = gaps[gaps["lost_points"] > EPSILON]
    by_cause = lost.pivot_table(
        index="item_code", columns="cause", values="lost_points", aggfunc="sum", observed=True
    ).reindex(columns=list(CAUSES))
    table = by_cause.astype(float).fillna(0.0)
    table.insert(0, "lost_points", table.sum(axis=1))
    first = lost.drop_duplicates("item_code").set_index("item_code")["item_name"]
    names = first.reindex(table.index)
    if items is not None:
        known = items.set_index("code")[f"name_{context.lang}"]
        names = known.reindex(table.index).replace("", pd.NA).fillna(names)
    table.insert(0, "item_name", names)
    table = table.reset_index().sort_values(
        ["lost_points", "item_code"], ascending=[False, True], kind="stable"
    )
    total = table["lost_points"].sum()
    table["cumulative_percent"] = 100 * table["lost_points"].cumsum() / (total or 1.0)
    table["label"] = table["item_code"] + " " + table["item_name"]
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


def _right_text(row: pd.Series, context: ChartContext) -> str:
    share = context.percent(row["cumulative_percent"])
    return f"{context.number(row['lost_points'])}  ({share})"


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    met = [cause for cause in CAUSES if len(table) and table[cause].sum() > EPSILON]
    entries = [Entry(context.say(f"cause_{cause}"), CAUSE_FILLS[cause]) for cause in met]
    line = Entry(context.say("chart_cumulative_share"), color=INK, marker="o")
    return [*entries, line] if met else []


def _said(
    gaps: pd.DataFrame, items: pd.DataFrame | None, unit_code: Unit, context: ChartContext
) -> dict[str, dict[str, object]]:
    said: dict[str, dict[str, object]] = {}
    for lang in LANGUAGES:
        words = replace(context, lang=lang)
        table = pareto_table(one_unit(gaps, unit_code), words, items)
        worst = table.head(5)
        top = [
            f"{name}: {words.number(points)}"
            for name, points in zip(worst["label"], worst["lost_points"], strict=True)
        ]
        said[lang] = {
            "who": subtitle(gaps, words, unit_code, several="chart_sum_of_units"),
            "total": words.number(float(table["lost_points"].sum())),
            "count": len(table),
            "rows": "; ".join(top) or words.say("chart_nothing_lost"),
        }
    return said
