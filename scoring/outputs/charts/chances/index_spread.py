"""The distribution of the index of one unit: the chance to reach each number of points, as a band."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts.chart_sheet import Entry, finish, new_sheet, points_axis, write
from scoring.outputs.text_layout import text_width
from scoring.outputs.theme import (
    MARGIN,
    NO_CONTEXT,
    PAGE_WIDTH,
    SMALL_SIZE,
    ChartContext,
    ChartFigure,
    Fill,
)

CHARTS = ("index_spread",)
_HEIGHT, _LEFT, _RIGHT, _FOOT = 2.6, 0.55, 0.15, 0.36
_NAME = 0.16  # inches from one row of names to the next
_LEVELS = (0, 25, 50, 75, 100)
_SURE = 1e-6  # percent: what sums of chances leave


def index_spread(
    table: pd.DataFrame,
    unit_code: str,
    *,
    grades: Sequence[tuple[float, str]] = (),
    bounds: tuple[float, float] | None = None,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw the chance that a unit reaches at least so many points.

    Parameters
    ----------
    table : DataFrame
        Columns ``points``, ``low_percent`` and ``high_percent``: the least and the most chance of an
        index of at least `points`.
    grades : sequence of (float, str)
        Where grades begin, and their names.
    bounds : pair of float, optional
        The worst and the best case, which stand beside the chances.

    Returns
    -------
    ChartFigure
        Whose title says the chance of the highest grade that is within reach.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> chances = [100.0, 60.0, 0.0]  # of at least so many points
    >>> table = pd.DataFrame({"points": [80.0, 85.0, 90.0], "low_percent": chances})
    >>> table["high_percent"] = chances
    >>> figure = index_spread(table, "H1", grades=[(85.0, "Tốt")], context=ChartContext(lang="en"))
    >>> print(alt_text(figure, "en"))
    Chance of 85.00 points or more (Tốt): 60%. H1. All chances have grounds.
    """
    spans = table["points"].iloc[[0, -1]].tolist() if len(table) else [0.0, 1.0]
    room = 0.08 * max(spans[1] - spans[0], 0.5)
    near = [(at, name) for at, name in grades if spans[0] - 6 * room <= at <= spans[1] + 6 * room]
    ends = [*spans, *(at for at, _ in near)]
    is_band = bool((table["high_percent"] - table["low_percent"] > 0.05).any())
    notes = partial(_notes, is_band, bounds)

    def title(words: ChartContext) -> str:
        return _title(table, near, words)

    about = f"{context.say('chart_index_spread_shows')} · {context.unit_name(unit_code)}"
    legend = [Entry(context.say("index_spread_line"), color=theme.POINTS)]
    if is_band:
        legend = [Entry(context.say("index_spread_band"), Fill(theme.ROLES["interval"].color))]
    legend += (
        [Entry(context.say("index_spread_grade"), color=theme.TARGET, dashes="--")] if near else []
    )
    ends = [min(ends) - room, max(ends) + room]
    names = _name_places(near, ends)
    head = 0.25 + _NAME * max((row for _, row, _ in names), default=0)
    body = _HEIGHT + _FOOT + head
    sheet = new_sheet(context, title(context), about, body, legend=legend, notes=notes(context))
    axes = sheet.axes(MARGIN + _LEFT, MARGIN + _RIGHT, top=head)
    axes.set_xlim(*ends)
    _draw(axes, table, near, context)
    for x, row, name in names:
        write(axes, x, -0.1 - row * _NAME, name, fontsize=SMALL_SIZE)
    return finish(
        sheet, "index_spread", table, title,
        lambda words: {"who": words.unit_name(unit_code), "notes": " ".join(notes(words))},
    )  # fmt: skip


def _name_places(
    near: Sequence[tuple[float, str]], ends: Sequence[float]
) -> list[tuple[float, int, str]]:
    """Return where the name of each border begins, in points, and its row above the axis.

    Names stand over their borders, as far as the page reaches, and none over another.
    """
    width = PAGE_WIDTH - 2 * MARGIN - _LEFT - _RIGHT
    inch = (ends[1] - ends[0]) / width
    places: list[tuple[float, int, str]] = []
    taken: list[float] = []
    for at, name in sorted(near):
        long = text_width(name, SMALL_SIZE)
        left = (at - ends[0]) / inch - long / 2
        left = max(0.0, min(left, width + _RIGHT - long))
        free = [row for row, end in enumerate(taken) if end + 0.12 <= left]
        row = free[0] if free else len(taken)
        taken[row : row + 1] = [left + long]
        places.append((ends[0] + left * inch, row, name))
    return places


