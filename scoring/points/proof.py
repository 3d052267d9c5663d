"""Points that evidence supports, beside those that the rule computes and the unit claims.

The set says what stays of an item's points when its proof is missing, late or invalid. The
difference is at risk: it is what an appraiser would take off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.rounding import round_points
from scoring.base.units import KEY_COLUMNS, unit_rows
from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED, STATUSES
from scoring.criteria import CriteriaSet
from scoring.points.rollup import roll_up
from scoring.points.sheet import ScoreSheet
from scoring.rules.evaluate import FloatArray

PROVEN = "proven"
# A claim typed with two decimals may differ from the exact points by this much.
_CLAIM_TOLERANCE = 5.000001e-3


def with_proof(sheet: ScoreSheet, states: pd.DataFrame) -> ScoreSheet:
    """Add the points that evidence supports.

    Parameters
    ----------
    sheet : ScoreSheet
    states : DataFrame
        ``unit_code, item_code, state`` as `scoring.evidence.sufficiency.sufficiency` gives them,
        one row per unit and item that needs proof; items without a row need none.

    Returns
    -------
    ScoreSheet
        With `supported` and `proof`. Unchanged where the set declares no policy
        (``[evidence]`` in set.toml): what an unproven item keeps is then not ours to say.

    Notes
    -----
    Where no proof is needed, or nothing is earned, supported equals computed.
    """
    policy = sheet.criteria.meta.proof_percent
    if not policy:
        return sheet
    proof = _state_grid(sheet, states)
    factor = np.ones(proof.shape)
    # A deduction stays whole: nobody escapes it by leaving its proof out.
    taken = np.array([node.kind == "penalty" for node in sheet.criteria.nodes])
    for state, percent in policy.items():
        factor[(proof == state) & ~taken[:, None]] = percent / 100
    leaves = sheet.points.copy()
    leaves[:-1] *= factor
    supported = roll_up(sheet.criteria, leaves, sheet.status == NOT_APPLICABLE).points
    return replace(sheet, supported=supported, proof=proof)


def _state_grid(sheet: ScoreSheet, states: pd.DataFrame) -> npt.NDArray[np.object_]:
    grid = np.full(sheet.points[:-1].shape, "", dtype=object)
    units = pd.Index(sheet.units["unit_code"])
    column = units.get_indexer(pd.Index(states["unit_code"])) if units.is_unique else None
    rows = pd.Index([node.code for node in sheet.criteria.nodes])
    row = rows.get_indexer(pd.Index(states["item_code"]))
    if column is None:
        # The same unit in several periods: its documents prove each of them.
        for unit_row, code, state in zip(row, states["unit_code"], states["state"], strict=True):
            grid[unit_row, (sheet.units["unit_code"] == code).to_numpy()] = state
        return grid
    known = (row >= 0) & (column >= 0)
    grid[row[known], column[known]] = states["state"].to_numpy()[known]
    is_leaf = np.array([node.is_item for node in sheet.criteria.nodes])
    grid[~is_leaf] = ""
    return grid


def with_claims(sheet: ScoreSheet, claims: pd.DataFrame) -> tuple[ScoreSheet, list[Finding]]:
    """Add the points that units claim, and name claims that differ from the computed points.

    Parameters
    ----------
    sheet : ScoreSheet
    claims : DataFrame
        Table ``Claims``. NaN: no claim. Units and items that the sheet does not have are left out.

    Returns
    -------
    ScoreSheet
        With `claimed`, NaN where nothing is claimed and on every parent with such a child.
    list of Finding
        ``claimed-differs`` at the cell of each claim.
    """
    claimed = np.full(sheet.points.shape, np.nan)
    rows, places = _leaf_rows(sheet, claims["item_code"]), unit_rows(claims, sheet.units)
    is_known = (rows >= 0) & (places >= 0)
    known, rows, places = claims[is_known], rows[is_known], places[is_known]
    values = known["self_points"].to_numpy(dtype=float)
    claimed[rows, places] = values
    computed = sheet.points[rows, places]
    differs = np.abs(values - computed) > _CLAIM_TOLERANCE
    pairs = zip(known[differs].to_dict("records"), computed[differs], strict=True)
    findings = [_claim_finding(claim, float(points)) for claim, points in pairs]
    rolled = roll_up(sheet.criteria, claimed, sheet.status == NOT_APPLICABLE)
    return replace(sheet, claimed=rolled.points), findings


def _leaf_rows(sheet: ScoreSheet, codes: pd.Series) -> npt.NDArray[np.intp]:
    """Return the row of each item in the arrays of `sheet`, -1 for what is no item of the set."""
    rows = pd.Index([node.code for node in sheet.criteria.nodes]).get_indexer(pd.Index(codes))
    is_leaf = np.array([node.is_item for node in sheet.criteria.nodes])
    return np.where(is_leaf[rows], rows, -1)


def _claim_finding(claim: dict[Any, Any], computed: float) -> Finding:
    place = {name: str(claim.get(name, "")) for name in ("file", "sheet", "cell", "unit_code")}
    values = {"claimed": claim["self_points"], "computed": round_points(computed, 4)}
    return Finding("claimed-differs", item_code=claim["item_code"], values=values, **place)


def dates_from_documents(
    criteria: CriteriaSet,
    inputs: pd.DataFrame,
    documents: pd.DataFrame,
    links: pd.DataFrame,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Let the dates of linked documents stand for the dates of deadline items.

    Parameters
    ----------
    criteria : CriteriaSet
    inputs : DataFrame
        The table ``Inputs`` of one unit.
    documents, links : DataFrame
        Tables ``Documents`` and ``Links`` of the same unit; only dates known to the day count.

    Returns
    -------
    DataFrame
        `inputs` with rows added where the unit entered no date: the earliest document that
        proves the item. A date that was entered is never changed.
    list of Finding
        ``date-differs-from-document`` where the entered date is not that of any document;
        ``date-taken-from-document`` (a note) where one was filled in.
    """
    if documents.empty or links.empty or inputs.empty:
        return inputs, []
    known = documents[documents["issued_precision"] == "day"]
    dated = links.merge(known[["document_id", "issued_on", "document_number"]], on="document_id")
    added, findings = [], list[Finding]()
    for code, name in _deadline_inputs(criteria):
        proofs = dated[dated["item_code"] == code].sort_values("issued_on")
        if proofs.empty:
            continue
        mine = inputs[(inputs["item_code"] == code) & (inputs["input"] == name)]
        entered = mine["happened_on"].dropna()
        if len(entered):
            findings += _differing(code, mine, proofs)
        elif not (mine["choice"] != "").any():
            added.append(_filled(inputs, code, name, proofs))
            findings.append(_filled_finding(code, inputs, proofs))
    if not added:
        return inputs, findings
    empty = inputs["happened_on"].isna() & (inputs["choice"] == "")
    taken = {(row["item_code"], row["input"]) for row in added}
    pairs = pd.MultiIndex.from_frame(inputs[["item_code", "input"]])
    kept = inputs[~(empty & pairs.isin(list(taken)))]
    return pd.concat([kept, pd.DataFrame(added)], ignore_index=True), findings


