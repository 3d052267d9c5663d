"""From the points of now to those under a scenario, one step for each item that moves them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.base.values import INDEX_CODE
from scoring.outputs.charts.chart_sheet import Entry
from scoring.outputs.charts.chart_titles import way_of
from scoring.outputs.charts.rows import Page, named_rows, row_chart, row_words
from scoring.outputs.charts.score_tables import EPSILON, Unit, names_of, one_unit
from scoring.outputs.charts.year_effects import draw_steps, step_limits, step_text, strongest
from scoring.outputs.theme import NO_CONTEXT, POINTS, ROLES, ChartContext, ChartFigure, Fill

CHARTS = ("scenario_steps",)
_MOST = 12


def scenario_steps(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    *,
    unit_code: Unit = None,
    context: ChartContext = NO_CONTEXT,
) -> ChartFigure:
    """Draw how each item moves the index from what it is to what it would be.

    Parameters
    ----------
    scores, items : DataFrame
        Tables ``ScenarioScores`` and ``Items``.
    unit_code
        As for every chart; without it the mean over the units.

    Returns
    -------
    ChartFigure
        The items that move most, the others in one step; what caps, rounding and items that do not
        apply change is a step of its own. Where the index is open, steps are those of its lowest
        value, and a note says so.

    Examples
    --------
    >>> import scoring
    >>> from scoring.charts import figure_data
    >>> rows = [{"item_code": "2", "input": "on_time", "value": 80},
    ...         {"item_code": "2", "input": "received", "value": 100}]
    >>> inputs = scoring.inputs_table(rows, unit_code="H1", year=2026)
    >>> sheet = scoring.score(inputs, "service-quality-766")
    >>> seen = scoring.what_if(sheet, ["2.on_time=90"])
    >>> steps = figure_data(scenario_steps(seen.scores, sheet.criteria.items))
    >>> steps[["kind", "points"]].values.tolist()
    [['year', 16.0], ['effect', 2.0], ['year', 18.0]]
    """
    rows = one_unit(scores, unit_code)
    is_open = rows.loc[rows["code"] == INDEX_CODE, ["points", "other_points"]].isna().any(axis=None)

    def steps_in(words: ChartContext) -> pd.DataFrame:
        return _steps(rows, items, words)

    steps = steps_in(context)
    page = Page(steps, steps, named_rows(list(steps["name"])))
    low, high = step_limits(steps)
    notes = [context.say("chart_year_effects_scale", low=context.number(low))] if low > 0 else []
    notes += [context.say("chart_scenario_steps_open")] if is_open else []
    return row_chart(
        context, "scenario_steps", page, step_text,
        lambda axes: draw_steps(axes, steps, page.rows, low),
        title=lambda words: _title(steps_in(words), words),
        who=lambda words: _who(rows, words),
        said=lambda words: {"rows": row_words(steps_in(words), step_text, words)},
        scale=high, start=low, unit="points", legend=_legend(context), notes=notes,
        bold=(0, len(steps) - 1),
    )  # fmt: skip


def _steps(rows: pd.DataFrame, items: pd.DataFrame, context: ChartContext) -> pd.DataFrame:
    """Return the steps as `effect_steps` does: ``name, kind, start, points``."""
    known = rows[["points", "other_points"]].notna().all(axis=1)
    before = rows["points"].where(known, rows["points_low"])
    after = rows["other_points"].where(known, rows["other_points_low"])
    means = rows.assign(before=before, after=after).groupby("code", sort=False)[["before", "after"]]
    told = means.mean()
    now, then = told.loc[INDEX_CODE, ["before", "after"]].to_numpy(float)
    parents = set(items["parent_code"])
    tree = items[~items["code"].isin(parents)].set_index("code")
    moves = (told["after"] - told["before"]).reindex(tree.index).dropna()
    moves = moves * np.where(tree["kind"].reindex(moves.index) == "penalty", -1.0, 1.0)
    moves = moves[moves.abs() > EPSILON].sort_values(key=lambda sizes: -sizes.abs(), kind="stable")
    shown, others = moves.iloc[:_MOST], moves.iloc[_MOST:]
    codes = pd.Series(shown.index, dtype="str")
    names = zip(codes, names_of(codes, items, context.lang), strict=True)
    # A node without a name in this language is called by its code.
    named = [code if name == code else f"{code} {name}" for code, name in names]
    changes = list(shown)
    for key, change in (
        ("chart_scenario_steps_others", float(others.sum())),
        ("chart_waterfall_adjustment", float(then - now - moves.sum())),
    ):
        if abs(change) > EPSILON:
            named.append(context.say(key, count=len(others)))
            changes.append(change)
    starts = now + np.concatenate([[0.0], np.cumsum(changes)])[: len(changes)]
    return pd.DataFrame({
        "name": [context.say("scenario_now"), *named, context.say("scenario_then")],
        "kind": ["year", *["effect"] * len(changes), "year"],
        "start": [0.0, *starts, 0.0],
        "points": [now, *changes, then],
    })  # fmt: skip


def _title(steps: pd.DataFrame, context: ChartContext) -> str:
    """Say from where to where the index would go, and by which item most."""
    now, then = (float(steps["points"].iloc[at]) for at in (0, -1))
    way = way_of(then - now, context)
    ends = {"now": context.points(now), "then": context.points(then)}
    said = [context.say(f"chart_scenario_steps_{way}", **ends, by=context.points(abs(then - now)))]
    # Of an index that stays, no item moves it most.
    if way != "same" and (most := strongest(steps, way)) is not None:
        text = step_text(most.to_dict(), context)
        said.append(context.say("chart_scenario_steps_most", name=most["name"], points=text))
    return "; ".join(said)


def _who(rows: pd.DataFrame, context: ChartContext) -> str:
    codes = rows["unit_code"].unique()
    if len(codes) == 1:
        return context.unit_name(str(codes[0]))
    return context.say("chart_scenario_steps_mean", count=len(codes))


def _legend(context: ChartContext) -> list[Entry]:
    return [
        Entry(context.say("points"), Fill(POINTS)),
        Entry(context.say("scenario_won"), ROLES["gained"]),
        Entry(context.say("scenario_lost"), ROLES["lost"]),
    ]
