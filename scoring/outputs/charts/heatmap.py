"""Units by areas or items: where the whole field is weak, from one unit to thousands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from scoring.base.text import sorted_codes, vietnamese_key
from scoring.base.values import INDEX_CODE
from scoring.outputs import theme
from scoring.outputs.charts import score_tables as given
from scoring.outputs.charts.chart_sheet import Entry, Sheet, finish, new_sheet, write
from scoring.outputs.charts.chart_titles import attainment_title
from scoring.outputs.charts.rows import more_words
from scoring.outputs.text_layout import balanced, name_shown, text_height, text_width
from scoring.outputs.theme import (
    INK,
    MARGIN,
    MUTED,
    NO_CONTEXT,
    OPEN_FILL,
    SMALL_SIZE,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
    Fill,
)

CHARTS = ("heatmap",)
# What is not assessed stays white under its hatch, which is no colour of the ramp.
_COLORS = LinearSegmentedColormap.from_list("attainment", theme.RAMP).with_extremes(bad=theme.PAPER)
_INNER = theme.PAGE_WIDTH - 2 * MARGIN
_BODY = 8.6  # inches that a page leaves for rows
_GAP = 0.14
_SAID = 12  # columns that the words for those who cannot see it name
_EXCUSED = theme.ROLES["not-needed"]
_WIDE = 600  # points across a picture of hairs
_UNSEEN = 1e-9  # percent: what adding up leaves of a whole
_LINE = 0.15  # the least height of a row with a name


class _Style(NamedTuple):
    """How rows are drawn for up to so many units."""

    panels: int
    size: float
    most_label: float
    has_values: bool


@dataclass(frozen=True)
class _Plan:
    """Where everything of a heat map goes, in inches."""

    style: _Style
    labels: list[str]
    row_height: float
    rows_per_panel: int
    label_width: float
    cell_width: float
    heads: list[str]
    head_height: float
    has_key: bool


def heatmap(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    *,
    level: str = "area",
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw attainment in percent of the maximum, one row per unit, best index first.

    Parameters
    ----------
    scores, items : DataFrame
        Tables ``Scores`` and ``Items``.
    level : str
        ``area``, ``criterion`` or ``item``: what the columns are.

    Returns
    -------
    ChartFigure
        Up to 45 units are drawn with their values, up to about 170 in columns on one A4 page,
        more as a picture whose rows are numbered by rank. Cells not assessed are hatched.

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> inputs = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(inputs), "department-sample")
    >>> figure_data(heatmap(sheet.scores, sheet.criteria.items)).iloc[:, :3].round(1)
      unit_code      1      2
    0      SM-B  100.0  100.0
    1      SM-A   80.9   86.1
    """
    scores = given.without_extras(scores, items)
    table = attainment_table(scores, level)
    turned = _is_turned(table)
    who = given.periods(scores[scores["level"] == level])
    named = who.assign(name=given.unit_names(who, context)).loc[table.index]
    units = named.set_index("unit_code")["name"]
    nodes = given.names_of(table.columns.to_series(), items, context.lang)
    excused = _excused(scores, level, table)
    shown = table.T if turned else table
    names, heads = (nodes, units) if turned else (units, nodes)
    heads = heads.map(name_shown)
    plan = _planned(names, heads)
    body = plan.head_height + plan.rows_per_panel * plan.row_height
    measure, several = "percent_of_maximum", "chart_units"
    who_of = partial(given.subtitle, scores, unit_code=None, measure=measure, several=several)
    shows = context.say("chart_heatmap_shows", level=context.say(level).lower())
    means = table.mean()

    def title(words: ChartContext) -> str:
        names = given.names_of(means.index.to_series(), items, words.lang)
        if level != "area":
            # Among many items a name is found by its code alone.
            names = names.index + " " + names
        return attainment_title(means.set_axis(names), len(table) > 1, words)

    legend = _legend(table, excused, plan, context)
    notes = _notes(_order_note(scores, len(table), context), plan, names, heads, context)
    about = f"{shows} · {who_of(context)}"
    sheet = new_sheet(context, title(context), about, max(body, 0.4), legend=legend, notes=notes)
    for panel in range(plan.style.panels):
        _draw_panel(sheet, shown, excused.T if turned else excused, plan, panel)
    keys = who if len(given.times_of(who)) > 1 else who[["unit_code"]]
    data = keys.loc[table.index].join(table).rename_axis(columns=None)

    def said(words: ChartContext) -> dict[str, object]:
        names = given.names_of(table.columns.to_series(), items, words.lang)
        rows = [f"{names[code]}: {words.percent(means[code])}" for code in table.columns[:_SAID]]
        rows += more_words(max(table.shape[1] - _SAID, 0), words)
        return {"who": who_of(words), "count": len(table), "rows": "; ".join(rows)}

    return finish(sheet, "heatmap", data, title, said)