def _deadline_inputs(criteria: CriteriaSet) -> Iterator[tuple[str, str]]:
    for code, rule in criteria.rules.items():
        for entry in rule.spec.with_role("done_on"):
            yield code, entry.name


def _differing(code: str, mine: pd.DataFrame, proofs: pd.DataFrame) -> Iterator[Finding]:
    days = {day.date() for day in proofs["issued_on"]}
    row = mine[mine["happened_on"].notna()].iloc[0]
    entered = row["happened_on"].date()
    if entered in days:
        return
    values = {"value": entered, "expected": sorted(days)}
    place = {name: str(row.get(name, "")) for name in ("file", "sheet", "cell", "unit_code")}
    yield Finding("date-differs-from-document", item_code=code, values=values, **place)


def _filled(inputs: pd.DataFrame, code: str, name: str, proofs: pd.DataFrame) -> dict[str, object]:
    common = ("unit_code", "unit_name", "block", "year", "period")
    who = {column: inputs[column].iloc[0] for column in common}
    row: dict[str, object] = dict.fromkeys(inputs.columns, "")
    row |= {"value": np.nan, "not_applicable": False, "item_code": code, "input": name}
    return row | who | {"happened_on": proofs["issued_on"].iloc[0]}


def _filled_finding(code: str, inputs: pd.DataFrame, proofs: pd.DataFrame) -> Finding:
    values = {
        "value": proofs["issued_on"].iloc[0].date(),
        "document": proofs["document_number"].iloc[0],
    }
    unit = str(inputs["unit_code"].iloc[0])
    return Finding("date-taken-from-document", unit_code=unit, item_code=code, values=values)


