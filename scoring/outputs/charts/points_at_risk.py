"""Points that can still be won, by the unit that leads, with the nearest deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from scoring.base.text import vietnamese_key
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts import score_tables as given
from scoring.outputs.charts.chart_titles import leads_title
from scoring.outputs.text_layout import wrapped
from scoring.outputs.theme import NO_CONTEXT, TEXT_SIZE, ChartContext, ChartFigure, as_day
from scoring.tables import days_of

CHARTS = ("points_at_risk",)
MOST_ROWS = 25
_TEXT_WIDTH = 1.5


def points_at_risk(
    gaps: pd.DataFrame,
    *,
    unit_code: given.Unit = None,
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

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> inputs = scoring.shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> gaps = scoring.gap_table(scoring.score(pd.read_csv(inputs), "service-quality-766"))
    >>> leads = gaps["area_code"].map({"1": "Văn phòng"}).fillna("")
    >>> figure = points_at_risk(gaps.assign(lead_unit=leads, due_on=pd.Timestamp("2026-11-30")))
    >>> figure_data(figure).set_index("name")["lost_points"].round(2).to_dict()
    {'Chưa giao đơn vị chủ trì': 28.07, 'Văn phòng': 10.04}
    """
    own = given.one_unit(gaps, unit_code)
    table = _by_lead(own, as_of, context)

    def rows_of(part: pd.DataFrame) -> labelled.Rows:
        texts = labelled.row_texts(part, _wrapped_text, context)
        return labelled.named_rows(list(part["name"]), least=0.36, beside=texts)

    def said(words: ChartContext) -> dict[str, object]:
        every = _by_lead(own, as_of, words)
        lines = labelled.row_words(every, _right_text, words, "chart_nothing_lost", most=10)
        return {"rows": lines}

    page, fills = labelled.one_page(table, rows_of, most_rows), given.causes_met(table)
    return labelled.row_chart(
        context, "points_at_risk", page, _wrapped_text,
        lambda axes: labelled.stacked_bars(axes, page.shown, fills, page.rows.centers),
        title=lambda words: leads_title(_by_lead(own, as_of, words), words),
        who=partial(given.subtitle, gaps, unit_code=unit_code, several="chart_sum_of_units"),
        said=said, scale=table["lost_points"].max(), unit="chart_points_to_win",
        legend=given.cause_entries(fills, context), nothing="chart_nothing_lost",
    )  # fmt: skip


def _by_lead(
    gaps: pd.DataFrame, as_of: dt.date | str | None, context: ChartContext
) -> pd.DataFrame:
    """Return ``name, lost_points, due_on, overdue``, the causes, one row per lead unit."""
    unassigned = context.say("chart_no_lead_unit")
    lead = gaps["lead_unit"].fillna("").astype(str).str.strip().replace("", unassigned)
    named = gaps.assign(name=lead, due_on=days_of(gaps["due_on"]))
    table = given.lost_by_cause(named, "name")
    table.insert(1, "due_on", named.groupby("name")["due_on"].min())
    day = as_day(as_of)
    table.insert(2, "overdue", (table["due_on"] < day) if day is not None else False)
    table = table.reset_index().rename_axis(columns=None)
    by_name = sorted(table.index, key=lambda place: vietnamese_key(table["name"][place]))
    ordered = table.loc[by_name].sort_values("lost_points", ascending=False, kind="stable")
    return ordered.reset_index(drop=True)


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    text = context.points(row["lost_points"])
    if pd.isna(row["due_on"]):
        return f"{text}\n{context.say('chart_no_deadline')}"
    key = "chart_overdue" if row["overdue"] else "chart_due"
    return f"{text}\n{context.say(key, day=context.date(row['due_on']))}"


def _wrapped_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    return wrapped(_right_text(row, context), TEXT_SIZE, _TEXT_WIDTH)
