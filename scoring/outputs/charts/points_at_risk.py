"""Points that can still be won, by the unit that leads, with the nearest deadline."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from scoring.base.labels import LANGUAGES
from scoring.base.text import vietnamese_key
from scoring.base.values import CAUSES
from scoring.outputs.charts.frame import (
    AXIS_HEIGHT,
    Entry,
    bars,
    finish,
    new_sheet,
    page_notes,
    points_axis,
)
from scoring.outputs.charts.score_tables import Unit, EPSILON, one_unit, subtitle
from scoring.outputs.text_layout import Rows, row_layout, rows_that_fit, text_width, wrapped
from scoring.outputs.theme import (
    BODY_HEIGHT,
    CAUSE_FILLS,
    MARGIN,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
    as_day,
)

MOST_ROWS = 25
_TEXT_WIDTH = 1.5


def points_at_risk(
    gaps: pd.DataFrame,
    *,
    unit_code: Unit = None,
    as_of: dt.date | str | None = None,
    context: ChartContext | None = None,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the lost points of each lead unit by cause, with its nearest deadline.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``; rows without a lead unit stand together under "not assigned".
    unit_code : str or UnitKey, optional
        The unit to show; without it all units of `gaps`.
    as_of : date, optional
        The day the chart is read; deadlines before it are marked as overdue.
    context : ChartContext, optional
        Language, source line, status of the set.
    most_rows : int
        Lead units drawn; `figure_data` has them all.
    """
    context = context or ChartContext()
    table = risk_table(one_unit(gaps, unit_code), as_of, context)
    rows, texts = _rows(table.head(most_rows), context)
    shown = table.head(rows_that_fit(rows, BODY_HEIGHT))
    rows, texts = _rows(shown, context)
    met = [cause for cause in CAUSES if len(table) and table[cause].sum() > EPSILON]
    sheet = new_sheet(
        context,
        context.say("chart_points_at_risk_title"),
        subtitle(gaps, context, unit_code, several="chart_sum_of_units"),
        (rows.total or 0.5) + AXIS_HEIGHT,
        legend=[Entry(context.say(f"cause_{cause}"), CAUSE_FILLS[cause]) for cause in met],
        notes=page_notes(table, shown, 0, context),
    )
    if len(shown):
        right = max(text_width(text, TEXT_SIZE) for text in texts) + 0.1
        axes = sheet.axes(MARGIN + rows.label_width + 0.1, right + MARGIN)
        axes.set_xlim(0, float(table["lost_points"].max()))
        points_axis(axes, 0, rows.total, context, context.say("lost_points"))
        left = pd.Series(0.0, index=shown.index)
        for cause in met:
            bars(axes, list(left), list(shown[cause]), rows.centers, 0.19, CAUSE_FILLS[cause])
            left = left + shown[cause]
        for text, label, center in zip(texts, rows.labels, rows.centers, strict=True):
            sheet.text(MARGIN + rows.label_width, center, label, ha="right")
            sheet.text(sheet.width - right, center, text)
    else:
        sheet.text(sheet.width / 2, 0.3, context.say("chart_nothing_lost"), ha="center")
    return finish(sheet, "points_at_risk", table, _said(gaps, unit_code, as_of, context))


def _rows(shown: pd.DataFrame, context: ChartContext) -> tuple[Rows, list[str]]:
    """Return where the rows stand, and the texts at their right."""
    texts = [
        wrapped(_right_text(row, context), TEXT_SIZE, _TEXT_WIDTH) for _, row in shown.iterrows()
    ]
    names = list(shown["name"])
    return row_layout(names, width=2.3, size=TEXT_SIZE, least=0.36, beside=texts), texts


def risk_table(
    gaps: pd.DataFrame, as_of: dt.date | str | None, context: ChartContext
) -> pd.DataFrame:
    """Return ``name, lost_points, due_on, overdue``, the causes, one row per lead unit."""
    lost = gaps[gaps["lost_points"] > EPSILON]
    nobody = context.say("chart_no_lead_unit")
    lead = lost["lead_unit"].fillna("").astype(str).str.strip().replace("", nobody)
    lost = lost.assign(name=lead)
    table = (
        lost.pivot_table(index="name", columns="cause", values="lost_points", aggfunc="sum")
        .reindex(columns=list(CAUSES))
        .astype(float)
        .fillna(0.0)
    )
    table.insert(0, "lost_points", table.sum(axis=1))
    table.insert(1, "due_on", pd.to_datetime(lost.groupby("name")["due_on"].min()))
    day = as_day(as_of)
    table.insert(2, "overdue", (table["due_on"] < day) if day is not None else False)
    table = table.reset_index().rename_axis(columns=None)
    table["sort_name"] = table["name"].map(vietnamese_key)
    ordered = table.sort_values("sort_name", kind="stable").sort_values(
        "lost_points", ascending=False, kind="stable"
    )
    return ordered.drop(columns="sort_name").reset_index(drop=True)


def _right_text(row: pd.Series, context: ChartContext) -> str:
    text = context.number(row["lost_points"])
    if pd.isna(row["due_on"]):
        return f"{text}\n{context.say('chart_no_deadline')}"
    key = "chart_overdue" if row["overdue"] else "chart_due"
    return f"{text}\n{context.say(key, day=context.date(row['due_on']))}"


def _said(
    gaps: pd.DataFrame,
    unit_code: Unit,
    as_of: dt.date | str | None,
    context: ChartContext,
) -> dict[str, dict[str, object]]:
    said: dict[str, dict[str, object]] = {}
    for lang in LANGUAGES:
        words = replace(context, lang=lang)
        table = risk_table(one_unit(gaps, unit_code), as_of, words).head(10)
        rows = [
            f"{row['name']}: {_right_text(row, words)}".replace("\n", ", ")
            for _, row in table.iterrows()
        ]
        who = subtitle(gaps, words, unit_code, several="chart_sum_of_units")
        said[lang] = {"who": who, "rows": "; ".join(rows) or words.say("chart_nothing_lost")}
    return said
