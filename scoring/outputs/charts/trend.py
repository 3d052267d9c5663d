"""The index of each unit over the periods of a run: a line a unit, all on one scale."""

from __future__ import annotations

import re
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from scoring.base.text import code_key
from scoring.base.units import period_of, time_text
from scoring.outputs.charts import score_tables as given
from scoring.outputs.charts.chart_sheet import Entry, finish, new_sheet, nice_ticks, write
from scoring.outputs.charts.chart_titles import series_breaks, trend_title
from scoring.outputs.charts.rows import more_words
from scoring.outputs.text_layout import balanced, text_height, text_width
from scoring.outputs.theme import (
    GRID,
    MARGIN,
    MUTED,
    NO_CONTEXT,
    OPEN_FILL,
    PAGE_WIDTH,
    POINTS,
    TEXT_SIZE,
    ChartContext,
    ChartFigure,
)

CHARTS = ("trend",)
MOST_ROWS = 6
_SAID = 10  # lines that the words for those who cannot see it tell
_PANEL, _PLOT = 1.38, 0.72  # inches of a series, and of its lines
_SCALE = 0.5  # room for the numbers of the scale


def trend(
    scores: pd.DataFrame,
    *,
    unit_code: given.Unit = None,
    context: ChartContext = NO_CONTEXT,
    first_row: int = 0,
    most_rows: int = MOST_ROWS,
) -> ChartFigure:
    """Draw the index of each unit over its months, quarters or years, all on one scale.

    Parameters
    ----------
    scores : DataFrame
        Table ``Scores`` with its keys. A unit with a single period of a kind has no line.
    unit_code
        As for every chart; without it a line for each unit of `scores`.
    first_row, most_rows : int
        Which lines of many to draw: call again with the next `first_row` for the rest.

    Returns
    -------
    ChartFigure
        A period that is not finished is drawn as the range its index lies in, never as a point.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> rows = [("xa-mau", 2026, f"quý {part}", 100.0, points)
    ...         for part, points in (("I", 71.5), ("II", 74.0), ("III", 79.25))]
    >>> scores = pd.DataFrame(rows, columns=["unit_code", "year", "period", "max_points", "points"])
    >>> scores = scores.assign(level="index", code="INDEX", status="scored")
    >>> print(alt_text(trend(scores, context=ChartContext(lang="en")), "en"))
    The index rose by 7.75: from 71.50 (quý I/2026) to 79.25 (quý III/2026). Line chart, xa-mau:
    3 periods · quý I/2026–quý III/2026 · in points. xa-mau: quý I/2026 71.50, quý II/2026
    74.00, quý III/2026 79.25.
    """
    table = trend_table(given.one_unit(scores, unit_code), context)
    last = first_row + most_rows
    shown = table[table["series"].between(first_row, last - 1)]
    heads = [balanced(line["name"].iloc[0], TEXT_SIZE, PAGE_WIDTH - 2 * MARGIN, bold=True)
             for _, line in shown.groupby("series")]  # fmt: skip
    # Of names of several lines each line but the last stands above its panel.
    above = [text_height(head, TEXT_SIZE) - text_height("", TEXT_SIZE) for head in heads]
    tops = [0.0, *accumulate(_PANEL + more for more in above)]
    body = max(tops[-1], 0.1)
    low, high = _limits(table)
    who = partial(given.subtitle, scores, unit_code=unit_code, several="chart_units")
    title = partial(trend_title, table)
    about = f"{context.say('chart_trend_shows')} · {who(context)}"
    count = table["series"].nunique()
    notes = _notes(shown, (first_row + 1, min(last, count), count), low, context)
    is_open = shown["points"].isna().any()
    legend = [Entry(context.say("status_not_assessed"), OPEN_FILL)] if is_open else []
    sheet = new_sheet(context, title(context), about, body, legend=legend, notes=notes)
    width, most = sheet.width - 2 * MARGIN - _SCALE, table["place"].max()
    # Half a figure stands left of the first point and right of the last one.
    edge = max(0.5, 0.24 * most / width)
    for place, (_, line) in enumerate(shown.groupby("series")):
        sheet.text(MARGIN, tops[place] + 0.1 + above[place] / 2, heads[place], weight="bold")
        top = tops[place] + above[place]
        axes = sheet.axes(MARGIN + _SCALE, MARGIN, top=top, bottom=body - top - _PANEL)
        axes.set_xlim(-edge, most + edge)
        _draw(axes, line, low, high, width, context)

    def said(words: ChartContext) -> dict[str, object]:
        lines = table[table["series"] < _SAID].groupby(["series", "name"])
        rows = [f"{name}: {_values(line, words)}" for (_, name), line in lines]
        rows += more_words(max(count - _SAID, 0), words)
        nothing = words.say("chart_no_rows").rstrip(".")
        return {"who": who(words), "rows": "; ".join(rows) or nothing}

    figure = finish(sheet, "trend", table, title, said)
    figure.next_row = last if table["series"].max() >= last else None
    return figure


