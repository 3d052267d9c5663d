"""From the maximum down to the score, one step per area."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.outputs import theme
from scoring.outputs.charts.area_bars import area_words
from scoring.outputs.charts.chart_sheet import Entry, bars
from scoring.outputs.charts.chart_titles import steps_title
from scoring.outputs.charts.rows import Page, Rows, named_rows, row_chart
from scoring.outputs.charts.score_tables import (
    EPSILON,
    Unit,
    area_table,
    index_row,
    is_excused,
    names_of,
    range_text,
    subtitle,
)
from scoring.outputs.theme import NO_CONTEXT, OPEN_FILL, ChartContext, ChartFigure, Fill

CHARTS = ("waterfall",)
_BAR = 0.2
_LOSS_FILL, _GAIN_FILL = theme.ROLES["lost"], theme.ROLES["gained"]


def waterfall(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    *,
    unit_code: Unit = None,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw how each area takes points off the maximum until the score is left.

    Parameters
    ----------
    scores, items : DataFrame
        Tables ``Scores`` and ``Items``.
    unit_code
        As for every chart; without it the mean over all units of `scores`.

    Returns
    -------
    ChartFigure
        Points lost are solid steps; points not assessed are hatched and not counted as lost. A
        bonus adds, a penalty takes off, and what caps, rounding and items that do not apply change
        stands as a step of its own, so that the last bar is the index.

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> inputs = scoring.shipped_folder("evidence") / "phu-tho-2026" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(inputs), "service-quality-766")
    >>> steps = figure_data(waterfall(sheet.scores, sheet.criteria.items))
    >>> steps["end"].round(2).tolist()
    [100.0, 100.0, 89.96, 87.64, 84.2, 71.79, 65.22, 61.89]
    """
    areas = area_table(scores, items, unit_code=unit_code, lang=context.lang)
    index = index_row(scores, None, unit_code)

    def steps_in(words: ChartContext) -> pd.DataFrame:
        named = areas.assign(name=names_of(areas["code"], items, words.lang))
        return waterfall_steps(named, items, index, words)

    steps = steps_in(context)
    page = Page(steps, steps, named_rows(list(steps["name"])))
    return row_chart(
        context, "waterfall", page, _right_text, lambda axes: _draw(axes, steps, page.rows),
        title=lambda words: steps_title(steps_in(words), words),
        who=partial(subtitle, scores, unit_code=unit_code),
        said=partial(area_words, areas, index, items),
        # Penalties may take a unit below nothing, where a floor ends what they cost it.
        start=min(0.0, float(_lost_from(steps).min())),
        scale=float((steps["end"] + steps["gained"]).max()), unit="points",
        legend=_legend(steps, context), bold=(0, len(steps) - 1),
    )  # fmt: skip


def waterfall_steps(
    areas: pd.DataFrame, items: pd.DataFrame, index: pd.Series | None, context: ChartContext
) -> pd.DataFrame:
    """Return the steps: ``name, kind, end, earned, open, lost, gained, is_excused``, in points.

    `kind` is ``total``, ``area``, ``bonus``, ``penalty``, ``adjustment`` or ``score``; `end` is
    where the step starts from, counted from zero. A step goes on at ``end - open - lost``, the open
    part first, or at ``end + gained``, where its open part begins. The last row is the index: its
    ``earned`` points are sure.
    """
    excused = is_excused(areas)
    steps = areas[["name"]].assign(kind=_kinds(areas, items), is_excused=excused)
    is_normal, is_bonus = steps["kind"] == "area", steps["kind"] == "bonus"
    # What does not apply is neither lost nor open.
    known = areas["points"].mask(excused, areas["max_points"].where(is_normal, 0.0))
    low, high = known.fillna(areas["points_low"]), known.fillna(areas["points_high"])
    steps["open"] = high - low
    below = (areas["max_points"] - high).clip(lower=0.0)
    steps["lost"] = below.where(is_normal, low.where(~is_bonus, 0.0))
    # An area may have more points than its maximum, where items below it are a bonus.
    above = (low - areas["max_points"]).clip(lower=0.0)
    steps["gained"] = above.where(is_normal, low.where(is_bonus, 0.0))
    steps = steps[is_normal | (steps["lost"] + steps["open"] + steps["gained"] > EPSILON)]
    changes = steps["gained"] - steps["lost"] - steps["open"].where(steps["kind"] != "bonus", 0.0)
    total = float(areas["max_points"][is_normal].sum() if index is None else index["max_points"])
    ends = total + np.concatenate([[0.0], np.cumsum(changes.to_numpy(float))])
    sure, still_open = _score(index, float(ends[-1]), float(steps["open"].sum()))
    rows = [{"name": context.say("max_points"), "kind": "total", "end": total, "earned": total}]
    change = sure - float(ends[-1])
    if abs(change) > EPSILON:
        # Only a floor gives back what penalties took below nothing.
        said = "chart_waterfall_floor" if ends[-1] < -EPSILON else "chart_waterfall_adjustment"
        rows.append({
            "name": context.say(said), "kind": "adjustment",
            "end": ends[-1], "lost": max(-change, 0.0), "gained": max(change, 0.0),
        })  # fmt: skip
    rows.append({
        "name": context.say("points"), "kind": "score", "end": sure + still_open, "earned": sure,
        "open": still_open,
    })  # fmt: skip
    parts = [pd.DataFrame(rows[:1]), steps.assign(end=ends[:-1]), pd.DataFrame(rows[1:])]
    figures = ["end", "earned", "open", "lost", "gained"]
    table = pd.concat(parts, ignore_index=True)
    excused = table["is_excused"].eq(True)
    table = table.reindex(columns=["name", "kind", *figures]).assign(is_excused=excused)
    return table.fillna(dict.fromkeys(figures, 0.0))


