"""What a chart found, in one sentence: its title, with figures of the table that it draws.

Every function takes the table in the language of the context.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.base.values import CAUSES, INDEX_CODE
from scoring.outputs.charts.score_tables import EPSILON, range_text
from scoring.outputs.theme import ChartContext


def areas_title(areas: pd.DataFrame, context: ChartContext) -> str:
    """Say which area lost most for certain, and how many are still open."""
    lost = areas["max_points"] - areas["points"].fillna(areas["points_high"])
    is_open = areas["points"].isna() & (areas["status"] != "not_applicable")
    parts = []
    if lost.max() > EPSILON:
        worst = areas.iloc[int(lost.argmax())]
        lost_text, most = context.points(lost.max()), context.number(worst["max_points"])
        parts.append(
            context.say("chart_areas_title", name=worst["name"], lost=lost_text, most=most)
        )
    elif not is_open.all():
        parts.append(context.say("chart_areas_full"))
    if count := int(is_open.sum()):
        parts.append(context.say("chart_areas_open", count=count, all=len(areas)))
    return "; ".join(parts) or context.say("chart_no_rows")


def steps_title(steps: pd.DataFrame, context: ChartContext) -> str:
    """Say from where to where the steps lead, and which area takes most."""
    last = steps.iloc[-1]
    known = last["earned"] if last["open"] <= EPSILON else np.nan
    reached = range_text(known, last["earned"], last["earned"] + last["open"], context)
    most = context.number(steps["earned"].iloc[0])
    parts = [context.say("chart_waterfall_title", points=reached, most=most)]
    areas = steps[steps["kind"] == "area"]
    if areas["lost"].max() > EPSILON:
        worst = areas.iloc[int(areas["lost"].argmax())]
        lost = context.points(worst["lost"])
        parts.append(context.say("chart_waterfall_most", name=worst["name"], lost=lost))
    return "; ".join(parts)


def losses_title(table: pd.DataFrame, context: ChartContext) -> str:
    """Say how few items hold half of the points that are lost or open."""
    if table.empty:
        return context.say("chart_nothing_lost")
    total, is_open = table["lost_points"].sum(), table["not-assessed"].sum() > EPSILON
    count = int((table["cumulative_percent"] < 50 - EPSILON).sum()) + 1
    return context.say(
        "chart_lost_or_open_title" if is_open else "chart_lost_points_title",
        count=count, all=len(table), total=context.points(total),
        points=context.points(table["lost_points"].head(count).sum()),
    )  # fmt: skip


def attainment_title(means: pd.Series, several: bool, context: ChartContext) -> str:
    """Say which column attained least; `means` are percentages by name."""
    if means.dropna().empty:
        return context.say("chart_no_rows")
    least = context.percent(means.min())
    key = "chart_lowest_mean" if several else "chart_lowest"
    return context.say(key, name=means.idxmin(), percent=least)


def lines_title(table: pd.DataFrame, is_one_unit: bool, context: ChartContext) -> str:
    """Say how many targets are met, who stands highest and lowest, or what attained least."""
    known = table.dropna(subset="percent")
    if known.empty:
        return context.say("chart_no_rows")
    wanted = known.dropna(subset="target_points")
    behind = wanted["target_points"] - wanted["points"]
    # Next to its areas the index is always the farthest behind.
    own = behind[wanted["code"] != INDEX_CODE]
    behind = own if len(own) else behind
    parts = []
    if len(wanted):
        met = int((behind <= EPSILON).sum())
        parts.append(context.say("chart_targets_met", count=met, all=len(wanted)))
    if is_one_unit and behind.max() > EPSILON:
        worst, by = (
            wanted.loc[behind.index[int(behind.argmax())], "name"],
            context.points(behind.max()),
        )
        parts.append(context.say("chart_target_farthest", name=worst, by=by))
    elif is_one_unit:
        areas = known[known["code"] != INDEX_CODE] if len(known) > 1 else known
        parts.append(attainment_title(areas.set_index("name")["percent"], False, context))
    else:
        ends = {"best": known.iloc[0], "last": known.iloc[-1]}
        words = {
            end: f"{row['name']} ({context.points(row['points'])})" for end, row in ends.items()
        }
        parts.append(context.say("chart_best_and_last", **words))
    return "; ".join(parts)


def proofs_title(table: pd.DataFrame, context: ChartContext) -> str:
    """Say how many of the items that need proof have none, and where most of them are."""
    needed = int(table[["proven", "declared", "unproven"]].to_numpy().sum())
    if not needed:
        return context.say("chart_none_needed").capitalize()
    count, declared = int(table["unproven"].sum()), int(table["declared"].sum())
    if count:
        worst = table.iloc[int(table["unproven"].argmax())]
        most = {"name": worst["name"], "most": worst["unproven"]}
        return context.say("chart_unproven_title", count=count, needed=needed, **most)
    key = "chart_declared_title" if declared else "chart_proven_title"
    return context.say(key, count=declared, needed=needed)


def leads_title(table: pd.DataFrame, context: ChartContext) -> str:
    """Say who leads the most points that can still be won."""
    if table.empty:
        return context.say("chart_nothing_lost")
    first, total = table.iloc[0], context.points(table[list(CAUSES)].to_numpy().sum())
    is_free = first["name"] == context.say("chart_no_lead_unit")
    key = "chart_points_unassigned_title" if is_free else "chart_points_at_risk_title"
    points = context.points(first["lost_points"])
    return context.say(key, name=first["name"], points=points, total=total)


def tasks_title(table: pd.DataFrame, context: ChartContext) -> str:
    """Say how many tasks are overdue and done."""
    if table.empty:
        return context.say("chart_no_rows")
    counts = {status: int((table["status"] == status).sum()) for status in ("overdue", "done")}
    return context.say("chart_gantt_title", count=len(table), **counts)


def year_title(here: pd.DataFrame, year: int | None, context: ChartContext) -> str:
    """Say in which month of the year most tasks of `here` are due, and how many are overdue."""
    if here.empty:
        return context.say("chart_year_empty" if year else "chart_undated", year=year)
    months = here["due_on"].dt.month.value_counts().sort_index()
    overdue = int((here["status"] == "overdue").sum())
    name = context.say(f"month_{months.idxmax()}")
    return context.say(
        "chart_calendar_title", year=year, count=len(here), most=months.max(), overdue=overdue,
        month_name=name[:1].lower() + name[1:] if context.lang == "vi" else name,
    )  # fmt: skip


def series_breaks(line: pd.DataFrame) -> list[int]:
    """Return the places of a line before which its surveys begin another series.

    A panel of years says in ``breaks`` what does not compare with the year before.

    >>> line = pd.DataFrame({"place": [0, 1, 2, 3], "survey_series": ["a", "a", "b", ""]})
    >>> series_breaks(line)
    [2]
    """
    if "breaks" in line:
        is_break = line["breaks"].fillna("") != ""
        return line.loc[is_break, "place"].astype(int).tolist()
    if "survey_series" not in line:
        return []
    told = line[line["survey_series"].fillna("") != ""]
    begins = told["survey_series"] != told["survey_series"].shift()
    return told.loc[begins, "place"].astype(int).tolist()[1:]


def _comparable(table: pd.DataFrame) -> pd.DataFrame:
    """Return the points of each line since its surveys began their last series."""
    lines = [line for _, line in table.groupby("series")]
    begins = [max(series_breaks(line), default=-1) for line in lines]
    kept = [line[line["place"] >= begin] for line, begin in zip(lines, begins, strict=True)]
    return pd.concat(kept) if kept else table


def trend_title(table: pd.DataFrame, context: ChartContext) -> str:
    """Say from where to where the index of a unit went, or how many of several rose."""
    since = _comparable(table)
    known = since.dropna(subset="points").groupby("series")
    ends = known[["name", "time", "points"]].agg(["first", "last"])[known.size() > 1]
    if ends.empty:
        is_new = len(since) < len(table)
        new = "chart_trend_all_broken" if "breaks" in table else "chart_trend_new_series"
        return context.say(new if is_new else "chart_trend_open")
    change = ends["points"]["last"] - ends["points"]["first"]
    if len(ends) > 1:
        rose = int((change > EPSILON).sum())
        return context.say("chart_trend_several", count=rose, all=len(ends))
    way = "up" if change.iloc[0] > EPSILON else "down" if change.iloc[0] < -EPSILON else "same"
    first, last = (ends.xs(end, axis=1, level=1).iloc[0] for end in ("first", "last"))
    by = context.points(abs(change.iloc[0]))
    points = {"start": context.points(first["points"]), "end": context.points(last["points"])}
    times = {"since": first["time"], "until": last["time"]}
    said = context.say(f"chart_trend_{way}", by=by, **points, **times)
    # Where one of several units can be compared the title says which.
    return f"{first['name']}: {said}" if table["series"].max() > table["series"].min() else said