def at_risk(sheet: ScoreSheet) -> FloatArray:
    """Return the points of each leaf that its proof does not support, shape (n_nodes, n_units).

    Zero where there is none, and where the item is not scored.
    """
    if sheet.supported is None:
        return np.zeros(sheet.points[:-1].shape)
    lost = sheet.points[:-1] - sheet.supported[:-1]
    return np.where(sheet.status[:-1] == SCORED, np.nan_to_num(lost), 0.0)


def proof_table(sheet: ScoreSheet) -> pd.DataFrame:
    """Return the key of the unit, ``item_code`` and ``proof``: proven, unproven or not_needed.

    Items that do not apply to a unit are left out; the table is empty where nothing is known.
    """
    if sheet.proof is None:
        return pd.DataFrame({name: [] for name in (*KEY_COLUMNS, "item_code", "proof")})
    leaves = np.array([node.is_item for node in sheet.criteria.nodes])
    rows, units = np.nonzero(leaves[:, None] & (sheet.status[:-1] != NOT_APPLICABLE))
    codes = np.array([node.code for node in sheet.criteria.nodes], dtype=object)
    state = sheet.proof[rows, units]
    proof = np.select([state == "", state == PROVEN], ["not_needed", "proven"], "unproven")
    keys = sheet.units[KEY_COLUMNS].take(units).reset_index(drop=True)
    return keys.assign(item_code=codes[rows], proof=proof)


def explanations_needed(
    sheet: ScoreSheet, claims: pd.DataFrame | None = None, lang: str = "vi"
) -> pd.DataFrame:
    """List every item that needs a giải trình: open, or without sufficient proof.

    Parameters
    ----------
    sheet : ScoreSheet
    claims : DataFrame, optional
        ``unit_code, item_code, explanation``: what the unit has written already.
    lang : str
        Language of the names of items.

    Returns
    -------
    DataFrame
        ``unit_code, item_code, item_name, status, proof, points_at_risk, explanation, given``.
    """
    risk = at_risk(sheet)
    rows = []
    for row, node in enumerate(sheet.criteria.nodes):
        if not node.is_item:
            continue
        open_units = np.isin(sheet.status[row], (NOT_ASSESSED, INVALID))
        proof = sheet.proof[row] if sheet.proof is not None else np.full(len(sheet.units), "")
        unproven = np.isin(proof, list(sheet.criteria.meta.proof_percent))
        for place in np.flatnonzero(open_units | unproven):
            rows.append(
                {
                    "unit_code": sheet.units["unit_code"].iloc[place],
                    "item_code": node.code,
                    "item_name": node.name(lang),
                    "status": STATUSES[int(sheet.status[row, place])],
                    "proof": proof[place],
                    "points_at_risk": risk[row, place],
                }
            )
    columns = ["unit_code", "item_code", "item_name", "status", "proof", "points_at_risk"]
    table = pd.DataFrame(rows, columns=columns)
    if claims is None or not len(claims):
        return table.assign(explanation="", given=False)
    said = claims.groupby(["unit_code", "item_code"])["explanation"].first()
    keys = pd.MultiIndex.from_frame(table[["unit_code", "item_code"]])
    texts = said.reindex(keys).fillna("").to_numpy()
    return table.assign(explanation=texts, given=texts != "")
