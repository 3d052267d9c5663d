"""The small tables behind the charts: which nodes, under which names, in which order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.text import code_key
from scoring.base.units import (
    KEY_COLUMNS,
    UnitKey,
    period_of,
    time_text,
    told_times,
    usual_time,
)
from scoring.base.values import CAUSES, INDEX_CODE
from scoring.outputs.amounts import points_amount, points_or_range
from scoring.outputs.charts.chart_sheet import Entry
from scoring.outputs.theme import CAUSE_FILLS, ChartContext, Fill

EPSILON = 1e-9


Unit = str | UnitKey | None
"""A unit, one period of it, or all units of a table."""


def one_unit(table: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """Return the rows of `unit`, or all rows where it is None."""
    if unit is None:
        return table
    if isinstance(unit, str):
        return table[table["unit_code"] == unit]
    # Every chart asks this many times over: three comparisons cost a tenth of an index.
    is_own = np.ones(len(table), dtype=bool)
    for name, value in zip(KEY_COLUMNS, unit, strict=True):
        if name in table:
            is_own &= np.asarray(table[name] == value, dtype=bool)
    return table[is_own]


def places_among(table: pd.DataFrame, units: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return for each row of `table` the row of `units` it is about, by the key columns it has."""
    names = [name for name in KEY_COLUMNS if name in table and name in units]
    known = pd.MultiIndex.from_frame(units[names])
    return np.asarray(known.get_indexer(pd.MultiIndex.from_frame(table[names])), np.intp)


def periods(table: pd.DataFrame) -> pd.DataFrame:
    """Return the units and periods that `table` is about, in order."""
    names = [name for name in KEY_COLUMNS if name in table]
    # Most tables are about one unit, which is seen without sorting out their rows.
    cells = (table[name].array for name in names)
    if len(table) and all(np.all(each == each[0]) for each in cells):
        return table.iloc[:1][names].reset_index(drop=True)
    return table[names].drop_duplicates().reset_index(drop=True)


def the_unit(table: pd.DataFrame, unit: Unit) -> str | None:
    """Return the code of the only unit and period that `table` has of `unit`; None for several."""
    return _only_code(periods(one_unit(table, unit)), unit)


def _only_code(known: pd.DataFrame, unit: Unit) -> str | None:
    """Return the code of the only unit and period that `periods` gives of `unit`; None for several."""
    if len(known) == 1:
        return str(known["unit_code"].iloc[0])
    return str(unit if isinstance(unit, str) else unit.unit_code) if unit and known.empty else None


def unit_names(
    table: pd.DataFrame, context: ChartContext, units: pd.DataFrame | None = None
) -> list[str]:
    """Return the name of each row's unit, with its period where that is not the usual one.

    `units` is what the reader sees beside each other, by default `table` itself.
    """
    names = [context.unit_name(str(code)) for code in table["unit_code"]]
    if not {"year", "period"} <= set(table.columns):
        return names
    pairs = zip(names, told_times(table, units), strict=True)
    return [f"{name} · {when}" if when else name for name, when in pairs]


def times_of(table: pd.DataFrame) -> list[str]:
    """Return the years or periods that `table` is about, in order."""
    if "period" not in table:
        return [str(year) for year in sorted(table["year"].unique())] if "year" in table else []
    known = table[["year", "period"]].drop_duplicates().itertuples(index=False)
    in_order = sorted(
        (int(year), code_key(period_of(period)), period_of(period)) for year, period in known
    )
    return [time_text(year, period) for year, _, period in in_order]


def targets_by_code(targets: pd.DataFrame | None, known: pd.DataFrame) -> pd.Series:
    """Return target points by node code; a unit's own target goes before the common one.

    `known` is what `periods` gives: only one unit in one year and period has targets of its own.
    """
    if targets is None or targets.empty:
        return pd.Series(dtype=float)
    is_own = places_among(targets, known) >= 0 if len(known) == 1 else False
    wanted = targets[(targets["unit_code"] == "") | is_own]
    own_first = wanted.assign(common=wanted["unit_code"] == "").sort_values("common", kind="stable")
    return own_first.drop_duplicates("code").set_index("code")["target_points"]


# Ends of the points for the sampling of surveys, where scores bring them.
SAMPLING = ("sampling_low", "sampling_high")


