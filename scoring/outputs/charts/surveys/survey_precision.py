"""What precision a number of forms, or the money for them, buys."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts.chart_sheet import Entry, finish, new_sheet, nice_ticks, write
from scoring.outputs.theme import MARGIN, NO_CONTEXT, ChartContext, ChartFigure
from scoring.tables import rows_of

CHARTS = ("survey_precision",)
_PLOT, _AXIS, _SCALE = 2.6, 0.5, 0.45  # inches of the lines, of the scale below and at the left
_APART = 0.1  # percentage points from which Wald is told apart


def survey_precision(
    precision: pd.DataFrame,
    *,
    forms: int,
    margin_percent: float = float("nan"),
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw the margin of error by forms, with the number of forms that was chosen.

    Parameters
    ----------
    precision : DataFrame
        Table ``Precision`` with a row of `forms`; where it has one of twice as many, the title
        says what they would buy. Costs stand below the forms where the table has them.
    forms : int
        The chosen forms of a domain.
    margin_percent : float
        The margin that is wanted, in percentage points; NaN for none.

    Returns
    -------
    ChartFigure
        The Wald line is drawn too, and the title names it where it differs at the chosen forms.

    Examples
    --------
    >>> from scoring.charts import figure_data
    >>> from scoring.survey.planning.sample_sizes import SizeRequest, precision_table
    >>> precision = precision_table(SizeRequest(0.05), [100, 200, 400])
    >>> figure_data(survey_precision(precision, forms=200))[["forms", "wald_percent"]].round(2)
       forms  wald_percent
    0    100          9.80
    1    200          6.93
    2    400          4.90
    """
    table = precision.sort_values("forms", ignore_index=True)
    title = partial(_title, table, forms)
    legend = [
        Entry(context.say("chart_survey_precision_wilson"), color=theme.POINTS),
        Entry(context.say("chart_survey_precision_wald_line"), color=theme.MUTED, dashes="--"),
    ]
    if np.isfinite(margin_percent):
        wanted = context.say(
            "chart_survey_precision_wanted", margin=_points(margin_percent, context)
        )
        legend.append(Entry(wanted, color=theme.TARGET, dashes=":"))
    has_costs = table["cost"].notna().any()
    about = context.say("chart_survey_precision_shows")
    body = _PLOT + _AXIS + (0.18 if has_costs else 0.0)
    sheet = new_sheet(context, title(context), about, body, legend=legend)
    axes = sheet.axes(MARGIN + _SCALE, MARGIN + 0.3, bottom=body - _PLOT)
    _draw(axes, table, margin_percent, context)
    _mark(axes, table[table["forms"] == forms], context)
    if has_costs:
        _costs(axes, table, context)

    def said(words: ChartContext) -> dict[str, object]:
        few = table.iloc[np.linspace(0, len(table) - 1, min(len(table), 8)).astype(int)]
        pairs = zip(few["forms"], few["wilson_percent"], strict=True)
        return {"rows": "; ".join(f"{count}: ±{_points(value, words)}" for count, value in pairs)}

    return finish(sheet, "survey_precision", table, title, said)


def _points(percent: float, context: ChartContext) -> str:
    return context.number(percent, 1)


def _title(table: pd.DataFrame, forms: int, words: ChartContext) -> str:
    by_forms = {row.forms: (row.wilson_percent, row.wald_percent) for row in rows_of(table)}
    wilson, wald = by_forms[forms]
    shown = {"forms": words.number(forms, 0)}
    shown |= {"margin": _points(wilson, words), "wald": _points(wald, words)}
    key = "wald" if wilson - wald > _APART else "title"
    said = words.say(f"chart_survey_precision_{key}", **shown)
    if 2 * forms not in by_forms:
        return said
    twice = _points(by_forms[2 * forms][0], words)
    return f"{said}; {words.say('chart_survey_precision_twice', twice=twice)}"


def _draw(axes: Axes, table: pd.DataFrame, wanted: float, context: ChartContext) -> None:
    most = float(np.nanmax([table["wilson_percent"].max(), table["wald_percent"].max(), wanted]))
    left, right = float(table["forms"].min()), float(table["forms"].max())
    axes.set_xlim(left, max(right, left + 1))
    axes.set_ylim(0, most * 1.05)
    style = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
    heights, places = nice_ticks(0, most, 5), nice_ticks(left, right, 6)
    axes.hlines(heights, left, right, colors=theme.GRID, linewidth=0.6, zorder=0)
    for height in heights:
        write(axes, left, height, f"±{context.like(heights)(height)} ", ha="right", **style)
    inch = most * 1.05 / _PLOT
    for place in places:
        write(axes, place, -0.12 * inch, context.number(place, 0), ha="center", **style)
    unit = context.say("chart_survey_precision_axis")
    write(axes, (left + right) / 2, -0.3 * inch, unit, ha="center", **style)
    if np.isfinite(wanted):
        axes.hlines([wanted], left, right, colors=theme.TARGET, linewidth=1.3, linestyles=":")
    axes.plot(
        table["forms"], table["wald_percent"], color=theme.MUTED, linewidth=1.2, linestyle="--"
    )
    axes.plot(table["forms"], table["wilson_percent"], color=theme.POINTS, linewidth=1.8)


def _mark(axes: Axes, chosen: pd.DataFrame, context: ChartContext) -> None:
    row = chosen.iloc[0]
    forms, margin = float(row["forms"]), float(row["wilson_percent"])
    axes.plot([forms], [margin], marker="o", markersize=7, color=theme.POINTS)
    said = context.say(
        "chart_survey_precision_chosen",
        forms=context.number(forms, 0),
        margin=_points(margin, context),
    )
    inch = axes.get_ylim()[1] / _PLOT
    left, right = axes.get_xlim()
    # Beyond the middle there may be no room at the right.
    side = "left" if forms <= (left + right) / 2 else "right"
    write(axes, forms, margin + 0.16 * inch, f" {said} ", ha=side, weight="bold")


def _costs(axes: Axes, table: pd.DataFrame, context: ChartContext) -> None:
    """Write what the forms of each tick cost, below them."""
    left, right = axes.get_xlim()
    inch = axes.get_ylim()[1] / _PLOT
    known = table.dropna(subset="cost")
    style = {"ha": "center", "color": theme.INK, "fontsize": theme.SMALL_SIZE}
    for place in nice_ticks(left, right, 6):
        # Whole people and clusters make odd sums; three figures say what a plan needs.
        cost = float(f"{np.interp(place, known['forms'], known['cost']):.3g}")
        write(axes, place, -0.48 * inch, context.number(cost, 0), **style)
    write(
        axes, (left + right) / 2, -0.64 * inch, context.say("chart_survey_precision_cost"), **style
    )
