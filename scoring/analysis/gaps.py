"""The gap table: every item with points not earned, why, and how far it is from its target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.labels import label
from scoring.base.values import INVALID, NOT_ASSESSED, SCORED
from scoring.criteria import Node
from scoring.criteria.model import BEST_OF
from scoring.points import ScoreSheet
from scoring.points.proof import at_risk
from scoring.rules.evaluate import FloatArray
from scoring.rules.kinds import RULE_KINDS

# Below half a hundredth of a point nothing is lost that anybody could see.
_NOTHING = 5e-7
_NO_UNITS = np.zeros(0, dtype=np.intp)
LEVEL_COLUMNS = ["unit_code", "code"]


def gap_table(
    sheet: ScoreSheet, targets: pd.DataFrame | None = None, lang: str = "vi"
) -> pd.DataFrame:
    """List where points are lost, largest loss first within each unit.

    Parameters
    ----------
    sheet : ScoreSheet
    targets : DataFrame, optional
        Accepted targets (see `scoring.analysis.targets.check_targets`).
    lang : str
        Language of names and next steps.

    Returns
    -------
    DataFrame
        The table ``Gaps``. ``points`` is NaN where the item is open: its whole maximum then
        counts as lost, with the cause ``not-assessed``. A bonus not earned is no gap; a penalty
        taken is one, with the cause ``deduction``. Where the sheet knows the proof of its items,
        points earned without it follow in rows of their own, with the state of the proof as cause.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> gaps = gap_table(score(figures, open_set("service-quality-766")))
    >>> gaps.loc[gaps["item_code"] == "2", ["lost_points", "cause"]].values.tolist()
    [[2.0, 'below-target']]
    """
    leaves = [row for row, node in enumerate(sheet.criteria.nodes) if node.is_item]
    parts = [_lost(sheet, row, lang) for row in leaves]
    if sheet.supported is not None:
        risk = at_risk(sheet)
        parts += [part for row in leaves for part in _unproven(sheet, row, risk[row], lang)]
    filled = [part for part in parts if len(part)]
    gaps = pd.concat(filled, ignore_index=True) if filled else parts[0]
    return _in_order(_with_targets(gaps, targets), sheet)


def _in_order(gaps: pd.DataFrame, sheet: ScoreSheet) -> pd.DataFrame:
    units = sheet.units["unit_code"].drop_duplicates().tolist()
    keyed = gaps.assign(_unit=gaps["unit_code"].map({code: n for n, code in enumerate(units)}))
    ordered = keyed.sort_values(["_unit", "lost_points"], ascending=[True, False], kind="stable")
    return ordered.drop(columns="_unit").reset_index(drop=True)


def _lost(sheet: ScoreSheet, row: int, lang: str) -> pd.DataFrame:
    """Return what one item lost by its rule, for every unit that lost something."""
    node, points, status = sheet.criteria.nodes[row], sheet.points[row], sheet.status[row]
    is_open = (status == NOT_ASSESSED) | (status == INVALID)
    earned = np.where(is_open, 0.0, points)
    if node.kind == "penalty":
        lost = np.where(status == SCORED, points, 0.0)
    else:
        lost = np.where(is_open | (status == SCORED), sheet.maxima[row] - earned, 0.0)
    if node.parent and sheet.criteria.by_code[node.parent].rule == BEST_OF:
        lost = _lost_by_best(sheet, node)
    units = np.flatnonzero(lost > _NOTHING) if node.kind != "bonus" else _NO_UNITS
    kind = RULE_KINDS.get(node.rule)
    cause = "deduction" if node.kind == "penalty" or kind is None else kind.cause
    causes = np.where(is_open[units], "not-assessed", cause)
    return _rows(sheet, row, units, lost[units], causes, lang)


def _unproven(sheet: ScoreSheet, row: int, risk: FloatArray, lang: str) -> Iterator[pd.DataFrame]:
    """Yield what one item has earned without sufficient proof: the points at risk."""
    assert sheet.proof is not None
    units = np.flatnonzero(risk > _NOTHING)
    if len(units):
        yield _rows(sheet, row, units, risk[units], sheet.proof[row][units], lang)


def _rows(
    sheet: ScoreSheet,
    row: int,
    units: npt.NDArray[np.intp],
    lost: FloatArray,
    causes: npt.NDArray[Any],
    lang: str,
) -> pd.DataFrame:
    node, chosen = sheet.criteria.nodes[row], sheet.units.iloc[units]
    return pd.DataFrame(
        {
            "unit_code": chosen["unit_code"].to_numpy(),
            "set_id": sheet.criteria.set_id,
            "year": chosen["year"].to_numpy(),
            "period": chosen["period"].to_numpy(),
            "item_code": node.code,
            "area_code": sheet.criteria.area_of(node.code).code,
            "item_name": node.name(lang),
            "max_points": sheet.maxima[row][units],
            "points": sheet.points[row][units],
            "lost_points": lost,
            "cause": causes,
            "target_points": np.nan,
            "gap_to_target_points": np.nan,
            "lead_unit": "",
            "due_on": pd.Series(pd.NaT, index=range(len(units)), dtype="datetime64[s]"),
            "next_step": [label(f"next_{cause}", lang) for cause in causes],
        }
    )


def _lost_by_best(sheet: ScoreSheet, node: Node) -> FloatArray:
    """Return what an alternative loses: all that its parent lost if it is the best one, else 0.

    The others do not count towards the index, so nothing is lost on them. While all are open, the
    one with the highest maximum stands for them.
    """
    parent = sheet.row(node.parent)
    siblings = sheet.criteria.children(node.parent)
    rows = [sheet.row(sibling.code) for sibling in siblings]
    # An open alternative ranks below every scored one, by its maximum among its like.
    standing = np.where(np.isnan(sheet.points[rows]), sheet.maxima[rows] - 1e6, sheet.points[rows])
    best = np.array(rows)[standing.argmax(axis=0)]
    lost = sheet.maxima[parent] - np.nan_to_num(sheet.points[parent])
    return np.where(best == sheet.row(node.code), np.maximum(lost, 0.0), 0.0)


def _with_targets(gaps: pd.DataFrame, targets: pd.DataFrame | None) -> pd.DataFrame:
    if targets is None or not len(targets):
        return gaps
    wanted = targets.set_index(LEVEL_COLUMNS)["target_points"]
    keys = pd.MultiIndex.from_frame(gaps[["unit_code", "item_code"]])
    target = pd.Series(wanted.reindex(keys).to_numpy(), index=gaps.index, dtype="float64")
    reached = gaps["points"].fillna(0.0)
    return gaps.assign(
        target_points=target, gap_to_target_points=(target - reached).clip(lower=0.0)
    )


def target_gaps(sheet: ScoreSheet, targets: pd.DataFrame) -> pd.DataFrame:
    """Compare every accepted target, of the index, an area or an item, with what is reached.

    Parameters
    ----------
    sheet : ScoreSheet
    targets : DataFrame
        Accepted targets, as `scoring.analysis.targets.check_targets` returns them.

    Returns
    -------
    DataFrame, one row per target
        ``unit_code, code, level, target_points, points, points_low, points_high,
        gap_to_target_points``, all in points; the gap is NaN while the node is open.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> figures = inputs_table([
    ...     {"item_code": "2", "input": "on_time", "value": 90},
    ...     {"item_code": "2", "input": "received", "value": 100},
    ... ], unit_code="H1", year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> targets = pd.DataFrame({"unit_code": ["H1"], "code": ["2"], "target_points": [19.0]})
    >>> target_gaps(sheet, targets)[["points", "gap_to_target_points"]].values.tolist()
    [[18.0, 1.0]]
    """
    scores = sheet.scores[["unit_code", "code", "level", "points", "points_low", "points_high"]]
    table = targets.merge(scores, on=LEVEL_COLUMNS, how="left")
    gap = (table["target_points"] - table["points"]).clip(lower=0.0)
    return table.assign(gap_to_target_points=gap)
