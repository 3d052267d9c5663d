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
from scoring.base.units import KEY_COLUMNS, unit_keys, unit_rows
from scoring.base.values import INDEX_CODE, INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED, STATUSES
from scoring.evidence.proof import SUFFICIENT, Proof
from scoring.points.peers import waits_for_best
from scoring.points.rollup import roll_up
from scoring.points.sampling import with_sampling
from scoring.points.sheet import COMPUTED, ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import checked, taken

# A claim typed with two decimals may differ from the exact points by this much.
_CLAIM_TOLERANCE = 5.000001e-3


def with_tracks(
    sheet: ScoreSheet,
    claims: pd.DataFrame,
    proof: Proof | None,
    surveys: pd.DataFrame | None = None,
) -> tuple[ScoreSheet, list[Finding]]:
    """Add what ledgers claim, what their documents support, and the errors of survey figures.

    Parameters
    ----------
    sheet : ScoreSheet
    claims : DataFrame
        Table ``Claims``; may be empty.
    proof : Proof or None
        The judgement of `scoring.evidence.proof`; None where no ledger was handed in.
    surveys : DataFrame, optional
        Table ``SurveyFigures``; may be empty.
    """
    findings: list[Finding] = []
    if len(claims):
        sheet, findings = with_claims(sheet, claims)
    if proof is not None and len(proof.verdicts):
        sheet = with_proof(sheet, proof.verdicts)
    if surveys is not None and len(surveys):
        sheet, doubts = with_sampling(sheet, surveys)
        findings = [*findings, *doubts]
    return sheet, findings


def with_proof(sheet: ScoreSheet, verdicts: pd.DataFrame) -> ScoreSheet:
    """Add the points that evidence supports.

    Parameters
    ----------
    sheet : ScoreSheet
    verdicts : DataFrame
        Table ``Verdicts`` (see `scoring.evidence.proof`), one row per unit and item that needs
        proof; items without a row need none.

    Returns
    -------
    ScoreSheet
        With `supported` and `proof`; units without any row have NaN, for nobody has looked at their
        evidence. Unchanged where the set declares no policy
        (``[evidence]`` in set.toml), for what an unproven item keeps is then not ours to say; and
        where no row is about a unit of the sheet.

    Notes
    -----
    Where no proof is needed, or nothing is earned, supported equals computed.

    Examples
    --------
    >>> import pandas as pd
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example), "department-sample")
    >>> verdict = sheet.units[["unit_code", "year", "period"]].head(1).assign(
    ...     item_code="1.1.1", state="no-evidence", share=0.0)
    >>> proved = scoring.with_proof(sheet, verdict)
    >>> row = proved.row("1.1.1")
    >>> float(proved.points[row, 0]), float(proved.supported[row, 0])
    (0.75, 0.0)
    """
    needed = (*KEY_COLUMNS, "item_code", "state", "share")
    checked(verdicts, "Verdicts", columns=needed, by="with_proof")
    if not sheet.criteria.meta.proof_percent:
        return sheet
    rows, places = sheet.leaf_rows(verdicts["item_code"]), unit_rows(verdicts, sheet.units)
    is_known = (rows >= 0) & (places >= 0)
    if not is_known.any():
        return sheet
    at = rows[is_known], places[is_known]
    proof = np.full(sheet.points[:-1].shape, "", dtype=object)
    proof[at] = verdicts["state"].to_numpy()[is_known]
    share = np.ones(proof.shape)
    share[at] = verdicts["share"].to_numpy()[is_known]
    # A deduction stays whole: leaving its proof out must not lift it.
    share[[node.kind == "penalty" for node in sheet.criteria.nodes]] = 1.0
    share[(proof == "late") & _is_charged_for_days(sheet)] = 1.0
    leaves = sheet.points.copy()
    leaves[:-1] *= share
    # Where nobody looked at a unit's evidence, nothing is known to be supported.
    leaves[:, ~(proof != "").any(axis=0)] = np.nan
    supported = roll_up(sheet.criteria, leaves, sheet.status == NOT_APPLICABLE).points
    return replace(sheet, supported=supported, proof=proof)


def kept_points(sheet: ScoreSheet, row: int, state: str, points: FloatArray) -> FloatArray:
    """Return what stays of points of an item whose proof is in a state; see `with_proof`.

    Parameters
    ----------
    sheet : ScoreSheet
    row : int
        Of the item.
    state : str
        One of the verdicts on proof; empty where none is needed.
    points : array, shape (n,)
    """
    node, meta = sheet.criteria.nodes[row], sheet.criteria.meta
    share = np.full(len(points), meta.proof_percent.get(state, 100.0) / 100)
    if node.kind == "penalty":
        share[:] = 1.0
    elif state == "late" and node.spec and node.spec.with_role("done_on"):
        share[points < node.max_points - _CLAIM_TOLERANCE] = 1.0
    kept = points * share
    return np.asarray(round_points(kept, meta.decimals)) if meta.rounds(node) else kept


