"""The rows of the fan of a forecast: intervals and bounds of index, areas and items on each day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.values import INDEX_CODE
from scoring.points import ScoreSheet
from scoring.points.grading import compared_points
from scoring.rules.evaluate import FloatArray
from scoring.tables import table_of
from scoring.uncertainty.doubts import Doubts
from scoring.uncertainty.index_chances import Chances, cut, moves_of
from scoring.uncertainty.item_casts import ItemCast
from scoring.uncertainty.mixed_chances import compared_chances, drawn_totals, total_chances
from scoring.uncertainty.month_figures import MonthFigures
from scoring.uncertainty.outlook import ends
from scoring.uncertainty.to_come import DRAWS

INNER_PERCENT = 50.0
"""Of the inner interval; how sure the outer one is, the asker says."""
_UNIT = ["unit_code", "year", "unit_name", "block"]


def rows_ahead(
    doubts: Doubts, casts: list[ItemCast], day: dt.date, confidence_percent: float, seed: int
) -> pd.DataFrame:
    """Return the rows of the fan on one day ahead."""
    levels = (confidence_percent, INNER_PERCENT)
    known, parts = _totals(doubts, levels, seed)
    units = doubts.sheet.units
    tables = [
        units.iloc[known][_UNIT].assign(code=code, on=pd.Timestamp(day), is_past=False, **columns)
        for code, columns in parts
    ]
    for cast in casts:
        node, at = doubts.sheet.criteria.nodes[cast.row], np.flatnonzero(~np.isnan(cast.low))
        if not node.parent:
            continue
        columns = _item_columns(cast, at, levels)
        tables.append(
            units.iloc[at][_UNIT].assign(
                code=node.code, on=pd.Timestamp(day), is_past=False, **columns
            )
        )
    return pd.concat(tables, ignore_index=True)


def _totals(
    doubts: Doubts, levels: tuple[float, float], seed: int
) -> tuple[npt.NDArray[np.intp], list[tuple[str, dict[str, FloatArray]]]]:
    """Return the intervals and bounds of the areas and the index."""
    sheet, moves = doubts.sheet, moves_of(doubts)
    known = np.flatnonzero(~np.isnan(moves.least[-1]))
    drawn = drawn_totals(doubts, moves, known, DRAWS, seed)
    made = []
    for total, row in enumerate(moves.nodes):
        chances: Chances = total_chances(doubts, moves, total, known, drawn)
        bounds = np.sort([moves.least[total, known], moves.most[total, known]], axis=0)
        if row == -1:
            chances = compared_chances(chances, sheet.criteria)
            bounds = compared_points(cut(bounds, sheet.criteria), sheet.criteria.meta)
        outer, inner = (np.sort(ends(chances, level), axis=0) for level in levels)
        code = INDEX_CODE if row == -1 else sheet.criteria.nodes[row].code
        made.append((code, _columns(bounds, outer, inner)))
    return known, made


def _columns(bounds: FloatArray, outer: FloatArray, inner: FloatArray) -> dict[str, FloatArray]:
    """Return the ends as columns, each within the next wider."""
    outer = np.clip(outer, *bounds)
    inner = np.clip(inner, *outer)
    named = {"bound": bounds, "outer": outer, "inner": inner}
    return {
        f"{name}_{end}_points": pair[at]
        for name, pair in named.items()
        for at, end in enumerate(("low", "high"))
    }


def _item_columns(
    cast: ItemCast, at: npt.NDArray[np.intp], levels: tuple[float, float]
) -> dict[str, FloatArray]:
    bounds = np.array([cast.low[at], cast.high[at]])
    tails = [(1 - level / 100) / 2 for level in levels]
    drawn = [np.quantile(cast.points[at], [t, 1 - t], axis=1, method="inverted_cdf") for t in tails]
    pairs = [np.where(cast.is_known[at], pair, bounds) for pair in drawn]
    return _columns(bounds, pairs[0], pairs[1])


def rows_past(past: ScoreSheet, months: MonthFigures) -> pd.DataFrame:
    """Return the rows of what is over: a point, or bounds where something is open."""
    nodes = past.criteria.nodes
    moved = {code for code, _ in months.values}
    kept = [row for row, node in enumerate(nodes) if not node.parent or node.code in moved]
    tables = []
    days = [pd.Timestamp(months.end_of(int(part))) for part in past.units["period"]]
    for row in (*kept, -1):
        low, high = past.points_low[row], past.points_high[row]
        code = INDEX_CODE if row == -1 else nodes[row].code
        point = past.points[row]
        bounds = np.array([np.where(np.isnan(point), end, point) for end in (low, high)])
        columns = _columns(bounds, bounds, bounds)
        tables.append(past.units[_UNIT].assign(code=code, on=days, is_past=True, **columns))
    table = pd.concat(tables, ignore_index=True)
    return table[table["bound_low_points"].notna() & table["bound_high_points"].notna()]


def ordered(fan: pd.DataFrame, sheet: ScoreSheet) -> pd.DataFrame:
    """Return the table ``ForecastFan``: unit by unit, in the order of the set, day by day."""
    codes = [INDEX_CODE, *(node.code for node in sheet.criteria.nodes)]
    order = {code: at for at, code in enumerate(codes)}
    place = {code: at for at, code in enumerate(sheet.units["unit_code"])}
    fan = fan.assign(_unit=fan["unit_code"].map(place), _at=fan["code"].map(order))
    return table_of(fan.sort_values(["_unit", "_at", "on"], kind="stable"), "ForecastFan")
