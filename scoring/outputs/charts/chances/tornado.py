"""What drives the doubt about the index of one unit: how far each source alone moves it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts import rows as labelled
from scoring.outputs.charts.chart_sheet import Entry, bars
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure

CHARTS = ("tornado",)
MOST_ROWS = 20
_BAR = 0.16
_SIDES = {"down_points": "lost", "up_points": "gained"}


def tornado(
    table: pd.DataFrame,
    item_names: Mapping[str, str],
    *,
    context: ChartContext = NO_CONTEXT,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the sources of doubt of one unit, the one that moves the index most first.

    Parameters
    ----------
    table : DataFrame
        Rows of one unit of ``IndexDrivers``.
    item_names : mapping of str to str
        Names of items by code.
    most_rows : int
        Rows drawn; `figure_data` has them all.

    Returns
    -------
    ChartFigure

    Examples
    --------
    >>> from scoring.charts import figure_data
    >>> sources = {"unit_code": "H1", "kind": "open", "item_codes": ["1.1", "2.1"]}
    >>> moves = {"down_points": [-1.0, -2.0], "up_points": [1.0, 2.0], "first_percent": [20.0, 80.0]}
    >>> figure = tornado(pd.DataFrame(sources | moves), {"1.1": "Kế hoạch", "2.1": "Đúng hạn"})
    >>> figure_data(figure)[["item_codes", "down_points", "up_points"]].values.tolist()
    [['2.1', -2.0, 2.0], ['1.1', -1.0, 1.0]]
    """

    def named(rows: pd.DataFrame, words: ChartContext) -> pd.DataFrame:
        return rows.assign(name=[_name(row, item_names, words) for row in rows.to_dict("records")])

    shown = (
        named(table, context)
        .assign(width=table["up_points"] - table["down_points"])
        .sort_values("width", ascending=False, kind="stable", ignore_index=True)
    )
    page = labelled.one_page(shown, _rows, most_rows)
    least, most = float(shown["down_points"].min()), float(shown["up_points"].max())
    room = 0.04 * max(most - least, 0.1)
    unit = str(table["unit_code"].iloc[0]) if len(table) else ""
    return labelled.row_chart(
        context, "tornado", page, _right, partial(_draw, page=page),
        title=lambda words: _title(named(shown, words), words),
        who=lambda words: words.unit_name(unit),
        said=lambda words: {"rows": labelled.row_words(named(shown, words), _right, words, "chart_no_rows", most=8)},
        start=least - room, scale=most + room, unit="points",
        legend=[Entry(context.say(f"tornado_{side}"), theme.ROLES[role]) for side, role in _SIDES.items()],
        notes=[*page.notes(context), *_notes(table, context)],
    )  # fmt: skip


def _notes(table: pd.DataFrame, context: ChartContext) -> list[str]:
    has_shares = bool(np.isfinite(table["first_percent"].to_numpy(float)).any())
    return [
        context.say("tornado_note"),
        *([context.say("tornado_note_shares")] if has_shares else []),
    ]


def _name(row: Mapping[Hashable, Any], item_names: Mapping[str, str], context: ChartContext) -> str:
    codes = str(row["item_codes"]).split("; ")
    kind = context.say(f"doubt_{row['kind']}")
    if len(codes) == 1:
        return " ".join(filter(None, [codes[0], item_names.get(codes[0], ""), f"({kind})"]))
    more = f" … (+{len(codes) - 3})" if len(codes) > 3 else ""
    return f"{kind}: {', '.join(codes[:3])}{more}"


def _rows(shown: pd.DataFrame) -> labelled.Rows:
    return labelled.named_rows(list(shown["name"]), least=0.26, gap=0.07)


def _draw(axes: Axes, page: labelled.Page) -> None:
    for side, role in _SIDES.items():
        ends = page.shown[side].to_numpy(float)
        left, width = np.minimum(ends, 0.0).tolist(), np.abs(ends).tolist()
        bars(axes, left, width, page.rows.centers, _BAR, theme.ROLES[role])
    axes.vlines([0], 0, page.rows.total, colors=theme.INK, linewidth=0.9)


def _right(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    # The minus sign is that of the axis, and of figures elsewhere.
    down, up = row["down_points"], row["up_points"]
    ends = f"{context.points(-abs(down) if down else 0.0)} / +{context.points(up)}"
    share = row["first_percent"]
    return ends if not np.isfinite(share) else f"{ends} · {context.number(share, 0)}%"


def _title(table: pd.DataFrame, words: ChartContext) -> str:
    """Say which source moves the index most, and its share of the doubt."""
    if table.empty:
        return words.say("tornado_none")
    first = table.iloc[0]
    width = words.points(float(first["width"]))
    said = {"name": first["name"], "width": width}
    if not np.isfinite(first["first_percent"]):
        return words.say("tornado_title", **said)
    return words.say("tornado_title_share", **said, share=words.number(first["first_percent"], 0))