def looked_at(sheet: ScoreSheet) -> BoolArray:
    """Say of which units somebody looked at the evidence, shape (n_units,).

    A unit of a long table stands beside those that handed in ledgers, and has none.
    """
    if sheet.proof is None:
        return np.full(len(sheet.units), sheet.supported is not None)
    return np.asarray((sheet.proof != "").any(axis=0), dtype=bool)


def supported_or_computed(sheet: ScoreSheet) -> FloatArray | None:
    """Return `supported` with the computed points of the units whose evidence nobody looked at.

    For comparisons that need points of every unit; None where `supported` is.
    """
    if sheet.supported is None:
        return None
    return np.where(looked_at(sheet), sheet.supported, sheet.points)


def _is_charged_for_days(sheet: ScoreSheet) -> npt.NDArray[np.bool_]:
    """Say where an item's own rule has taken points for being late, which is not done twice."""
    specs = [node.spec for node in sheet.criteria.nodes]
    has_days = np.array([bool(spec and spec.with_role("done_on")) for spec in specs])
    most = np.array([node.max_points for node in sheet.criteria.nodes])
    return has_days[:, None] & (sheet.points[:-1] < most[:, None] - _CLAIM_TOLERANCE)


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
        ``claimed-differs``, or ``claimed-not-applicable``, at the cell of each claim; ``total-differs`` where an area or the index
        shows another figure than the items above it add up to.
    """
    checked(claims, "Claims", columns=(*KEY_COLUMNS, "item_code", "self_points"), by="with_claims")
    claimed = np.full(sheet.points.shape, np.nan)
    rows, places = sheet.leaf_rows(claims["item_code"]), unit_rows(claims, sheet.units)
    is_known = (rows >= 0) & (places >= 0)
    known, rows, places = claims[is_known], rows[is_known], places[is_known]
    values = known["self_points"].to_numpy(dtype=float)
    claimed[rows, places] = values
    computed = sheet.points[rows, places]
    differs = np.abs(values - computed) > _CLAIM_TOLERANCE
    applies = sheet.status[rows, places] != NOT_APPLICABLE
    codes = np.where(applies, "claimed-differs", "claimed-not-applicable")[differs]
    told = zip(known[differs].to_dict("records"), computed[differs], codes, strict=True)
    findings = [_claim_finding(claim, float(points), str(code)) for claim, points, code in told]
    findings += _totals_typed(sheet, claims, claimed)
    rolled = roll_up(sheet.criteria, claimed, sheet.status == NOT_APPLICABLE)
    return replace(sheet, claimed=rolled.points), findings


def _totals_typed(
    sheet: ScoreSheet, claims: pd.DataFrame, claimed: FloatArray
) -> Iterator[Finding]:
    """Yield the points of areas and the index that were typed over their formulas.

    A total shows what its items show, open ones as nothing yet.
    """
    is_na = sheet.status == NOT_APPLICABLE
    shown = roll_up(sheet.criteria, np.where(is_na, np.nan, np.nan_to_num(claimed)), is_na).points
    codes = pd.Index([*(node.code for node in sheet.criteria.nodes), INDEX_CODE])
    rows, places = codes.get_indexer(pd.Index(claims["item_code"])), unit_rows(claims, sheet.units)
    is_total = (rows >= 0) & (places >= 0) & ~np.append(sheet.is_leaf, False)[rows]
    typed = claims[is_total]
    added = shown[rows[is_total], places[is_total]]
    differs = np.abs(typed["self_points"].to_numpy(dtype=float) - added) > _CLAIM_TOLERANCE
    for total, points in zip(typed[differs].to_dict("records"), added[differs], strict=True):
        yield _claim_finding(total, float(points), "total-differs")


def _claim_finding(claim: dict[Any, Any], computed: float, code: str) -> Finding:
    places = ("file", "sheet", "cell", *KEY_COLUMNS)
    place = {name: str(claim.get(name, "")) for name in places}
    values = {"claimed": claim["self_points"], "computed": round_points(computed, 4)}
    return Finding(code, item_code=claim["item_code"], values=values, **place)


def at_risk(sheet: ScoreSheet) -> FloatArray:
    """Return the points of each node that proof does not support, shape (n_nodes, n_units).

    Zero where there is none, and where the item is not scored.
    """
    # On another track nothing waits for an appraiser: what he takes off is taken off.
    if sheet.supported is None or sheet.track != COMPUTED:
        return np.zeros(sheet.points[:-1].shape)
    lost = sheet.points[:-1] - sheet.supported[:-1]
    return np.where(sheet.status[:-1] == SCORED, np.nan_to_num(lost), 0.0)


def proof_table(sheet: ScoreSheet) -> pd.DataFrame:
    """Return the key of each unit, ``item_code`` and ``proof``: proven, declared, unproven or not_needed.

    Empty if unknown; units whose evidence nobody looked at and items that do not apply are left out.
    """
    if sheet.proof is None:
        return pd.DataFrame(columns=[*KEY_COLUMNS, "item_code", "proof"])
    applies = sheet.is_leaf[:, None] & (sheet.status[:-1] != NOT_APPLICABLE)
    rows, units = np.nonzero(applies & looked_at(sheet))
    state = sheet.proof[rows, units]
    states, shown = ["", *SUFFICIENT], ["not_needed", *SUFFICIENT]
    proof = np.select([state == known for known in states], shown, "unproven")
    return _cells(sheet, rows, units).assign(proof=proof)


def _cells(
    sheet: ScoreSheet, rows: npt.NDArray[np.intp], units: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Return the key of the unit and the code of the item of each cell of the arrays."""
    codes = taken([node.code for node in sheet.criteria.nodes], rows)
    keys = sheet.units[KEY_COLUMNS].iloc[units].reset_index(drop=True)
    return keys.assign(item_code=codes)


