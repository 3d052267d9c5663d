"""The gap table: every item with points not earned, why, and how far it is from its target."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.base.labels import label
from scoring.base.values import INVALID, NOT_ASSESSED, SCORED
from scoring.points import ScoreSheet
from scoring.rules.kinds import RULE_KINDS

# Below half a hundredth of a point nothing is lost that anybody could see.
_NOTHING = 5e-7
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
        taken is one, with the cause ``deduction``.

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
    parts = [
        _gaps_of_item(sheet, row, lang) for row, n in enumerate(sheet.criteria.nodes) if n.is_item
    ]
    gaps = pd.concat([part for part in parts if len(part)], ignore_index=True) if parts else None
    if gaps is None:
        gaps = _gaps_of_item(sheet, 0, lang)
    gaps = _with_targets(gaps, targets)
    order = (
        pd.Series(range(len(sheet.units)), index=sheet.units["unit_code"]).groupby(level=0).first()
    )
    keyed = gaps.assign(_unit=gaps["unit_code"].map(order))
    ordered = keyed.sort_values(["_unit", "lost_points"], ascending=[True, False], kind="stable")
    return ordered.drop(columns="_unit").reset_index(drop=True)


def _gaps_of_item(sheet: ScoreSheet, row: int, lang: str) -> pd.DataFrame:
    criteria, node = sheet.criteria, sheet.criteria.nodes[row]
    points, status = sheet.points[row], sheet.status[row]
    is_open = (status == NOT_ASSESSED) | (status == INVALID)
    earned = np.where(is_open, 0.0, points)
    if node.kind == "penalty":
        lost = np.where(status == SCORED, points, 0.0)
    else:
        lost = np.where(is_open | (status == SCORED), sheet.maxima[row] - earned, 0.0)
    units = np.flatnonzero(lost > _NOTHING) if node.kind != "bonus" else np.zeros(0, dtype=int)
    kind = RULE_KINDS.get(node.rule)
    cause = "deduction" if node.kind == "penalty" or kind is None else kind.cause
    causes = np.where(is_open[units], "not-assessed", cause)
    chosen = sheet.units.iloc[units]
    return pd.DataFrame(
        {
            "unit_code": chosen["unit_code"].to_numpy(),
            "set_id": criteria.set_id,
            "year": chosen["year"].to_numpy(),
            "period": chosen["period"].to_numpy(),
            "item_code": node.code,
            "area_code": criteria.area_of(node.code).code,
            "item_name": node.name(lang),
            "max_points": sheet.maxima[row][units],
            "points": np.where(is_open[units], np.nan, points[units]),
            "lost_points": lost[units],
            "cause": causes,
            "target_points": np.nan,
            "gap_to_target_points": np.nan,
            "lead_unit": "",
            "due_on": pd.Series(pd.NaT, index=range(len(units)), dtype="datetime64[s]"),
            "next_step": [label(f"next_{cause}", lang) for cause in causes],
        }
    )


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

    Returns
    -------
    DataFrame
        ``unit_code, code, level, target_points, points, points_low, points_high,
        gap_to_target_points``; the gap is NaN while the node is open.
    """
    scores = sheet.scores[["unit_code", "code", "level", "points", "points_low", "points_high"]]
    table = targets.merge(scores, on=LEVEL_COLUMNS, how="left")
    gap = (table["target_points"] - table["points"]).clip(lower=0.0)
    return table.assign(gap_to_target_points=gap)