def area_table(
    scores: pd.DataFrame,
    items: pd.DataFrame,
    targets: pd.DataFrame | None = None,
    *,
    unit_code: Unit = None,
    lang: str = "vi",
    level: str = "area",
) -> pd.DataFrame:
    """Return one row per node of `level`: name, maximum, points, bounds, target.

    Parameters
    ----------
    scores, items, targets : DataFrame
        Tables ``Scores``, ``Items`` and ``Targets``.
    unit_code : str or UnitKey, optional
        The unit; without it every figure is the mean of the units and periods that have one.
    lang : str
        Language of the names.
    level : str
        ``area``, ``criterion``, ``item`` or ``index``.

    Returns
    -------
    DataFrame
        ``code, name, max_points, points, points_low, points_high, target_points, status``;
        `points` is NaN where no unit is assessed. ``sampling_low, sampling_high`` where the scores of
        one unit bring them.
    """
    rows = one_unit(scores, unit_code)
    known = periods(rows)
    code = _only_code(known, unit_code)
    rows = with_bounds(rows[rows["level"] == level])
    figures = ["max_points", "points", "points_low", "points_high"]
    if code is None:
        rows = _means(rows, figures)
    wanted = targets_by_code(targets, known)
    table = rows[["code", *figures, "status"]].assign(
        name=names_of(rows["code"], items, lang),
        target_points=rows["code"].map(wanted).astype(float) if len(wanted) else np.nan,
    )
    keys = [code_key(node) for node in table["code"].tolist()]
    table = table.iloc[sorted(range(len(table)), key=keys.__getitem__)]
    columns = ["code", "name", *figures, "target_points", "status"]
    sampling = [name for name in SAMPLING if code is not None and name in rows]
    table = table[columns].join(rows[sampling]) if sampling else table[columns]
    return table.reset_index(drop=True)


def _means(rows: pd.DataFrame, figures: list[str]) -> pd.DataFrame:
    """Return the mean of all units by node; points are unknown while those of one unit are.

    Units that a node does not apply to do not count.
    """
    applies = rows["status"] != "not_applicable"
    applies |= ~rows["code"].isin(rows.loc[applies, "code"])
    groups = rows[applies].groupby("code", sort=False)
    means = groups[figures].mean()
    is_open = rows[applies]["points"].isna().groupby(rows[applies]["code"]).any()
    means["points"] = means["points"].mask(is_open.reindex(means.index))
    is_first_open = rows[applies].sort_values("points", na_position="first", kind="stable")
    return means.join(is_first_open.groupby("code")["status"].first()).reset_index()


def with_bounds(scores: pd.DataFrame) -> pd.DataFrame:
    """Fill the bounds of the points where a table brings none: open is 0 to the maximum.

    The lower bound of a table goes with the lowest index, so that of a penalty is the most that it
    takes; what is drawn is the smaller figure first.
    """
    points = scores["points"]
    low = scores.get("points_low", points).fillna(points).fillna(0.0)
    high = scores.get("points_high", points).fillna(points).fillna(scores["max_points"])
    return scores.assign(points_low=np.minimum(low, high), points_high=np.maximum(low, high))


def is_excused(table: pd.DataFrame) -> pd.Series:
    """Say which rows do not apply, where no points of theirs are counted all the same."""
    status = table.get("status", pd.Series("", index=table.index))
    has_none = table["points"].isna() | ~(table["max_points"] > 0)
    return (status == "not_applicable") & has_none


def names_of(codes: pd.Series, items: pd.DataFrame, lang: str) -> pd.Series:
    """Return the names of nodes in `lang`; a code without a name stands for itself."""
    names = dict(zip(items["code"].tolist(), items[f"name_{lang}"].tolist(), strict=True))
    told = ((code, names.get(code)) for code in codes.tolist())
    shown = [code if not name or pd.isna(name) else name for code, name in told]
    return pd.Series(shown, index=codes.index, dtype="str", name=codes.name)


