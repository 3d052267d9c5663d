"""One line per area or per unit: attainment, target and the range still open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.labels import LANGUAGES
from scoring.base.text import vietnamese_key
from scoring.outputs.charts.frame import (
    AXIS_HEIGHT,
    Entry,
    bars,
    finish,
    new_sheet,
    on_page,
    page_notes,
    points_axis,
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
)
from scoring.outputs.text_layout import Rows, row_layout, rows_that_fit, text_width
from scoring.outputs.theme import (
    BODY_HEIGHT,
    MARGIN,
    OPEN_FILL,
    POINTS,
    TARGET,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
    Fill,
)

MOST_ROWS = 40
# Three steps of the scale behind the bars: below 50, 50 to 80, 80 to 100 percent.
_STEPS = ((0.0, 50.0, "#dcdcdc"), (50.0, 80.0, "#eaeaea"), (80.0, 100.0, "#f5f5f5"))


def bullet(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    unit_code: Unit = None,
    context: ChartContext | None = None,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw attainment in percent of the maximum on a common scale.

    One unit gives the index and its areas; several units give one line per unit, highest first.

    Parameters
    ----------
    scores, items, targets : DataFrame
        Tables ``Scores``, ``Items`` and ``Targets``.
    unit_code : str or UnitKey, optional
        The unit to show; without it all units of `scores`.
    context : ChartContext, optional
        Language, source line, status of the set.
    first_row, most_rows : int
        Which lines of a long table to draw: call again with the next `first_row` for the rest.

    Returns
    -------
    ChartFigure
        `figure_data` has every line, also those not drawn.
    """
    context = context or ChartContext()
    table = bullet_table(scores, items, targets, unit_code, context)
    shown, rows = _page(table, first_row, most_rows)
    texts = [_right_text(row, context) for _, row in shown.iterrows()]
    sheet = new_sheet(
        context,
        context.say("chart_bullet_title"),
        subtitle(scores, context, unit_code, "percent_of_maximum", several="chart_units"),
        max(rows.total, 0.3) + AXIS_HEIGHT,
        legend=_legend(table, context),
        notes=page_notes(table, shown, first_row, context),
    )
    right = max((text_width(text, TEXT_SIZE) for text in texts), default=0.0) + 0.1
    axes = sheet.axes(MARGIN + rows.label_width + 0.1, right + MARGIN)
    axes.set_xlim(0, 100)
    points_axis(axes, 0, rows.total, context, context.say("measure_percent_of_maximum"))
    _draw(axes, shown, rows.centers)
    for text, label, center in zip(texts, rows.labels, rows.centers, strict=True):
        sheet.text(MARGIN + rows.label_width, center, label, ha="right")
        sheet.text(sheet.width - right, center, text)
    figure = finish(sheet, "bullet", table, _said(scores, items, targets, unit_code, context))
    return on_page(figure, table, shown, first_row)


def _page(table: pd.DataFrame, first_row: int, most_rows: int) -> tuple[pd.DataFrame, Rows]:
    """Return the rows that one page holds, and where they stand."""
    shown = table.iloc[first_row : first_row + most_rows]
    rows = row_layout(list(shown["name"]), width=2.3, size=TEXT_SIZE, least=0.21, gap=0.05)
    shown = shown.head(rows_that_fit(rows, BODY_HEIGHT))
    return shown, row_layout(list(shown["name"]), width=2.3, size=TEXT_SIZE, least=0.21, gap=0.05)


def bullet_table(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None,
    unit_code: Unit,
    context: ChartContext,
) -> pd.DataFrame:
    """Return the lines with ``percent, low_percent, high_percent, target_percent``."""
    if the_unit(scores, unit_code) is not None:
        table = area_table(scores, items, targets, unit_code=unit_code, lang=context.lang)
        total = index_row(scores, targets, unit_code)
        if total is not None:
            first = pd.DataFrame([total.to_dict() | {"name": context.say("chart_total")}])
            table = pd.concat([first, table], ignore_index=True)
    else:
        table = _unit_lines(scores, targets, context)
    maximum = table["max_points"].where(table["max_points"] > 0).astype(float)
    for name, column in (
        ("percent", "points"),
        ("low_percent", "points_low"),
        ("high_percent", "points_high"),
        ("target_percent", "target_points"),
    ):
        table[name] = 100 * table[column].astype(float) / maximum
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
    known = shown["percent"].fillna(shown["low_percent"])
    bars(axes, [0.0] * count, list(known), centers, 0.08, Fill(POINTS))
    unknown = (shown["high_percent"] - shown["low_percent"]).where(shown["percent"].isna(), 0.0)
    bars(axes, list(known), list(unknown), centers, 0.08, OPEN_FILL)
    for target, center in zip(shown["target_percent"], centers, strict=True):
        if np.isfinite(target):
            axes.plot([target] * 2, [center - 0.08, center + 0.08], color=TARGET, linewidth=2.2)


def _right_text(row: pd.Series, context: ChartContext) -> str:
    if not np.isfinite(row["percent"]) or row["max_points"] == 100:
        return points_text(row, context)
    return f"{points_text(row, context)}  ({context.percent(row['percent'])})"


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    entries = [Entry(context.say("chart_attainment"), Fill(POINTS))]
    if table["target_percent"].notna().any():
        entries.append(Entry(context.say("target"), color=TARGET, marker="|", dashes=""))
    if table["percent"].isna().any():
        entries.append(Entry(context.say("status_not_assessed"), OPEN_FILL))
    steps = [Entry(f"{start:.0f}–{end:.0f}%", Fill(color)) for start, end, color in _STEPS]
    return [*entries, *steps]


def _said(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None,
    unit_code: Unit,
    context: ChartContext,
) -> dict[str, dict[str, object]]:
    said: dict[str, dict[str, object]] = {}
    for lang in LANGUAGES:
        words = replace(context, lang=lang)
        table = bullet_table(scores, items, targets, unit_code, words).head(10)
        rows = [f"{row['name']}: {_right_text(row, words)}" for _, row in table.iterrows()]
        said[lang] = {
            "who": subtitle(scores, words, unit_code, several="chart_units"),
            "rows": "; ".join(rows),
        }
    return said