def _kinds(areas: pd.DataFrame, items: pd.DataFrame) -> pd.Series:
    kinds = areas["code"].map(items.set_index("code")["kind"]) if "kind" in items else areas["code"]
    return kinds.where(kinds.isin(("bonus", "penalty")), "area").astype(object)


def _score(index: pd.Series | None, end: float, still_open: float) -> tuple[float, float]:
    """Return what is sure and what is open of the index; without its row, of the steps."""
    if index is None:
        return end, still_open
    if np.isfinite(index["points"]):
        return float(index["points"]), 0.0
    low, high = float(index["points_low"]), float(index["points_high"])
    return low, high - low


def _open_from(steps: pd.DataFrame) -> pd.Series:
    """Return where the open part of each step begins: below its end, of a bonus above what is sure."""
    rises = steps["kind"] == "bonus"
    return (steps["end"] - steps["open"]).where(~rises, steps["end"] + steps["gained"])


def _lost_from(steps: pd.DataFrame) -> pd.Series:
    return _open_from(steps) - steps["lost"]


def _draw(axes: Axes, steps: pd.DataFrame, rows: Rows) -> None:
    for kind, fill in (("total", Fill(theme.TRACK)), ("score", Fill(theme.POINTS))):
        earned = steps["earned"].where(steps["kind"] == kind, 0.0)
        bars(axes, [0.0] * len(steps), list(earned), rows.centers, _BAR, fill)
    bars(axes, list(_open_from(steps)), list(steps["open"]), rows.centers, _BAR, OPEN_FILL)
    lost_from = _lost_from(steps)
    bars(axes, list(lost_from), list(steps["lost"]), rows.centers, _BAR, _LOSS_FILL)
    bars(axes, list(steps["end"]), list(steps["gained"]), rows.centers, _BAR, _GAIN_FILL)
    levels = lost_from.where(steps["gained"] <= EPSILON, steps["end"] + steps["gained"])
    for level, above, below in zip(levels[:-1], rows.centers[:-1], rows.centers[1:], strict=True):
        axes.plot([level] * 2, [above, below], color=theme.MUTED, linewidth=0.7, zorder=0.5)


def _right_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    if row["kind"] == "total":
        return context.points(row["earned"])
    if row["kind"] == "score":
        known = row["earned"] if row["open"] <= EPSILON else np.nan
        return range_text(known, row["earned"], row["earned"] + row["open"], context)
    if row["is_excused"]:
        return context.say("status_not_applicable").lower()
    parts = [f"−{context.points(row['lost'])}"] if row["lost"] > EPSILON else []
    if row["gained"] > EPSILON:
        parts.append(f"+{context.points(row['gained'])}")
    if row["open"] > EPSILON:
        parts.append(context.say("chart_open", points=context.points(row["open"])))
    return "; ".join(parts) or context.points(0.0)


def _legend(steps: pd.DataFrame, context: ChartContext) -> list[Entry]:
    entries = [
        Entry(context.say("max_points"), Fill(theme.TRACK)),
        Entry(context.say("points"), Fill(theme.POINTS)),
        Entry(context.say("lost_points"), _LOSS_FILL),
    ]
    if (steps["gained"] > EPSILON).any():
        entries.append(Entry(context.say("chart_gained"), _GAIN_FILL))
    if (steps["open"] > EPSILON).any():
        entries.append(Entry(context.say("status_not_assessed"), OPEN_FILL))
    return entries
