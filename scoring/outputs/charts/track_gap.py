"""Two tracks as two points a row, joined by a line: how far one runs ahead of the other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from scoring.base.values import INDEX_CODE
from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Entry
from scoring.outputs.charts.chart_titles import is_shown, tied
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure

CHARTS = ("track_gap",)
MOST_ROWS = 40
_MARKS = {"before_points": ("o", "last-year"), "after_points": ("D", "reached")}


def track_gap(
    table: pd.DataFrame,
    *,
    unit_name: str = "",
    context: ChartContext = NO_CONTEXT,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the points of each row on two tracks, the row that runs furthest ahead first.

    Parameters
    ----------
    table : DataFrame
        Rows of the table ``Ahead``, all of units or all of one unit's parts. Rows that are open on
        one of the tracks are left out and counted.
    unit_name : str
        Whose parts they are.
    most_rows : int
        Rows drawn; `figure_data` has them all.

    Returns
    -------
    ChartFigure

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> ends = {"before": "self", "after": "final", "before_points": 95.0, "after_points": 90.0}
    >>> row = {"code": "INDEX", "name": "Sở Mẫu", "ahead_points": 5.0} | ends
    >>> figure = track_gap(pd.DataFrame([row]), context=ChartContext(lang="en"))
    >>> print(alt_text(figure, "en"))
    “Self-assessed” is 5.00 points above “Final” on average, most at Sở Mẫu: 5.00. Units: 1. Sở
    Mẫu: 95.00 → 90.00.
    """
    known = table.dropna(subset=["before_points", "after_points"])
    ordered = known.sort_values("ahead_points", ascending=False, kind="stable", ignore_index=True)
    page = labelled.one_page(ordered, _rows, most_rows)
    ends = ordered[["before_points", "after_points"]]
    scale = float(ends.max().max()) * 1.02 if len(ordered) else 1.0
    start = max(0.0, float(ends.min().min()) - 0.15 * scale) if len(ordered) else 0.0
    start = 0.0 if start < scale / 3 else float(int(start))
    notes, left = page.notes(context), len(table) - len(known)
    notes += [context.say("track_gap_scale", low=context.number(start))] if start > 0 else []
    notes += [context.say("track_gap_open", count=left)] if left else []
    return labelled.row_chart(
        context, "track_gap", page, _right, lambda axes: _draw(axes, page),
        title=lambda words: _title(ordered, words),
        who=lambda words: " · ".join(filter(None, [unit_name, words.say(_whose(table), count=len(ordered))])),
        said=lambda words: {"rows": labelled.row_words(ordered, _right, words, "chart_no_rows", most=12)},
        scale=scale, start=start, unit="points", legend=_legend(table, context), notes=notes,
    )  # fmt: skip


def _whose(table: pd.DataFrame) -> str:
    is_units = bool((table["code"] == INDEX_CODE).all())
    return "track_gap_of" if is_units else "track_gap_areas"


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    return labelled.named_rows(list(shown["name"]), least=0.24, gap=0.06)


def _draw(axes: Axes, page: labelled.Page) -> None:
    for row, y in zip(page.shown.to_dict("records"), page.rows.centers, strict=True):
        ends = [row[name] for name in _MARKS]
        axes.plot(ends, [y, y], color=theme.ROLES["appraised-lower"].color, linewidth=1.6, zorder=2)
        for name, (shape, role) in _MARKS.items():
            axes.plot(
                [row[name]], [y], shape, color=theme.ROLES[role].color, markersize=6, zorder=3
            )


def _right(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    return f"{context.points(row['before_points'])} → {context.points(row['after_points'])}"


def _title(table: pd.DataFrame, words: ChartContext) -> str:
    """Say by how much the first track is ahead on average, and where most."""
    if table.empty:
        return words.say("chart_no_rows")
    ahead = table["ahead_points"]
    mean = float(ahead.mean())
    names = {end: words.say(f"track_{table[end].iloc[0]}") for end in ("before", "after")}
    if not is_shown(float(ahead.abs().max()), words):
        return words.say("track_gap_same", **names)
    # Where nobody runs ahead the title names who lies furthest behind.
    is_ahead = is_shown(float(ahead.iloc[0]), words)
    key = "track_gap_title" if mean >= 0 else "track_gap_behind" if is_ahead else "track_gap_below"
    row = table.iloc[0 if is_ahead else -1]
    most = words.points(abs(float(row["ahead_points"])))
    sizes = [words.points(abs(points)) for points in ahead if (points >= 0) == is_ahead]
    said = {"name": row["name"], "most": most + tied(sizes, most, words)}
    return words.say(key, mean=words.points(abs(mean)), **names, **said)


def _legend(table: pd.DataFrame, context: ChartContext) -> list[Entry]:
    if table.empty:
        return []
    return [
        Entry(
            context.say(f"track_{table[name.removesuffix('_points')].iloc[0]}"),
            color=theme.ROLES[role].color, marker=shape, dashes="",
        )
        for name, (shape, role) in _MARKS.items()
    ]  # fmt: skip