def _notes(
    shown: pd.DataFrame, rows: tuple[int, int, int], low: float, context: ChartContext
) -> list[str]:
    """Return which lines of all are shown, where the scale begins and what marks in the lines mean."""
    first, last, count = rows
    notes = []
    if 0 < shown["series"].nunique() < count:
        notes.append(context.say("chart_rows_shown", first=first, last=last, count=count))
    if low > 0:
        notes.append(context.say("chart_trend_scale", low=context.number(low)))
    if any(series_breaks(line) for _, line in shown.groupby("series")):
        is_panel = "breaks" in shown
        notes.append(context.say("chart_trend_year_break" if is_panel else "chart_trend_break"))
    return notes


def trend_table(scores: pd.DataFrame, context: ChartContext) -> pd.DataFrame:
    """Return the index by unit and period in the order of time; ``series`` numbers the lines.

    Months, quarters and years of one unit are lines of their own. ``place`` is the place of a
    period among all of its kind, ``time`` its full name and ``tick`` its short one.
    """
    table = given.with_bounds(scores[scores["level"] == "index"]).reset_index(drop=True)
    pairs = zip(table["year"], table["period"], strict=True)
    kinds = [_when(int(year), period_of(period)) for year, period in pairs]
    when = pd.DataFrame(kinds, table.index, columns=["kind", "rank", "tick", "time"])
    table = table.join(when).sort_values(["kind", "year", "rank"], kind="stable")
    table["place"] = table.groupby("kind")["time"].transform(lambda times: pd.factorize(times)[0])
    lines = table.groupby(["unit_code", "kind"])
    table = table[lines["time"].transform("nunique") > 1]
    table = table.assign(
        series=table.groupby(["unit_code", "kind"]).ngroup(),
        name=[context.unit_name(str(code)) for code in table["unit_code"]],
    )
    columns = ["series", "unit_code", "name", "year", "period", "time", "tick", "place"]
    figures = ["points", "points_low", "points_high"]
    figures += [name for name in ("survey_series", "breaks") if name in table]
    return table.sort_values(["series", "place"])[columns + figures].reset_index(drop=True)


def _when(year: int, period: str) -> tuple[str, tuple[Any, ...], str, str]:
    """Return the kind of a period, its rank within a year, its short name and its full one."""
    time = time_text(year, period)
    parts = re.sub(rf"{year}|[\W_]", " ", period).split()
    if time == str(year) or not parts:
        return "year", (), str(year), time
    return " ".join(parts[:-1]).lower(), code_key(parts[-1]), parts[-1], time


