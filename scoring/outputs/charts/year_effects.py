"""From the points of one year to those of the next, one step for each thing that moved them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scoring.base.values import INDEX_CODE
from scoring.outputs import theme
from scoring.outputs.charts.chart_sheet import Entry, bars
from scoring.outputs.charts.chart_titles import nothing_to_compare, way_of
from scoring.outputs.charts.rows import Page, Rows, named_rows, row_chart, row_words
from scoring.outputs.charts.score_tables import EPSILON, Unit, one_unit
from scoring.outputs.theme import NO_CONTEXT, ChartContext, ChartFigure, Fill

CHARTS = ("year_effects",)
# Old units are put together before anything else is compared.
_EFFECTS = ("merger", "performance", "rules", "evidence", "appraisal", "unsplit")
_BAR = 0.2


def year_effects(
    changes: pd.DataFrame,
    *,
    unit_code: Unit = None,
    code: str = INDEX_CODE,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw how performance, rules, evidence, appraisal and merger moved the points of a node.

    Parameters
    ----------
    changes : DataFrame
        Table ``YearChanges`` of two years.
    unit_code
        As for every chart; without it the mean over the units whose change is known.
    code : str
        Which node, by default the index.

    Returns
    -------
    ChartFigure
        An effect that is not known has no bar and says so; the steps end at the later points.

    Examples
    --------
    >>> from scoring.charts import figure_data
    >>> row = {"unit_code": "xa-mau", "from_year": 2025, "year": 2026, "period": "",
    ...        "code": "INDEX", "old_points": 78.5, "new_points": 80.5, "change": 2.0,
    ...        "performance": 3.0, "rules": -1.0, "evidence": 0.0, "appraisal": 0.0, "merger": 0.0,
    ...        "unsplit": 0.0}
    >>> steps = figure_data(year_effects(pd.DataFrame([row]), context=ChartContext(lang="en")))
    >>> steps.query("points != 0")[["name", "start", "points"]].values.tolist()
    [['2025', 0.0, 78.5], ['Performance', 78.5, 3.0], ['Change of the criteria set', 81.5,
    -1.0], ['2026', 0.0, 80.5]]
    """
    rows = one_unit(changes[changes["code"] == code], unit_code)
    known = rows[rows["change"].notna()]

    def steps_in(words: ChartContext) -> pd.DataFrame:
        return effect_steps(known, words)

    steps = steps_in(context)
    page = Page(steps, steps, named_rows(list(steps["name"])))
    low, high = step_limits(steps)

    def what(words: ChartContext) -> str:
        key = "index" if code == INDEX_CODE else "node"
        return words.say(f"chart_year_effects_of_{key}", code=code)

    return row_chart(
        context, "year_effects", page, step_text,
        lambda axes: draw_steps(axes, steps, page.rows, low),
        title=lambda words: _title(rows, steps_in(words), what(words), words),
        who=lambda words: f"{what(words)}, {_who(rows, known, words)}",
        said=lambda words: {"rows": row_words(steps_in(words), step_text, words)},
        scale=high, start=low, unit="points", legend=_legend(context),
        notes=[context.say("chart_year_effects_scale", low=context.number(low))] if low > 0 else [],
        bold=(0, len(steps) - 1),
    )  # fmt: skip


def effect_steps(known: pd.DataFrame, context: ChartContext) -> pd.DataFrame:
    """Return the steps: ``name, kind, start, points``; NaN for an effect that is not known.

    `kind` is ``year`` for the points of the two years and ``effect`` between them. What cannot be
    split is a step only where there is any.
    """
    if known.empty:
        return pd.DataFrame(columns=["name", "kind", "start", "points"])
    parts = known[["old_points", "new_points", *_EFFECTS]]
    # An effect that is not known of one unit stands in its others, which add up to its change.
    means = parts.fillna(0.0).mean().mask(parts.isna().all())
    kept = [name for name in _EFFECTS if name != "unsplit" or abs(means[name]) > EPSILON]
    effects = means[kept].to_numpy(float)
    starts = means["old_points"] + np.concatenate([[0.0], np.nancumsum(effects)[:-1]])
    years = [
        context.say("chart_year", year=int(known[name].iloc[0])) for name in ("from_year", "year")
    ]
    names = [years[0], *(context.say(f"effect_{name}") for name in kept), years[1]]
    names = [name[:1].upper() + name[1:] for name in names]
    return pd.DataFrame({
        "name": names,
        "kind": ["year", *["effect"] * len(kept), "year"],
        "start": [0.0, *starts, 0.0],
        "points": [means["old_points"], *effects, means["new_points"]],
    })  # fmt: skip