def without_extras(nodes: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Leave out bonus and penalty: they stand outside the areas, and no share of them is attained."""
    if "kind" not in items:
        return nodes
    return nodes[~nodes["code"].isin(items.loc[items["kind"] != "normal", "code"])]


def area_of_items(items: pd.DataFrame) -> pd.Series:
    """Return the area code of every node, by node code."""
    parents = items.set_index("code")["parent_code"]
    area = pd.Series(parents.index, index=parents.index)
    # A tree is at most four levels deep; each pass lifts every node by one.
    for _ in range(len(parents)):
        above = area.map(parents).fillna("")
        if (above == "").all():
            break
        area = area.where(above == "", above)
    return area


def points_text(row: pd.Series | Mapping[Hashable, Any], context: ChartContext) -> str:
    """Return the points of a row, or what is known of them."""
    # At its lowest the index loses the most to a penalty.
    low, high = sorted((row["points_low"], row["points_high"]))
    is_open = not np.isfinite(row["points"])
    has_none = is_open or not row["max_points"] > 0
    if has_none and row.get("status") == "not_applicable":
        return context.say("status_not_applicable").lower()
    if is_open and low <= EPSILON and high >= row["max_points"] - EPSILON:
        return context.say("chart_not_assessed")
    return range_text(row["points"], low, high, context)


def range_text(points: float, low: float, high: float, context: ChartContext) -> str:
    """Return points, or in words the range they lie in."""
    known, *ends = (
        points_amount(value, context.lang, context.decimals) for value in (points, low, high)
    )
    return points_or_range(known, ends[0], ends[1], context.lang)


def subtitle(
    table: pd.DataFrame,
    context: ChartContext,
    unit_code: Unit,
    measure: str = "points",
    *,
    several: str = "chart_mean_of_units",
) -> str:
    """Return unit, year and unit of measure for the line below the title.

    `several` is the label that says what a figure of several units is: a mean, a sum.
    """
    own = one_unit(table, unit_code)
    who = who_text(own, context, unit_code, several)
    when = year_text(own, context)
    return " · ".join(filter(None, [who, when, unit_text(context, measure)]))


def who_text(table: pd.DataFrame, context: ChartContext, unit_code: Unit, several: str) -> str:
    """Return the unit, or what a figure of several is; a mean says how many are finished."""
    own = one_unit(table, unit_code)
    known = periods(own)
    unit, count = _only_code(known, unit_code), len(known)
    if unit is not None:
        return context.unit_name(unit)
    if len(set(own["unit_code"])) == 1:
        name = context.unit_name(str(own["unit_code"].iloc[0]))
        return f"{name}: {context.say(several.replace('units', 'periods'), count=count).lower()}"
    units, times = own["unit_code"].nunique(), times_of(own)
    finished = _finished(own) if several.startswith("chart_mean") else count
    who = context.say(several, count=units)
    if len(times) > 1 and not usual_time(own):
        who += f", {context.say('chart_periods', count=len(times)).lower()}"
    return f"{who} ({context.say('chart_finished', count=finished)})" if finished < count else who


def _finished(scores: pd.DataFrame) -> int:
    """Return how many units and periods have no open node."""
    is_open = scores["points"].isna() & (scores["status"] != "not_applicable")
    return len(periods(scores)) - len(periods(scores[is_open]))


def year_text(table: pd.DataFrame, context: ChartContext) -> str:
    """Return "year 2026" or "quarter I/2026", from the context or from the rows of the table.

    Where a few units are of another time than the others, it says of how many.
    """
    times = [str(context.year)] if context.year else times_of(table)
    if not times:
        return ""
    usual = usual_time(table) if len(times) > 1 and set(KEY_COLUMNS) <= set(table.columns) else ""
    shown = usual or (times[0] if len(times) == 1 else f"{times[0]}–{times[-1]}")
    is_year = shown.replace("–", "").isdecimal()
    when = context.say("chart_year", year=shown) if is_year else shown
    odd = sum(map(bool, told_times(periods(table)))) if usual else 0
    return context.say("chart_odd_times", when=when, count=odd) if odd else when


def unit_text(context: ChartContext, measure: str) -> str:
    """Return the phrase that names the unit of measure."""
    return context.say("chart_measure", measure=context.say(f"measure_{measure}"))


def index_row(
    scores: pd.DataFrame, targets: pd.DataFrame | None, unit_code: Unit
) -> pd.Series | None:
    """Return the index row as `area_table` gives rows, or None when the table has none."""
    index = scores[scores["code"] == INDEX_CODE]
    if one_unit(index, unit_code).empty:
        return None
    no_names = pd.DataFrame({"code": [INDEX_CODE], "name_vi": [""], "name_en": [""]})
    return area_table(index, no_names, targets, unit_code=unit_code, level="index").iloc[0]


def lost_by_cause(gaps: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return ``lost_points`` and a column per cause, one row per value of the column `by`."""
    lost = gaps[gaps["lost_points"] > EPSILON]
    table = lost.pivot_table(
        index=by, columns="cause", values="lost_points", aggfunc="sum", observed=True
    )
    table = table.reindex(columns=list(CAUSES)).astype(float).fillna(0.0)
    table.insert(0, "lost_points", table.sum(axis=1))
    return table


def causes_met(table: pd.DataFrame) -> dict[str, Fill]:
    """Return the fills of the causes that a table of `lost_by_cause` has points of."""
    return {cause: CAUSE_FILLS[cause] for cause in CAUSES if table[cause].sum() > EPSILON}


def cause_entries(fills: Mapping[str, Fill], context: ChartContext) -> list[Entry]:
    """Return the legend entries of causes."""
    return [Entry(context.say(f"cause_{cause}"), fill) for cause, fill in fills.items()]