def _limits(table: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the common scale: round numbers around all that is drawn."""
    low, high = table["points_low"].min(), table["points_high"].max()
    if table.empty or high - low <= given.EPSILON:
        low, high = (0.0, 1.0) if table.empty else (low - 1.0, high + 1.0)
    # From zero there are two of them always, and their step is that of the same span elsewhere.
    step = nice_ticks(0.0, high - low, 3)[1]
    bottom, top = float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
    return (max(0.0, bottom) if low >= 0 else bottom), top


def _draw(
    axes: Axes, line: pd.DataFrame, low: float, high: float, width: float, context: ChartContext
) -> None:
    def height(points: npt.ArrayLike) -> npt.NDArray[np.float64]:
        return _PANEL - 0.32 - (np.asarray(points, float) - low) / (high - low) * _PLOT

    left, right = axes.get_xlim()
    ticks = nice_ticks(low, high, 3)
    axes.hlines(height(ticks), left, right, colors=GRID, linewidth=0.6, zorder=0)
    for y, text in zip(height(ticks), map(context.like(ticks), ticks), strict=True):
        write(axes, left, float(y), f"{text} ", ha="right", color=MUTED)
    places = line["place"].to_numpy(int)
    # A period that the unit has no figures for breaks the line, as an unfinished one does.
    every = np.arange(places[0], places[-1] + 1)
    points = line.set_index("place")["points"].reindex(every).to_numpy(float)
    breaks = series_breaks(line)
    for part in np.split(np.arange(len(every)), np.searchsorted(every, breaks)):
        own = every[part], height(points[part])
        axes.plot(*own, color=POINTS, linewidth=1.6, marker="o", markersize=4)
    # Surveys of two series stand on either side of the mark and do not compare.
    for begins in breaks:
        ends = (_PANEL - 0.32 - _PLOT, _PANEL - 0.32)
        axes.plot([begins - 0.5] * 2, ends, color=MUTED, linewidth=1.0, linestyle=(0, (2, 2)))
    tops, bottoms = height(line["points_high"]), height(line["points_low"])
    for place in np.flatnonzero(line["points"].isna()):
        corner, tall = (places[place] - 0.15, tops[place]), bottoms[place] - tops[place]
        style = OPEN_FILL.style(MUTED) | {"linewidth": 0.5}
        axes.add_artist(Rectangle(corner, 0.3, tall, **style))
    _label(axes, line, height(line["points"]), width / (right - left), context)


def _label(
    axes: Axes,
    line: pd.DataFrame,
    heights: npt.NDArray[np.float64],
    room: float,
    context: ChartContext,
) -> None:
    """Write the periods below the line and its figures beside it, those that there is room for."""
    years = line["year"].astype(str)
    is_long = years.iloc[0] != years.iloc[-1] and (line["tick"] != years).all()
    ticks = line["tick"] + ("/" + years.str[2:] if is_long else "")
    texts = [context.points(points) for points in line["points"]]
    widest = max(text_width(text, TEXT_SIZE) for text in [*ticks, *texts]) + 0.06
    step, places = max(1, int(np.ceil(widest / room))), line["place"].to_numpy(int)
    walls = np.concatenate([[-np.inf], heights, [-np.inf]])
    is_dip = (heights > walls[:-2]) & (heights > walls[2:])
    shown: list[int] = []
    every = np.flatnonzero(np.isfinite(heights)).tolist()
    for row in _telling(line["points"]) if step > 1 else every:
        if all(abs(places[row] - places[other]) >= step for other in shown):
            beside = 0.11 if is_dip[row] and step > 1 else -0.11
            write(axes, places[row], heights[row] + beside, texts[row], ha="center")
            shown.append(row)
    for place, tick in zip(places, ticks, strict=True):
        if (places[-1] - place) % step == 0:
            write(axes, place, _PANEL - 0.12, tick, ha="center", color=MUTED)


def _telling(points: pd.Series) -> list[int]:
    """Return the places of the last, first, highest and lowest points, most telling first."""
    known = np.flatnonzero(points.notna())
    if not len(known):
        return []
    ends = [
        known[-1],
        known[0],
        known[points.iloc[known].argmax()],
        known[points.iloc[known].argmin()],
    ]
    return [int(place) for place in ends]


def _values(line: pd.DataFrame, context: ChartContext) -> str:
    figures = zip(line["points"], line["points_low"], line["points_high"], strict=True)
    texts = [given.range_text(*known, context) for known in figures]
    return ", ".join(f"{time} {text}" for time, text in zip(line["time"], texts, strict=True))
