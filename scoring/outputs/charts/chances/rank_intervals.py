"""Ranks that are not sure: where each unit may lie, and where it may lie at the utmost."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Entry
from scoring.outputs.charts.chart_titles import tied
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure, Fill

CHARTS = ("rank_intervals",)
MOST_ROWS = 40
# What stands behind the ends: chances, or other choices of rules.
_ENDS = {
    "chances": ("rank_first", "rank_last", "bound_first", "bound_last"),
    "choices": ("weights_first", "weights_last", "rank_first", "rank_last"),
}


def rank_intervals(
    table: pd.DataFrame,
    *,
    of: str = "chances",
    confidence_percent: float = 95.0,
    context: ChartContext = NO_CONTEXT,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
    where: str = "",
) -> ChartFigure:
    """Draw between which ranks each unit of a block lies, the best first.

    Parameters
    ----------
    table : DataFrame
        Rows of one block and period of ``RankIntervals``, or with ``of="choices"`` of
        ``RankRobustness``.
    of : {"chances", "choices"}
    confidence_percent : float
        That the intervals of chances were made with.
    first_row, most_rows : int
        Which units of many to draw: call again with the next `first_row` for the rest.
    where : str
        What tells the block and the period from others; empty where there is one.

    Returns
    -------
    ChartFigure
        A thick bar for the interval, a thin line for the best and worst case.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> table = pd.DataFrame({"unit_code": ["A", "B", "C"], "unit_name": "", "rank_first": [1, 1, 3],
    ...                       "rank_last": [2, 2, 3], "bound_first": 1, "bound_last": 3})
    >>> print(alt_text(rank_intervals(table, context=ChartContext(lang="en")), "en"))
    1 of 3 units has a single rank at 95% confidence; the least certain is A: 1–2 (level with 1
    other). 3 units. A: 1–2; B: 1–2; C: 3.
    """
    shown = _in_order(table, of, context)
    page = labelled.one_page(shown, _rows, most_rows, first_row)
    count = max(len(table), 2)
    said = {"level": context.number(confidence_percent, 1)}
    figure = labelled.row_chart(
        context, "rank_intervals", page, _right, partial(_draw, page=page),
        title=lambda words: _title(shown, words, of, words.number(confidence_percent, 1)),
        who=lambda words: " · ".join(
            filter(None, [words.say(f"rank_intervals_of_{of}", count=len(shown)), where])),
        said=lambda words: {"rows": labelled.row_words(shown, _right, words, "chart_no_rows", most=12)},
        scale=count + 0.4, start=0.6, unit="sure_rank", whole=True, legend=_legend(context, of),
        notes=[*page.notes(context), context.say(f"rank_intervals_note_{of}", **said)],
    )  # fmt: skip
    figure.next_row = page.next_row
    return figure


def rank_pages(table: pd.DataFrame, *, of: str = "chances", context: ChartContext) -> list[int]:
    """Return the `first_row` of each chart that `table` takes: names of two lines fill a page sooner."""
    shown, starts = _in_order(table, of, context), [0]
    while (after := labelled.one_page(shown, _rows, MOST_ROWS, starts[-1]).next_row) is not None:
        starts.append(after)
    return starts


def _in_order(table: pd.DataFrame, of: str, context: ChartContext) -> pd.DataFrame:
    names = dict(zip(("first", "last", "best", "worst"), _ENDS[of], strict=True))
    shown = table.rename(columns={"rank": "base"}).assign(
        name=[context.unit_name(code) for code in table["unit_code"]],
        **{name: table[column].to_numpy() for name, column in names.items()},
    )
    return shown.sort_values(["first", "last", "best"], kind="stable", ignore_index=True)


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    return labelled.named_rows(list(shown["name"]), least=0.2, gap=0.05)


def _draw(axes: Axes, page: labelled.Page) -> None:
    color = theme.ROLES["interval"].color
    for row, y in zip(page.shown.to_dict("records"), page.rows.centers, strict=True):
        axes.plot([row["best"], row["worst"]], [y, y], color=theme.MUTED, linewidth=0.9, zorder=2)
        ends = [row["first"] - 0.2, row["last"] + 0.2]
        axes.plot(ends, [y, y], color=color, linewidth=5.5, solid_capstyle="butt", zorder=3)
        if row["first"] == row["last"] or "base" in row:
            at = row.get("base", row["first"])
            axes.plot([at], [y], "o", color=theme.POINTS, markersize=4.5, zorder=4)


def _right(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    return ranks_text(row["first"], row["last"])


def ranks_text(first: int, last: int) -> str:
    """Return ranks as ``3–7``, one rank as it is."""
    return f"{first}" if first == last else f"{first}–{last}"


def _title(table: pd.DataFrame, words: ChartContext, of: str, level: str) -> str:
    """Say how many intervals hold one rank only, and whose is the widest."""
    if table.empty:
        return words.say("chart_no_rows")
    width = table["last"] - table["first"]
    sure, least = int((width == 0).sum()), table.iloc[int(width.argmax())]
    if sure == len(table):
        return words.say(f"rank_intervals_all_{of}", count=sure, level=level)
    ranks = ranks_text(least["first"], least["last"])
    ranks += tied(map(str, width), str(width.max()), words)
    said = {"name": least["name"], "ranks": ranks, "level": level}
    return words.say(f"rank_intervals_title_{of}", sure=sure, all=len(table), **said)


def _legend(context: ChartContext, of: str) -> list[Entry]:
    return [
        Entry(context.say(f"rank_intervals_bar_{of}"), Fill(theme.ROLES["interval"].color)),
        Entry(context.say(f"rank_intervals_line_{of}"), color=theme.MUTED),
        Entry(context.say(f"rank_intervals_point_{of}"), color=theme.POINTS, marker="o", dashes=""),
    ]