def _notes(is_band: bool, bounds: tuple[float, float] | None, words: ChartContext) -> list[str]:
    told = [words.say("index_spread_note_band" if is_band else "index_spread_note")]
    if bounds:
        worst, best = (words.points(end) for end in bounds)
        told.append(words.say("index_spread_bounds", worst=worst, best=best))
    return told


def _draw(
    axes: Axes, table: pd.DataFrame, near: Sequence[tuple[float, str]], context: ChartContext
) -> None:
    points_axis(axes, 0, _HEIGHT, context, context.say("points"))
    left, right = axes.get_xlim()
    for level in _LEVELS:
        y = _HEIGHT * (1 - level / 100)
        axes.hlines([y], left, right, colors=theme.GRID, linewidth=0.6, zorder=0)
        write(axes, left, y, f"{level}% ", ha="right", color=theme.MUTED, fontsize=SMALL_SIZE)
    # Below all of it the chance is whole, above all of it none.
    points = np.concatenate([[left], table["points"].to_numpy(float), [right]])
    columns = (table[f"{end}_percent"].to_numpy(float) for end in ("low", "high"))
    low, high = (_HEIGHT * (1 - np.concatenate([[100.0], each, [0.0]]) / 100) for each in columns)
    band = theme.ROLES["interval"].color
    axes.fill_between(points, high, low, step="pre", color=band, linewidth=0)
    for edge in (low, high):
        axes.step(points, edge, where="pre", color=theme.POINTS, linewidth=1.2)
    for at, _ in near:
        axes.vlines([at], 0, _HEIGHT, colors=theme.TARGET, linewidth=1.0, linestyles="--")


def reaching(table: pd.DataFrame, points: float) -> tuple[float, float]:
    """Return the least and the most chance, in percent, of at least so many points.

    >>> reaching(pd.DataFrame({"points": [1.0, 2.0], "low_percent": [100, 40],
    ...                        "high_percent": [100, 60]}), 1.5)
    (40.0, 60.0)
    """
    after = table[table["points"] >= points - 1e-9]
    if after.empty:
        return 0.0, 0.0
    first = after.iloc[0]
    return float(first["low_percent"]), float(first["high_percent"])


def chance_text(low: float, high: float, context: ChartContext) -> str:
    """Return a chance as ``62–80%``, or ``71%`` where it is known; nearly sure is not sure.

    >>> [chance_text(chance, chance, ChartContext(lang="en")) for chance in (0.0, 0.2, 99.7, 100.0)]
    ['0%', 'under 1%', 'over 99%', '100%']
    """
    ends = [context.number(end, 0) for end in (low, high)]
    if ends[0] != ends[1]:
        return f"{ends[0]}–{ends[1]}%"
    if ends[0] == "100" and low < 100 - _SURE:
        return context.say("chance_nearly_sure")
    return context.say("chance_next_to_none") if ends[0] == "0" and high > _SURE else f"{ends[0]}%"


def says_nothing(low: float, high: float) -> bool:
    """Whether a chance may be anything at all, so that its two ends inform nobody.

    >>> says_nothing(0.0, 100.0), says_nothing(0.0, 80.0)
    (True, False)
    """
    return low < 0.5 and high >= 99.5


def chance_said(low: float, high: float, context: ChartContext) -> str:
    """Return a chance as `chance_text`, and in words where it may be anything at all."""
    return (
        context.say("chance_unknown")
        if says_nothing(low, high)
        else chance_text(low, high, context)
    )


def _title(table: pd.DataFrame, near: Sequence[tuple[float, str]], words: ChartContext) -> str:
    """Say the chance of the highest grade in reach, else of the next; far from any, the ends."""
    for at, name in sorted(near, reverse=True):
        low, high = reaching(table, at)
        if high >= 0.5 or at == min(border for border, _ in near):
            said = {"name": name, "at": words.points(at), "chance": chance_text(low, high, words)}
            key = "index_spread_unknown" if says_nothing(low, high) else "index_spread_title"
            return words.say(key, **said)
    ends = (
        [words.points(float(table["points"].iloc[at])) for at in (0, -1)]
        if len(table)
        else ["", ""]
    )
    return words.say("index_spread_range", low=ends[0], high=ends[1])