def step_limits(steps: pd.DataFrame) -> tuple[float, float]:
    """Return a scale on which the steps can be seen: it begins above zero where they are small."""
    is_year = (steps["kind"] == "year").to_numpy()
    starts, points = (steps[name].to_numpy(float) for name in ("start", "points"))
    # The points of a year stand from the lower end of the scale, whatever it is.
    ends = np.concatenate([starts[~is_year], starts + points])
    told = ends[np.isfinite(ends)]
    if not len(told):
        return 0.0, 1.0
    low, high = float(told.min()), float(told.max())
    room = max(high - low, 0.02 * high)
    return (max(0.0, float(np.floor(low - room))) if low >= 0 else low), high


def draw_steps(axes: Axes, steps: pd.DataFrame, rows: Rows, low: float) -> None:
    """Draw the rows of `effect_steps` as bars from the scale's lower end `low`."""
    is_year = (steps["kind"] == "year").to_numpy()
    points = np.nan_to_num(steps["points"].to_numpy(float))
    starts = steps["start"].to_numpy(float)
    whole = np.where(is_year, points - low, 0.0)
    bars(axes, [low] * len(steps), whole.tolist(), rows.centers, _BAR, Fill(theme.POINTS))
    for role, sign in (("gained", 1), ("lost", -1)):
        size = np.where(is_year, 0.0, np.maximum(sign * points, 0.0))
        left = np.minimum(starts, starts + points)
        bars(axes, left.tolist(), size.tolist(), rows.centers, _BAR, theme.ROLES[role])
    levels = np.where(is_year, points, starts + points)
    for level, above, below in zip(levels[:-1], rows.centers[:-1], rows.centers[1:], strict=True):
        axes.plot([level] * 2, [above, below], color=theme.MUTED, linewidth=0.7, zorder=0.5)


def step_text(row: Mapping[Hashable, Any], context: ChartContext) -> str:
    """Return the points of a row of `effect_steps`, with their sign where they are a change."""
    if np.isnan(row["points"]):
        return context.say("effect_unknown")
    if row["kind"] == "year":
        return context.points(row["points"])
    sign = "+" if row["points"] > EPSILON else "−" if row["points"] < -EPSILON else ""
    return f"{sign}{context.points(abs(row['points']))}"


def strongest(steps: pd.DataFrame, way: str) -> pd.Series | None:
    """Return the step that moved most, of those that went the `way` of the whole; None of none."""
    moves = steps[steps["kind"] == "effect"].dropna(subset="points")
    signs = {"up": moves["points"], "down": -moves["points"]}
    sizes = signs.get(way, moves["points"].abs())
    if sizes.empty or not sizes.max() > EPSILON:
        return None
    return moves.iloc[int(sizes.argmax())]


def _title(rows: pd.DataFrame, steps: pd.DataFrame, what: str, context: ChartContext) -> str:
    """Say from where to where the points of `what` went, and what moved them most."""
    if steps.empty:
        return nothing_to_compare(rows, context)
    change = float(steps["points"].iloc[-1] - steps["points"].iloc[0])
    way, what = way_of(change, context), what[:1].upper() + what[1:]
    said = [context.say(f"chart_year_effects_{way}", by=context.points(abs(change)), what=what)]
    if (most := strongest(steps, way)) is not None:
        name = str(most["name"])
        text = step_text(most.to_dict(), context)
        said.append(
            context.say("chart_year_effects_most", name=name[:1].lower() + name[1:], points=text)
        )
    return "; ".join(said)


def _who(rows: pd.DataFrame, known: pd.DataFrame, context: ChartContext) -> str:
    codes = rows["unit_code"].unique()
    if len(codes) == 1:
        return context.unit_name(str(codes[0]))
    return context.say(
        "chart_year_effects_mean", count=known["unit_code"].nunique(), all=len(codes)
    )


def _legend(context: ChartContext) -> list[Entry]:
    return [
        Entry(context.say("points"), Fill(theme.POINTS)),
        Entry(context.say("effect_up"), theme.ROLES["gained"]),
        Entry(context.say("effect_down"), theme.ROLES["lost"]),
    ]