def attainment_table(scores: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return percent of the maximum, the `periods` of `scores` by codes, ordered by their index.

    Units without an index stand last; a cell without points stays NaN.
    """
    nodes = scores[scores["level"] == level]
    units = given.periods(nodes)
    maximum = nodes["max_points"].where(nodes["max_points"] > 0)
    share = nodes.assign(
        percent=100 * nodes["points"] / maximum, unit=given.places_among(nodes, units)
    )
    table = share.pivot_table(
        index="unit", columns="code", values="percent", dropna=False, observed=True
    )
    # A pivot leaves out what is NaN throughout; the units and codes are there all the same.
    table = table.reindex(index=units.index, columns=sorted_codes(nodes["code"].unique()))
    index = scores[scores["code"] == INDEX_CODE]
    points = pd.Series(index["points"].to_numpy(float), index=given.places_among(index, units))
    points = points[points.index >= 0]
    order = sorted(units.index, key=lambda place: vietnamese_key(units["unit_code"][place]))
    rank = points.reindex(order).sort_values(ascending=False, na_position="last", kind="stable")
    return table.reindex(rank.index)


def _excused(scores: pd.DataFrame, level: str, table: pd.DataFrame) -> pd.DataFrame:
    """Say which cells of `attainment_table` do not apply to their unit."""
    nodes = scores[scores["level"] == level]
    cells = pd.DataFrame(False, index=table.index, columns=table.columns)
    away = nodes[given.is_excused(nodes).to_numpy(bool)]
    places = given.places_among(away, given.periods(nodes))
    for place, code in zip(places, away["code"], strict=True):
        cells.at[place, code] = True
    return cells


def _is_turned(table: pd.DataFrame) -> bool:
    """Say whether a few units with many items read better as one line per item."""
    return len(table) <= 3 and table.shape[1] > 8


def _planned(names: pd.Series, heads: pd.Series) -> _Plan:
    count, columns = max(len(names), 1), max(len(heads), 1)
    style = _style(count, columns)
    rows = -(-count // style.panels)
    panel = (_INNER - _GAP * (style.panels - 1)) / style.panels
    labels = [_row_label(name, code, style) for code, name in zip(names.index, names, strict=True)]
    label_width = max((text_width(text, style.size) for text in labels), default=0.0) + 0.06
    if not style.size:
        label_width = 0.4  # room for ranks
    tallest = max((text_height(text, style.size) for text in labels), default=0.0)
    least = 0.24 if style.has_values else _LINE
    row_height = max(least, tallest + 0.016) if style.size else _BODY / rows
    cell = (panel - label_width) / columns
    if style.has_values:
        cell = min(cell, 1.1)
    texts, has_key = _heads(list(heads), list(heads.index), cell)
    height = max((_head_height(text, cell) for text in texts), default=0.0)
    return _Plan(style, labels, row_height, rows, label_width, cell, texts, height, has_key)


def _style(count: int, columns: int) -> _Style:
    if count <= 45:
        return _Style(1, TEXT_SIZE, 2.0 if columns > 3 else 4.0, columns <= 18)
    most = int(_BODY / _LINE)
    for panels, most_label in ((1, 2.4), (2, 1.9), (3, 1.4)):
        # Names need about two thirds of a narrow panel, the columns the rest.
        if count <= panels * most and columns <= 36 // panels:
            return _Style(panels, TEXT_SIZE, most_label, False)
    return _Style(1, 0.0, 0.5, False)


def _row_label(name: str, code: str, style: _Style) -> str:
    """Return the label of a row: its name wrapped, or its code where names cannot have lines."""
    if not style.size:
        return ""
    if style.has_values:
        return balanced(name, style.size, style.most_label)
    return name if text_width(name, style.size) <= style.most_label else str(code)


def _heads(names: list[str], codes: list[str], cell: float) -> tuple[list[str], bool]:
    """Return the column heads: names where they fit in a few lines, else codes with a key."""
    texts = [balanced(name, SMALL_SIZE, cell - 0.06) for name in names]
    broken = any(
        text_width(word, SMALL_SIZE) > cell - 0.06 for name in names for word in name.split()
    )
    if not broken and all(text.count("\n") < 5 for text in texts):
        return texts, False
    return list(codes), True


def _head_height(text: str, cell: float) -> float:
    if text_width(text, SMALL_SIZE) <= cell:
        return text_height(text, SMALL_SIZE) + 0.08
    return text_width(text, SMALL_SIZE) + 0.08


def _draw_panel(
    sheet: Sheet, table: pd.DataFrame, excused: pd.DataFrame, plan: _Plan, panel: int
) -> None:
    width = plan.label_width + plan.cell_width * table.shape[1]
    step = (_INNER - _GAP * (plan.style.panels - 1)) / plan.style.panels + _GAP
    left = MARGIN + panel * step
    first = panel * plan.rows_per_panel
    part, away = (each.iloc[first : first + plan.rows_per_panel] for each in (table, excused))
    if part.empty:
        return
    axes = sheet.axes(left, sheet.width - left - width)
    axes.set_xlim(0, width)
    _draw_heads(axes, plan)
    _draw_cells(axes, part.to_numpy(float), away.to_numpy(bool), plan)
    for i in range(len(part)):
        y = plan.head_height + (i + 0.5) * plan.row_height
        if size := plan.style.size:
            write(
                axes, plan.label_width - 0.05, y, plan.labels[first + i], ha="right", fontsize=size
            )
    if not plan.style.size:
        _draw_ranks(axes, len(part), plan)


def _draw_heads(axes: Axes, plan: _Plan) -> None:
    for j, text in enumerate(plan.heads):
        x = plan.label_width + (j + 0.5) * plan.cell_width
        turn = 0 if text_width(text, SMALL_SIZE) <= plan.cell_width else 90
        place = {"ha": "center", "va": "bottom", "rotation": turn}
        write(axes, x, plan.head_height - 0.04, text, fontsize=SMALL_SIZE, **place)


def _draw_cells(
    axes: Axes, values: npt.NDArray[np.float64], excused: npt.NDArray[np.bool_], plan: _Plan
) -> None:
    """Draw the cells as one picture, those not assessed hatched, values where there is room."""
    rows, columns = values.shape
    left, top = plan.label_width, plan.head_height
    right, bottom = left + columns * plan.cell_width, top + rows * plan.row_height
    limits = (axes.get_xlim(), axes.get_ylim())
    laid = partial(axes.imshow, extent=(left, right, bottom, top), aspect="auto")
    if plan.style.size:
        laid(values, cmap=_COLORS, vmin=0, vmax=100, interpolation="nearest")
    else:
        _lay_hairs(laid, values, excused)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    if plan.style.size:
        for i, j in np.argwhere(np.isnan(values)):
            style = (_EXCUSED if excused[i, j] else OPEN_FILL).style(INK) | {"linewidth": 0.0}
            corner = (left + j * plan.cell_width, top + i * plan.row_height)
            axes.add_patch(Rectangle(corner, plan.cell_width, plan.row_height, **style))
        edges = left + np.arange(columns + 1) * plan.cell_width
        axes.vlines(edges, top, bottom, colors="white", linewidth=1.2)
        lines = top + np.arange(rows + 1) * plan.row_height
        line_width = 1.0 if plan.style.has_values else 0.4
        axes.hlines(lines, left, right, colors="white", linewidth=line_width)
    if plan.style.has_values:
        _draw_values(axes, values, plan)


def _lay_hairs(
    laid: partial[AxesImage], values: npt.NDArray[np.float64], excused: npt.NDArray[np.bool_]
) -> None:
    """Draw rows of a hair's breadth, which have no room for a hatch: white is open, grey excused."""
    # Where several rows share a line of the screen they are averaged, and with them as many columns:
    # each stands there so often that its edge stays one.
    wide = np.repeat(values, -(-_WIDE // values.shape[1]), axis=1)
    laid(wide, cmap=_COLORS, vmin=0, vmax=100, interpolation="auto")
    if excused.any():
        away = np.ma.masked_where(~(excused & np.isnan(values)), np.ones(values.shape))
        laid(away, cmap=ListedColormap([_EXCUSED.color]), interpolation="nearest")


def _draw_values(axes: Axes, values: npt.NDArray[np.float64], plan: _Plan) -> None:
    for i, j in np.argwhere(np.isfinite(values)):
        x = plan.label_width + (j + 0.5) * plan.cell_width
        y = plan.head_height + (i + 0.5) * plan.row_height
        style = {"ha": "center", "color": "white" if values[i, j] > 55 else INK}
        write(axes, x, y, _cell_text(values[i, j]), fontsize=SMALL_SIZE, **style)


def _cell_text(percent: float) -> str:
    """Return whole percent; what only rounds to all or to nothing is not said to be that."""
    text = NO_CONTEXT.number(percent, 0)
    if text == "100" and percent < 100 - _UNSEEN:
        return ">99"
    return "<1" if text == "0" and percent > _UNSEEN else text


def _draw_ranks(axes: Axes, count: int, plan: _Plan) -> None:
    for rank in sorted({1, *range(100, count + 1, max(100, count // 2000 * 100 or 100)), count}):
        y = plan.head_height + (rank - 0.5) * plan.row_height
        if rank not in (1, count) and (count - rank) * plan.row_height < 0.14:
            continue
        write(
            axes,
            plan.label_width - 0.05,
            y,
            str(rank),
            ha="right",
            fontsize=SMALL_SIZE,
            color=MUTED,
        )


def _legend(
    table: pd.DataFrame, excused: pd.DataFrame, plan: _Plan, context: ChartContext
) -> list[Entry]:
    entries = []
    for low in (0, 20, 40, 60, 80):
        color = "#" + "".join(f"{int(part * 255):02x}" for part in _COLORS((low + 10) / 100)[:3])
        entries.append(Entry(f"{low}–{low + 20}%", Fill(color)))
    if (table.isna() & ~excused).any(axis=None):
        unfilled = OPEN_FILL if plan.style.size else Fill(theme.PAPER)
        entries.append(Entry(context.say("status_not_assessed"), unfilled))
    if (table.isna() & excused).any(axis=None):
        entries.append(Entry(context.say("status_not_applicable"), _EXCUSED))
    return entries


def _order_note(scores: pd.DataFrame, count: int, context: ChartContext) -> str:
    """Say in which order the units stand: by their index, as far as they have one."""
    index = scores.loc[scores["code"] == INDEX_CODE, "points"]
    if count < 2:
        return ""
    if index.isna().all():
        return context.say("chart_by_code")
    return context.say("chart_open_last" if index.isna().any() else "chart_best_first")


def _notes(
    order: str, plan: _Plan, names: pd.Series, heads: pd.Series, context: ChartContext
) -> list[str]:
    key = "; ".join(f"{code} {name}" for code, name in heads.items()) if plan.has_key else ""
    # Where a row is one line, a long name gives way to its code; a key would be as long as the rows.
    named = zip(plan.labels, names.index, names, strict=True)
    by_code = any(label == str(code) != name for label, code, name in named)
    short = context.say("chart_long_names_by_code") if by_code else ""
    return [note for note in (key, short, order) if note]
