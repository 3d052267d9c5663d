"""One line per area or per unit: attainment, target and the range still open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.text import vietnamese_key
from scoring.outputs.charts.chart_sheet import Entry, bars, finish
from scoring.outputs.charts.rows import (
    Reached,
    draw_reached,
    named_rows,
    on_page,
    one_page,
    page_notes,
    row_chart,
    reached_entries,
)
from scoring.outputs.charts.score_tables import (
    Unit,
    area_table,
    index_row,
    points_text,
    subtitle,
    targets_by_code,
    the_unit,
    unit_names,
    with_bounds,
    without_extras,
)
from scoring.outputs.text_layout import Rows
from scoring.outputs.theme import NO_CONTEXT, POINTS, TARGET, ChartContext, ChartFigure, Fill

CHARTS = ("bullet",)
MOST_ROWS = 40
_SHARES = Reached("percent", "low_percent", "high_percent", "target_percent")
# Three steps of the scale behind the bars: below 50, 50 to 80, 80 to 100 percent.
_STEPS = ((0.0, 50.0, "#dcdcdc"), (50.0, 80.0, "#eaeaea"), (80.0, 100.0, "#f5f5f5"))


def bullet(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    unit_code: Unit = None,
    context: ChartContext = NO_CONTEXT,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw attainment in percent of the maximum on a common scale.

    One unit gives the index and its areas; several units give one line per unit, highest first.

    Parameters
    ----------
    scores, items, targets : DataFrame
        Tables ``Scores``, ``Items`` and ``Targets``.
    unit_code
        As for every chart; without it all units of `scores`.
    first_row, most_rows : int
        Which lines of a long table to draw: call again with the next `first_row` for the rest.

    Returns
    -------
    ChartFigure
        `figure_data` has every line, also those not drawn.
    """
    table = bullet_table(scores, items, targets, unit_code, context)
    shown, rows = one_page(table, _rows, most_rows, first_row)
    who: dict[str, Any] = {"unit_code": unit_code, "several": "chart_units"}
    sheet = row_chart(
        context, "bullet", subtitle(scores, context, measure="percent_of_maximum", **who), rows,
        [_right_text(row, context) for _, row in shown.iterrows()],
        lambda axes: _draw(axes, shown, rows.centers),
        scale=100, unit=context.say("measure_percent_of_maximum"),
        legend=_legend(table, context), notes=page_notes(table, shown, first_row, context),
    )  # fmt: skip

    def said(words: ChartContext) -> dict[str, object]:
        first = bullet_table(scores, items, targets, unit_code, words).head(10)
        lines = [f"{row['name']}: {_right_text(row, words)}" for _, row in first.iterrows()]
        return {"who": subtitle(scores, words, **who), "rows": "; ".join(lines)}

    return on_page(finish(sheet, "bullet", table, said), table, shown, first_row)


def _rows(shown: pd.DataFrame) -> Rows:
    return named_rows(list(shown["name"]), least=0.21, gap=0.05)


def bullet_table(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None,
    unit_code: Unit,
    context: ChartContext,
) -> pd.DataFrame:
    """Return the lines with ``percent, low_percent, high_percent, target_percent``."""
    if the_unit(scores, unit_code) is not None:
        areas = area_table(scores, items, targets, unit_code=unit_code, lang=context.lang)
        table = without_extras(areas, items)
        total = index_row(scores, targets, unit_code)
        if total is not None:
            first = pd.DataFrame([total.to_dict() | {"name": context.say("chart_total")}])
            table = pd.concat([first, table], ignore_index=True)
    else:
        table = _unit_lines(scores, targets, context)
    maximum = table["max_points"].where(table["max_points"] > 0).astype(float)
    for share, points in zip(_SHARES, Reached(), strict=True):
        table[share] = 100 * table[points].astype(float) / maximum
    return table


def _unit_lines(
    scores: pd.DataFrame, targets: pd.DataFrame | None, context: ChartContext
) -> pd.DataFrame:
    index = with_bounds(scores[scores["level"] == "index"]).copy()
    index["name"] = unit_names(index, context)
    common = targets_by_code(targets, None).get("INDEX", np.nan)
    own = pd.Series(dtype=float)
    if targets is not None and len(targets):
        index_targets = targets[targets["code"] == "INDEX"].drop_duplicates("unit_code")
        own = index_targets.set_index("unit_code")["target_points"]
    index["target_points"] = index["unit_code"].map(own).astype(float).fillna(common)
    index["sort_name"] = index["name"].map(vietnamese_key)
    # Units not assessed stand last, in the order of their names.
    ordered = index.sort_values("sort_name", kind="stable").sort_values(
        "points", ascending=False, na_position="last", kind="stable"
    )
    return ordered.drop(columns="sort_name").reset_index(drop=True)


def _draw(axes: Axes, shown: pd.DataFrame, centers: tuple[float, ...]) -> None:
    count = len(shown)
    for start, end, color in _STEPS:
        bars(axes, [start] * count, [end - start] * count, centers, 0.17, Fill(color))
    draw_reached(axes, shown, centers, _SHARES, height=0.08, mark=0.08, lines=((TARGET, 2.2),))


def _right_text(row: pd.Series, context: ChartContext) -> str:
    if not np.isfinite(row["percent"]) or row["max_points"] == 100:
        return points_text(row, context)
    return f"{points_text(row, context)}  ({context.percent(row['percent'])})"


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    attained = [Entry(context.say("chart_attainment"), Fill(POINTS))]
    steps = [Entry(f"{start:.0f}–{end:.0f}%", Fill(color)) for start, end, color in _STEPS]
    return [*reached_entries(context, table, _SHARES, attained), *steps]
