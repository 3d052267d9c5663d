"""Points that can still be won, by the unit that leads, with the nearest deadline."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from scoring.base.text import vietnamese_key
from scoring.outputs.charts.chart_sheet import finish
from scoring.outputs.charts.rows import (
    named_rows,
    one_page,
    page_notes,
    row_chart,
    stacked_bars,
)
from scoring.outputs.charts.score_tables import (
    Unit,
    cause_entries,
    causes_met,
    lost_by_cause,
    one_unit,
    subtitle,
)
from scoring.outputs.text_layout import Rows, wrapped
from scoring.outputs.theme import NO_CONTEXT, TEXT_SIZE, ChartContext, ChartFigure, as_day

CHARTS = ("points_at_risk",)
MOST_ROWS = 25
_TEXT_WIDTH = 1.5


def points_at_risk(
    gaps: pd.DataFrame,
    *,
    unit_code: Unit = None,
    as_of: dt.date | str | None = None,
    context: ChartContext = NO_CONTEXT,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the lost points of each lead unit by cause, with its nearest deadline.

    Parameters
    ----------
    gaps : DataFrame
        Table ``Gaps``; rows without a lead unit stand together under "not assigned".
    unit_code
        As for every chart; without it all units of `gaps`.
    as_of : date, optional
        The day the chart is read; deadlines before it are marked as overdue.
    most_rows : int
        Lead units drawn; `figure_data` has them all.
    """
    table = _by_lead(one_unit(gaps, unit_code), as_of, context)

    def texts_of(part: pd.DataFrame) -> list[str]:
        texts = (_right_text(row, context) for _, row in part.iterrows())
        return [wrapped(text, TEXT_SIZE, _TEXT_WIDTH) for text in texts]

    def rows_of(part: pd.DataFrame) -> Rows:
        return named_rows(list(part["name"]), least=0.36, beside=texts_of(part))

    shown, rows = one_page(table, rows_of, most_rows)
    fills = causes_met(table)
    who: dict[str, Any] = {"unit_code": unit_code, "several": "chart_sum_of_units"}
    sheet = row_chart(
        context, "points_at_risk", subtitle(gaps, context, **who), rows, texts_of(shown),
        lambda axes: stacked_bars(axes, shown, fills, rows.centers),
        scale=table["lost_points"].max(), unit=context.say("lost_points"),
        legend=cause_entries(fills, context), notes=page_notes(table, shown, 0, context),
        nothing="chart_nothing_lost",
    )  # fmt: skip

    def said(words: ChartContext) -> dict[str, object]:
        first = _by_lead(one_unit(gaps, unit_code), as_of, words).head(10)
        lines = [f"{row['name']}: {_right_text(row, words)}" for _, row in first.iterrows()]
        text = "; ".join(lines).replace("\n", ", ") or words.say("chart_nothing_lost")
        return {"who": subtitle(gaps, words, **who), "rows": text}

    return finish(sheet, "points_at_risk", table, said)


def _by_lead(
    gaps: pd.DataFrame, as_of: dt.date | str | None, context: ChartContext
) -> pd.DataFrame:
    """Return ``name, lost_points, due_on, overdue``, the causes, one row per lead unit."""
    nobody = context.say("chart_no_lead_unit")
    lead = gaps["lead_unit"].fillna("").astype(str).str.strip().replace("", nobody)
    named = gaps.assign(name=lead)
    table = lost_by_cause(named, "name")
    table.insert(1, "due_on", pd.to_datetime(named.groupby("name")["due_on"].min()))
    day = as_day(as_of)
    table.insert(2, "overdue", (table["due_on"] < day) if day is not None else False)
    table = table.reset_index().rename_axis(columns=None)
    by_name = sorted(table.index, key=lambda place: vietnamese_key(table["name"][place]))
    ordered = table.loc[by_name].sort_values("lost_points", ascending=False, kind="stable")
    return ordered.reset_index(drop=True)


def _right_text(row: pd.Series, context: ChartContext) -> str:
    text = context.number(row["lost_points"])
    if pd.isna(row["due_on"]):
        return f"{text}\n{context.say('chart_no_deadline')}"
    key = "chart_overdue" if row["overdue"] else "chart_due"
    return f"{text}\n{context.say(key, day=context.date(row['due_on']))}"


