"""The fan of one unit: what is known up to today, and where it may lie up to the cut-off day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from scoring.outputs import theme
from scoring.outputs.charts.chances.index_spread import chance_said
from scoring.outputs.charts.chart_sheet import Entry, finish, new_sheet, write
from scoring.outputs.theme import MARGIN, NO_CONTEXT, SMALL_SIZE, ChartContext, ChartFigure, Fill

CHARTS = ("fan",)
_HEIGHT, _LEFT, _RIGHT = 2.9, 0.45, 0.9
_BANDS = (("bound", 0.22), ("outer", 0.5), ("inner", 1.0))


def fan(
    table: pd.DataFrame,
    unit_code: str,
    name: str | Mapping[str, str],
    *,
    confidence_percent: float = 80.0,
    goal: tuple[float, float, float] | None = None,
    notes: Sequence[str] | Mapping[str, Sequence[str]] = (),
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw where the index, an area or an item of one unit may lie on each day up to the cut-off day.

    Parameters
    ----------
    table : DataFrame
        Rows of one unit and code of ``ForecastFan``, in order of days.
    name : str, or mapping of str
        What is drawn, in the words of readers; of several languages by language.
    goal : (points, low_percent, high_percent), optional
        A level, and the chance to reach it by the cut-off day.
    notes : sequence of str, or mapping of it
        The assumptions, printed below; of several languages by language.

    Returns
    -------
    ChartFigure
        Whose title says the interval on the cut-off day, and the chance of the goal. No line is
        drawn through the middle: a forecast is never a single one.

    Examples
    --------
    >>> from scoring.charts import alt_text
    >>> table = pd.DataFrame({"unit_code": "H1", "on": pd.to_datetime(["2026-11-30", "2026-12-31"]),
    ...                       "is_past": [True, False]})
    >>> for name, low, high in (("inner", 80, 82), ("outer", 78, 84), ("bound", 70, 90)):
    ...     table[[f"{name}_low_points", f"{name}_high_points"]] = [(81.0, 81.0), (low, high)]
    >>> figure = fan(table, "H1", "index", context=ChartContext(lang="en"))
    >>> print(alt_text(figure, "en"))
    By 31/12/2026: index from 78.00 to 84.00 points (80%). H1. Without a probability: worst case
    70.00, best case 90.00 points.
    """
    last = table.iloc[-1]

    def title(words: ChartContext) -> str:
        own = name if isinstance(name, str) else name[words.lang]
        return _title(last, own, goal, confidence_percent, words)

    def said_below(words: ChartContext) -> list[str]:
        own = notes[words.lang] if isinstance(notes, Mapping) else notes
        worst, best = (words.points(last[f"bound_{end}_points"]) for end in ("low", "high"))
        return [*own, words.say("index_spread_bounds", worst=worst, best=best)]

    level = context.number(confidence_percent, 0)
    legend = [
        Entry(context.say("fan_past"), color=theme.INK, marker="o"),
        Entry(context.say("fan_inner"), Fill(_shade(1.0))),
        Entry(context.say("fan_outer", level=level), Fill(_shade(0.5))),
        Entry(context.say("fan_bound"), Fill(_shade(0.22))),
    ]
    if goal and _is_near(goal[0], last):
        legend.append(Entry(context.say("fan_goal"), color=theme.TARGET, dashes="--"))
    about = f"{context.say('chart_fan_shows')} · {context.unit_name(unit_code)}"
    body, below = _HEIGHT + 0.45, said_below(context)
    sheet = new_sheet(context, title(context), about, body, legend=legend, notes=below)
    axes = sheet.axes(MARGIN + _LEFT, MARGIN + _RIGHT, bottom=0.35)
    _draw(axes, table, goal, context)
    return finish(
        sheet, "fan", table, title,
        lambda words: {"who": words.unit_name(unit_code), "notes": " ".join(said_below(words))},
    )  # fmt: skip


def _is_near(goal: float, last: pd.Series) -> bool:
    """Say whether a goal lies near enough to the fan to be drawn in it."""
    low, high = last["outer_low_points"], last["outer_high_points"]
    return bool(low - 3 * (high - low) < goal < high + 3 * (high - low))


def _shade(strength: float) -> str:
    """Return the colour of intervals, paler for what is less certain to be within."""
    color = theme.ROLES["interval"].color
    mixed = [round(255 - (255 - int(color[at : at + 2], 16)) * strength) for at in (1, 3, 5)]
    return "#" + "".join(f"{one:02x}" for one in mixed)


