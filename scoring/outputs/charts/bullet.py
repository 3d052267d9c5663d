"""One line per area or per unit: attainment, target and the range still open."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.text import vietnamese_key
from scoring.base.units import KEY_COLUMNS
from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts import score_tables as given
from scoring.outputs.charts.chart_sheet import Entry, bars
from scoring.outputs.charts.chart_titles import lines_title
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure, Fill

CHARTS = ("bullet",)
MOST_ROWS = 40
_SHARES = labelled.Reached("percent", "low_percent", "high_percent", "target_percent")
_SAMPLING = ("sampling_low_percent", "sampling_high_percent")
# Three steps of the scale behind the bars: below 50, 50 to 80, 80 to 100 percent.
_STEPS = ((0.0, 50.0, "below-50"), (50.0, 80.0, "50-to-80"), (80.0, 100.0, "from-80"))


def bullet(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    unit_code: given.Unit = None,
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

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> inputs = scoring.shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(inputs), "service-quality-766")
    >>> lines = figure_data(bullet(sheet.scores, sheet.criteria.items)).set_index("code")
    >>> lines.loc[["INDEX", "2"], "percent"].round(2).to_dict()
    {'INDEX': 61.89, '2': 88.4}
    """
    table_in = partial(bullet_table, scores, items, targets, unit_code)
    table = table_in(context)
    is_one = given.the_unit(scores, unit_code) is not None
    page = labelled.one_page(table, _rows, most_rows, first_row)
    who = partial(given.subtitle, scores, unit_code=unit_code, several="chart_units")

    def said(words: ChartContext) -> dict[str, object]:
        lines = labelled.row_words(table_in(words), _right_text, words, most=10)
        return {"who": who(words), "rows": lines}

    figure = labelled.row_chart(
        context, "bullet", page, _right_text,
        lambda axes: _draw(axes, page.shown, page.rows.centers),
        title=lambda words: lines_title(table_in(words), is_one, words),
        who=partial(who, measure="percent_of_maximum"), said=said,
        scale=_scale(table), unit="measure_percent_of_maximum", legend=_legend(table, context),
    )  # fmt: skip
    figure.next_row = page.next_row
    return figure


def _scale(table: pd.DataFrame) -> float:
    """Return the end of the axis: what is reached or wanted may lie above the maximum."""
    return float(np.nanmax([100.0, *table[list(_SHARES)].to_numpy(float).ravel()]))


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    return labelled.named_rows(list(shown["name"]), least=0.21, gap=0.05)


def bullet_table(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None,
    unit_code: given.Unit,
    context: ChartContext,
) -> pd.DataFrame:
    """Return the lines with ``percent, low_percent, high_percent, target_percent``."""
    if given.the_unit(scores, unit_code) is not None:
        areas = given.area_table(scores, items, targets, unit_code=unit_code, lang=context.lang)
        table = given.without_extras(areas, items)
        total = given.index_row(scores, targets, unit_code)
        if total is not None:
            first = pd.DataFrame([total.to_dict() | {"name": context.say("chart_total")}])
            table = pd.concat([first, table], ignore_index=True)
    else:
        table = _unit_lines(scores, targets, context)
    maximum = table["max_points"].where(table["max_points"] > 0).astype(float)
    for share, points in zip(_SHARES, labelled.Reached(), strict=True):
        table[share] = 100 * table[points].astype(float) / maximum
    for share, points in zip(_SAMPLING, given.SAMPLING, strict=True):
        if points in table:
            table[share] = 100 * table[points].astype(float) / maximum
    return table


def _unit_lines(
    scores: pd.DataFrame, targets: pd.DataFrame | None, context: ChartContext
) -> pd.DataFrame:
    index = given.with_bounds(scores[scores["level"] == "index"]).copy()
    index["name"] = given.unit_names(index, context)
    common = given.targets_by_code(targets, given.periods(index.iloc[:0])).get("INDEX", np.nan)
    index["target_points"] = common
    if targets is not None and len(targets):
        keys = [name for name in KEY_COLUMNS if name in targets]
        wanted = targets[targets["code"] == "INDEX"].drop_duplicates(keys)
        place = given.places_among(index, wanted)
        own = wanted["target_points"].reset_index(drop=True).reindex(place).to_numpy(float)
        index["target_points"] = np.where(place >= 0, own, common)
    index["sort_name"] = index["name"].map(vietnamese_key)
    # Units not assessed stand last, in the order of their names.
    ordered = index.sort_values("sort_name", kind="stable").sort_values(
        "points", ascending=False, na_position="last", kind="stable"
    )
    return ordered.drop(columns="sort_name").reset_index(drop=True)


def _draw(axes: Axes, shown: pd.DataFrame, centers: tuple[float, ...]) -> None:
    count = len(shown)
    for start, end, role in _STEPS:
        widths = [end - start] * count
        bars(axes, [start] * count, widths, centers, 0.17, theme.ROLES[role])
    marks = ((theme.TARGET, 2.2),)
    labelled.draw_reached(axes, shown, centers, _SHARES, height=0.08, mark=0.08, lines=marks)
    labelled.draw_sampling(axes, shown, centers, _SAMPLING, 0.05)


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    if not np.isfinite(row["percent"]) or row["max_points"] == 100:
        return given.points_text(row, context)
    return f"{given.points_text(row, context)}  ({context.percent(row['percent'])})"


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    attained = [Entry(context.say("chart_attainment"), Fill(theme.POINTS))]
    steps = [Entry(f"{start:.0f}–{end:.0f}%", theme.ROLES[role]) for start, end, role in _STEPS]
    return [*labelled.reached_entries(context, table, _SHARES, attained), *steps]
