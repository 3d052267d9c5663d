"""Targets: what a unit wants to reach, checked against what can be reached."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import Rounded
from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE
from scoring.points import ScoreSheet

TARGET_COLUMNS = ("unit_code", "code", "target_points")


def check_targets(targets: pd.DataFrame, sheet: ScoreSheet) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep the targets that make sense and say why the others are refused.

    Parameters
    ----------
    targets : DataFrame
        The table ``Targets``: ``unit_code`` (empty for every unit), ``code`` (of a node, or
        ``INDEX``), ``target_points``; ``file``, ``sheet`` and ``cell`` where known.
    sheet : ScoreSheet

    Returns
    -------
    DataFrame
        The accepted rows, one per unit and code, ``unit_code`` filled in.
    list of Finding
        For unknown codes, targets above the maximum, targets below what is already reached, and
        two targets for the same thing.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> from scoring.points import inputs_table, score
    >>> rows = [{"item_code": "2", "input": name, "value": 9} for name in ("on_time", "received")]
    >>> figures = inputs_table(rows, unit_code="H1", year=2026)
    >>> sheet = score(figures, open_set("service-quality-766"))
    >>> wanted = pd.DataFrame({"unit_code": ["", ""], "code": ["INDEX", "9.9"],
    ...     "target_points": [70.0, 1.0]})
    >>> accepted, findings = check_targets(wanted, sheet)
    >>> accepted.values.tolist(), [finding.code for finding in findings]
    ([['H1', 'INDEX', 70.0]], ['target-of-unknown-code'])
    """
    known = {node.code: node.max_points for node in sheet.criteria.nodes}
    known[INDEX_CODE] = sheet.criteria.meta.total_points
    accepted, findings = [], list[Finding]()
    for row in _per_unit(targets, sheet).to_dict("records"):
        problem = _problem(row, known, sheet)
        if problem is None:
            accepted.append({name: row[name] for name in TARGET_COLUMNS})
        else:
            findings.append(problem)
    table = pd.DataFrame(accepted, columns=list(TARGET_COLUMNS))
    table["target_points"] = table["target_points"].astype("float64")
    repeated = table.duplicated(["unit_code", "code"])
    for row in table[repeated].to_dict("records"):
        unit, code = str(row["unit_code"]), str(row["code"])
        findings.append(Finding("target-duplicate", unit_code=unit, item_code=code))
    return table[~repeated].reset_index(drop=True), findings


def _per_unit(targets: pd.DataFrame, sheet: ScoreSheet) -> pd.DataFrame:
    """Give every unit its own row of a target that names none."""
    units = pd.DataFrame({"unit": sheet.units["unit_code"].unique()})
    everyone = targets[targets["unit_code"] == ""].merge(units, how="cross")
    everyone = everyone.assign(unit_code=everyone["unit"]).drop(columns="unit")
    return pd.concat([targets[targets["unit_code"] != ""], everyone], ignore_index=True)


def _problem(
    row: Mapping[Hashable, Any], known: dict[str, float], sheet: ScoreSheet
) -> Finding | None:
    code, unit = str(row["code"]), str(row["unit_code"])
    names = ("file", "sheet", "cell")
    place: dict[str, Any] = {name: str(row[name]) for name in names if name in row}
    target = float(str(row["target_points"]))
    at = {"item_code": code, "unit_code": unit} | place
    if code not in known:
        return Finding("target-of-unknown-code", values={"set_id": sheet.criteria.set_id}, **at)
    values: dict[str, object] = {"target": target}
    if not 0 <= target <= known[code]:
        return Finding("target-above-maximum", values=values | {"limit": known[code]}, **at)
    positions = (sheet.units["unit_code"] == unit).to_numpy().nonzero()[0]
    if not len(positions):
        return Finding("target-of-unknown-unit", values=values, **at)
    reached = float(sheet.points_low[sheet.row(code), positions].max())
    decimals = sheet.criteria.meta.decimals
    if round_points(reached, decimals) > target:
        shown = Rounded(reached, decimals)
        return Finding("target-below-reached", values=values | {"reached": shown}, **at)
    return None