def missing_explanations(needed: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each row of `explanations_needed` without a giải trình."""
    for row in needed[~needed["given"].astype(bool)].to_dict("records"):
        place = {name: str(row[name]) for name in KEY_COLUMNS}
        values = {"name": row["item_name"]}
        yield Finding("explanation-missing", item_code=row["item_code"], values=values, **place)


def explanations_needed(
    sheet: ScoreSheet,
    claims: pd.DataFrame | None = None,
    lang: str = "vi",
    proof: Proof | None = None,
) -> pd.DataFrame:
    """List every item that needs a giải trình: open, or without sufficient proof.

    An item that is open only for want of the best value of the block is not the unit's to explain.

    Parameters
    ----------
    sheet : ScoreSheet
    claims : DataFrame, optional
        Table ``Claims``, whose ``explanation`` is what the unit has written already.
    lang : str
        Language of names and reasons.
    proof : Proof, optional
        The judgement, to give reasons.

    Returns
    -------
    DataFrame
        The key of the unit, ``item_code, item_name, status, proof, reason, points_at_risk,
        explanation, given``.

    Examples
    --------
    >>> import pandas as pd
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> figures = pd.read_csv(example).query("unit_code == 'SM-A' and item_code != '1.2.1'")
    >>> sheet = scoring.score(figures, "department-sample")
    >>> late = sheet.units[["unit_code", "year", "period"]].assign(
    ...     item_code="1.1.1", state="late", share=0.5)
    >>> proved = scoring.with_proof(sheet, late)
    >>> asked = scoring.explanations_needed(proved, lang="en").set_index("item_code")
    >>> asked.loc["1.2.1", ["item_name", "status"]].tolist()
    ['Report of quarter I on time', 'not_assessed']
    >>> asked.loc["1.1.1", ["item_name", "proof"]].tolist()
    ['Annual reform plan issued', 'late']
    """
    nodes = sheet.criteria.nodes
    state = np.full(sheet.points[:-1].shape, "") if sheet.proof is None else sheet.proof
    is_open = np.isin(sheet.status[:-1], (NOT_ASSESSED, INVALID))
    for code, rule in sheet.criteria.rules.items():
        # The unit has given its figure; what the others have is nothing that it can explain.
        is_open[sheet.row(code)] &= ~waits_for_best(rule, sheet.figures)
    is_unproven = np.isin(state, list(sheet.criteria.meta.proof_percent))
    rows, units = np.nonzero((is_open | is_unproven) & sheet.is_leaf[:, None])
    table = _cells(sheet, rows, units).assign(
        item_name=[nodes[row].name(lang) for row in rows],
        status=np.array(STATUSES)[sheet.status[rows, units]],
        proof=state[rows, units],
    )
    reasons = [
        " ".join(f.problem(lang) for f in proof.reasons(unit, code)) if proof is not None else ""
        for unit, code in zip(unit_keys(table), table["item_code"], strict=True)
    ]
    table = table.assign(reason=reasons, points_at_risk=at_risk(sheet)[rows, units], explanation="")
    if claims is None or not len(claims):
        return table.assign(given=False)
    keys = [*KEY_COLUMNS, "item_code"]
    said = claims.groupby(keys)["explanation"].first()
    texts = said.reindex(pd.MultiIndex.from_frame(table[keys])).fillna("").to_numpy()
    return table.assign(explanation=texts, given=texts != "")
