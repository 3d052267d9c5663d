"""A plan's targets as bullets: result against target, the state of each in its colour."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.text import shortened
from scoring.outputs import target_words as said
from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Entry, bars
from scoring.outputs.theme import NO_CONTEXT, ROLES, TARGET_ROLES, ChartContext, ChartFigure

CHARTS = ("plan_target_bars",)
MOST_ROWS = 40
_NAME_LENGTH = 90
_MARK = 2.0  # width of what stands for a row whose figures have no place on the axis


def plan_target_bars(
    results: pd.DataFrame,
    *,
    context: ChartContext = NO_CONTEXT,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw each target in percent as a bar to its result with a mark at the target.

    Counts, points and ranks have no place on that axis: a block of the colour of their state stands
    at its start, and their figures at the right as everybody's do.

    Parameters
    ----------
    results : DataFrame
        Table ``TargetResults``; `result` and `value` in the unit of the target, NaN where unknown.
    first_row, most_rows : int
        Which rows of a long table to draw: call again with the next `first_row` for the rest.

    Returns
    -------
    ChartFigure
        `figure_data` has every row.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> row = {"target_code": "CT-01", "indicator": "Hồ sơ đúng hạn", "comparator": "at-least",
    ...        "value": 95.0, "upper_value": np.nan, "unit": "%", "year": 2026, "result": 97.5,
    ...        "low": np.nan, "high": np.nan, "gap": 2.5, "state": "met", "waived_until": pd.NaT}
    >>> print(alt_text(plan_target_bars(pd.DataFrame([row])), "en"))
    Targets of the plan met: 1 of 1; missed: 0; not yet due or not settled: 0; not measurable:
    0. The plan's targets and their results. CT-01 Hồ sơ đúng hạn: 97.5% · at least 95%, met.
    """
    codes = results["target_code"] + " " + results["indicator"].map(_brief)
    table = results.assign(name=codes).reset_index(drop=True)
    page = labelled.one_page(table, lambda shown: _rows(shown, context), most_rows, first_row)
    low, high = _limits(table)
    figure = labelled.row_chart(
        context,
        "plan_target_bars",
        page,
        _right,
        lambda axes: _draw(axes, page),
        title=lambda words: said.targets_sentence(results, words.lang),
        who=_who,
        said=lambda words: {
            "rows": labelled.row_words(table, _right, words, "chart_no_rows", most=12)
        },
        start=low,
        scale=high,
        unit="measure_of_target_percent",
        legend=_legend(table, context),
    )
    figure.next_row = page.next_row
    return figure


def _brief(text: str) -> str:
    return shortened(text, _NAME_LENGTH)


def _who(words: ChartContext) -> str:
    return words.say("chart_plan_target_bars_who")


def _rows(shown: pd.DataFrame, context: ChartContext) -> labelled.Rows:
    texts = labelled.row_texts(shown, _right, context)
    return labelled.named_rows(list(shown["name"]), least=0.24, gap=0.06, beside=texts)


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis: 0 and 100 percent, and whatever lies beyond."""
    percents = table.loc[table["unit"] == "%", ["result", "value", "upper_value"]].to_numpy(float)
    known = percents[np.isfinite(percents)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return min(0.0, 1.01 * low), 1.01 * max(100.0, high)


def _draw(axes: Axes, page: labelled.Page) -> None:
    for row, y in zip(page.shown.to_dict("records"), page.rows.centers, strict=True):
        fill = ROLES[TARGET_ROLES[row["state"]]]
        on_axis = row["unit"] == "%" and np.isfinite(row["result"])
        width = row["result"] if on_axis else _MARK
        bars(axes, [min(width, 0.0)], [abs(width)], [y], 0.12, fill)
        if row["unit"] == "%":
            for target in (row["value"], row["upper_value"]):
                _mark(axes, target, y)


def _mark(axes: Axes, target: float, y: float) -> None:
    if np.isfinite(target):
        axes.plot([target] * 2, [y - 0.09, y + 0.09], color=theme.TARGET, linewidth=2.2)


def _right(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    told = SimpleNamespace(**{str(name): value for name, value in row.items()})
    figures = f"{said.result_text(told, context.lang)} · {said.wanted_text(told, context.lang)}"
    waived = context.say("chart_plan_target_waived") if pd.notna(told.waived_until) else ""
    name = said.state_name(told, context.lang)
    return f"{figures}\n{name}{waived}"


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    """Name the colours that are drawn, and the mark of a target."""
    states = set(table["state"])
    named: dict[str, list[str]] = {}
    for state, role in TARGET_ROLES.items():
        if state in states:
            named.setdefault(role, []).append(
                context.say(f"target_state_{state.replace('-', '_')}")
            )
    entries = [Entry(" / ".join(names), ROLES[role]) for role, names in named.items()]
    if (table["unit"] == "%").any():
        entries.append(Entry(context.say("target"), color=theme.TARGET, marker="|", dashes=""))
    return entries