def _title(
    last: pd.Series, name: str, goal: tuple[float, float, float] | None,
    confidence_percent: float, words: ChartContext,
) -> str:  # fmt: skip
    said = {
        "name": name, "day": words.date(last["on"]), "low": words.points(last["outer_low_points"]),
        "high": words.points(last["outer_high_points"]), "level": words.number(confidence_percent, 0),
    }  # fmt: skip
    if goal is None:
        return words.say("fan_title", **said)
    chance = chance_said(goal[1], goal[2], words)
    return words.say("fan_title_goal", **said, goal=words.points(goal[0]), chance=chance)


def _draw(
    axes: Axes, table: pd.DataFrame, goal: tuple[float, float, float] | None, context: ChartContext
) -> None:
    days = np.array([date2num(day) for day in table["on"]])
    columns = [
        table[f"{kind}_{end}_points"] for kind in ("outer", "bound") for end in ("low", "high")
    ]
    least, most = float(min(map(min, columns[:2]))), float(max(map(max, columns[:2])))
    if goal and _is_near(goal[0], table.iloc[-1]):
        least, most = min(least, goal[0]), max(most, goal[0])
    room = max(0.12 * (most - least), 0.05)
    low, high = least - room, most + room
    axes.set_xlim(days[0] - 8, days[-1])

    def y(values: object) -> np.ndarray:
        return _HEIGHT * (1 - (np.clip(np.asarray(values, float), low, high) - low) / (high - low))

    left, right = axes.get_xlim()
    for level in _levels(low, high):
        axes.hlines([y(level)], left, right, colors=theme.GRID, linewidth=0.6, zorder=0)
        write(axes, left, float(y(level)), context.points(level) + " ", ha="right",
              color=theme.MUTED, fontsize=SMALL_SIZE)  # fmt: skip
    is_past = table["is_past"].to_numpy(bool)
    # The fan opens where what is known ends.
    ahead = np.flatnonzero(~is_past)
    ahead = np.append(ahead[0] - 1, ahead) if len(ahead) and ahead[0] > 0 else ahead
    for kind, strength in _BANDS:
        bottom, top = (y(table[f"{kind}_{end}_points"].iloc[ahead]) for end in ("low", "high"))
        axes.fill_between(days[ahead], bottom, top, color=_shade(strength), linewidth=0, zorder=1)
    past = table[is_past]
    ends = [y(past[f"outer_{end}_points"]) for end in ("low", "high")]
    axes.vlines(days[is_past], ends[0], ends[1], colors=theme.INK, linewidth=1.2, zorder=3)
    for end in ends:
        axes.plot(
            days[is_past], end, color=theme.INK, marker="o", markersize=3, linewidth=1.0, zorder=3
        )
    if goal and low < goal[0] < high:
        axes.hlines(
            [y(goal[0])], left, right, colors=theme.TARGET, linewidth=1.0, linestyles="--", zorder=2
        )
    _ends(axes, table.iloc[-1], days[-1], y, context)
    _days(axes, table, days, context)


def _levels(low: float, high: float) -> np.ndarray:
    """Return three to seven round levels between two values."""
    raw = (high - low) / 4
    step = 10 ** np.floor(np.log10(raw))
    step *= next(times for times in (1, 2, 5, 10) if raw / step <= times)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def _ends(axes: Axes, last: pd.Series, x: float, y: object, context: ChartContext) -> None:
    """Write the ends of the outer interval beside the fan, apart where they lie close."""
    assert callable(y)
    top, bottom = (float(y(last[f"outer_{end}_points"])) for end in ("high", "low"))
    gap = max(0.0, 0.16 - (bottom - top)) / 2
    for at, end in ((top - gap, "high"), (bottom + gap, "low")):
        if end == "low" and abs(last["outer_high_points"] - last["outer_low_points"]) < 5e-3:
            continue
        write(axes, x, at, "  " + context.points(last[f"outer_{end}_points"]), fontsize=SMALL_SIZE)


def _days(axes: Axes, table: pd.DataFrame, days: np.ndarray, context: ChartContext) -> None:
    """Write the days below, as many as there is room for."""
    step = max(1, len(days) // 6)
    for at in range(len(days) - 1, -1, -step):
        # The year stands in the title.
        day = context.date(table["on"].iloc[at])[:5]
        place = {"ha": "center", "color": theme.MUTED, "fontsize": SMALL_SIZE}
        write(axes, float(days[at]), _HEIGHT + 0.14, day, **place)
    now = np.flatnonzero(table["is_past"])
    if len(now) and now[-1] < len(days) - 1:
        axes.vlines([days[now[-1]]], 0, _HEIGHT, colors=theme.MUTED, linewidth=0.8, linestyles=":")
