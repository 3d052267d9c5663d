"""What a chart found, in one sentence: its title, with figures of the table that it draws.

Every function takes the table in the language of the context.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scoring.base.values import CAUSES, INDEX_CODE
from scoring.outputs.amounts import points_amount
from scoring.outputs.charts.score_tables import EPSILON, range_text
from scoring.outputs.charts.target_counts import targets_said
from scoring.outputs.theme import ChartContext


def tied(shown: Iterable[str], most: str, context: ChartContext, *, form: str = " ({})") -> str:
    """Return what is said behind the first of several that show the same figure.

    `form` is what stands around it.

    >>> context = ChartContext(lang="en")
    >>> tied(["2.00", "2.00", "1.00"], "2.00", context), tied(["2.00", "1.00"], "2.00", context)
    (' (level with 1 other)', '')
    """
    count = list(shown).count(most) - 1
    return form.format(context.say("chart_tied", count=count)) if count > 0 else ""


def is_shown(points: float, context: ChartContext) -> bool:
    """Say whether points above zero are more than nothing as the chart writes them."""
    return points_amount(points, context.lang, context.decimals).value > 0


def areas_title(areas: pd.DataFrame, context: ChartContext) -> str:
    """Say which area lost most for certain, and how many are still open."""
    lost = areas["max_points"] - areas["points"].fillna(areas["points_high"])
    is_open = areas["points"].isna() & (areas["status"] != "not_applicable")
    parts = []
    if is_shown(lost.max(), context):
        worst = areas.iloc[int(lost.argmax())]
        lost_text, most = context.points(lost.max()), context.number(worst["max_points"])
        said = context.say("chart_areas_title", name=worst["name"], lost=lost_text, most=most)
        parts.append(said + tied(map(context.points, lost), lost_text, context))
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
    falls = steps[steps["kind"].isin(("area", "penalty"))]
    if is_shown(falls["lost"].max(), context):
        worst = falls.iloc[int(falls["lost"].argmax())]
        lost = context.points(worst["lost"])
        said = context.say("chart_waterfall_most", name=worst["name"], lost=lost)
        parts.append(said + tied(map(context.points, falls["lost"]), lost, context))
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
    known = means.dropna()
    if known.empty:
        return context.say("chart_nothing_finished" if len(means) else "chart_no_rows")
    shown, least = [context.percent(mean) for mean in known], context.percent(known.min())
    # Of equal ones none is lowest.
    is_equal = set(shown) == {least}
    key = "chart_lowest" if not is_equal else "chart_equal" if len(known) > 1 else "chart_only"
    name = known.index[int(known.argmin())]
    said = context.say(f"{key}_mean" if several else key, name=name, percent=least)
    return said if is_equal else said + tied(shown, least, context)


def lines_title(table: pd.DataFrame, is_one_unit: bool, context: ChartContext) -> str:
    """Say how many targets are met, who stands highest and lowest, or what attained least."""
    known = table.dropna(subset="percent")
    if known.empty:
        return context.say("chart_nothing_finished" if len(table) else "chart_no_rows")
    met, farthest = targets_said(table, context)
    if not is_one_unit:
        ends = _ends(known, context)
        return f"{met}; {ends}" if met else ends[:1].upper() + ends[1:]
    if not farthest:
        areas = known[known["code"] != INDEX_CODE] if len(known) > 1 else known
        farthest = attainment_title(areas.set_index("name")["percent"], False, context)
    return "; ".join(filter(None, [met, farthest]))


def _ends(known: pd.DataFrame, context: ChartContext) -> str:
    """Say which unit stands highest and which lowest; of equal ones neither does."""
    shown = [context.points(points) for points in known["points"]]
    names = {"best": known["name"].iloc[0], "last": known["name"].iloc[-1]}
    points = {"best": shown[0], "last": shown[-1]}
    if len(shown) == 1:
        return context.say("chart_one_finished", name=names["best"], points=shown[0])
    if points["best"] == points["last"]:
        return context.say("chart_units_equal", count=len(shown), points=shown[0])
    ends = {
        end: f"{names[end]} ({points[end]}{tied(shown, points[end], context, form=', {}')})"
        for end in names
    }
    return context.say("chart_best_and_last", **ends)


def proofs_title(table: pd.DataFrame, context: ChartContext) -> str:
    """Say how many of the items that need proof have none, and where most of them are."""
    needed = int(table[["proven", "declared", "unproven"]].to_numpy().sum())
    if not needed:
        return context.say("chart_none_needed").capitalize()
    count, declared = int(table["unproven"].sum()), int(table["declared"].sum())
    if count:
        worst = table.iloc[int(table["unproven"].argmax())]
        most = str(worst["unproven"])
        most += tied(map(str, table["unproven"]), most, context, form=", {}")
        said = {"count": count, "needed": needed, "name": worst["name"], "most": most}
        return context.say("chart_unproven_title", **said)
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
    said = context.say(key, name=first["name"], points=points, total=total)
    return said + tied(map(context.points, table["lost_points"]), points, context)


def tasks_title(table: pd.DataFrame, context: ChartContext, *, is_seen: bool = True) -> str:
    """Say how many tasks are overdue and done; of deadlines, of which a task may have several, so."""
    if table.empty:
        return context.say("chart_no_rows")
    if not is_seen and _is_ahead(table) and has_days_alone(table):
        days = {end: context.date(getattr(table["due_on"], end)()) for end in ("min", "max")}
        return context.say("chart_gantt_ahead_title", count=len(table), **days)
    counts = {status: int((table["status"] == status).sum()) for status in ("overdue", "done")}
    key = "chart_gantt_days_title" if has_days_alone(table) else "chart_gantt_title"
    return context.say(key, count=len(table), **counts)


def _is_ahead(table: pd.DataFrame) -> bool:
    """Say whether nothing is known of the tasks but their days: a calendar looks at no progress."""
    return bool((table["status"] == "upcoming").all())


def has_days_alone(table: pd.DataFrame) -> bool:
    """Say whether each line of a table of tasks is a deadline: then lines are no count of tasks."""
    return bool(table["due_on"].notna().all())


def year_title(here: pd.DataFrame, year: int | None, context: ChartContext) -> str:
    """Say in which month of the year most tasks of `here` are due, and how many are overdue."""
    if here.empty:
        return context.say("chart_year_empty" if year else "chart_undated", year=year)
    months = here["due_on"].dt.month.value_counts().sort_index()
    overdue = int((here["status"] == "overdue").sum())
    name = context.say(f"month_{months.idxmax()}")
    name = name[:1].lower() + name[1:] if context.lang == "vi" else name
    if others := int((months == months.max()).sum()) - 1:
        name += f" {context.say('chart_other_months', count=others)}"
    key = "chart_calendar_ahead_title" if _is_ahead(here) else "chart_calendar_title"
    known = {"overdue": overdue} if key == "chart_calendar_title" else {}
    return context.say(key, year=year, count=len(here), most=months.max(), month_name=name, **known)


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


def way_of(change: float, context: ChartContext) -> str:
    """Return ``up``, ``down`` or ``same``: what a chart writes as no change is none.

    >>> [way_of(change, ChartContext()) for change in (0.5, -0.5, 0.004)]
    ['up', 'down', 'same']
    """
    if is_shown(change, context):
        return "up"
    return "down" if is_shown(-change, context) else "same"


def nothing_to_compare(table: pd.DataFrame, context: ChartContext) -> str:
    """Say that no unit of `table`, or its only one, has two finished periods."""
    is_one = len(table["unit_code"].unique()) == 1
    return context.say("chart_trend_open_one" if is_one else "chart_trend_open")


def trend_title(table: pd.DataFrame, context: ChartContext) -> str:
    """Say from where to where the index of a unit went, or how many of several rose."""
    since = _comparable(table)
    known = since.dropna(subset="points").groupby("series")
    ends = known[["name", "time", "points"]].agg(["first", "last"])[known.size() > 1]
    if ends.empty:
        is_new = len(since) < len(table)
        new = "chart_trend_all_broken" if "breaks" in table else "chart_trend_new_series"
        return context.say(new) if is_new else nothing_to_compare(table, context)
    change = ends["points"]["last"] - ends["points"]["first"]
    if len(ends) > 1:
        rose = sum(is_shown(each, context) for each in change)
        # A unit may have a line of its quarters and one of its years.
        has_twins = table.groupby("unit_code")["series"].nunique().max() > 1
        key = "chart_trend_several_lines" if has_twins else "chart_trend_several"
        return context.say(key, count=rose, all=len(ends))
    way = way_of(float(change.iloc[0]), context)
    first, last = (ends.xs(end, axis=1, level=1).iloc[0] for end in ("first", "last"))
    by = context.points(abs(change.iloc[0]))
    points = {"start": context.points(first["points"]), "end": context.points(last["points"])}
    times = {"since": first["time"], "until": last["time"]}
    said = context.say(f"chart_trend_{way}", by=by, **points, **times)
    # Where one of several units can be compared the title says which.
    return f"{first['name']}: {said}" if table["series"].max() > table["series"].min() else said
