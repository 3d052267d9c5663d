"""What an appraiser has to decide: each item of each unit, the riskiest first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.rounding import reads_alike_within
from scoring.base.text import code_key
from scoring.base.units import KEY_COLUMNS, UnitKey, unit_keys
from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED, ROUNDS, STATUSES
from scoring.evidence.proof import Proof
from scoring.points.sheet import ScoreSheet
from scoring.tables import columns_of, in_order

# Nobody has looked at any item yet, so none is without doubt.
LEAST_DOUBT, NOT_APPLICABLE_DOUBT = 0.1, 0.5
_STATED = {"inputs": "Inputs", "claims": "Claims", "documents": "Documents", "links": "Links"}
_ITEM_KEY = [*KEY_COLUMNS, "item_code"]
Floats = npt.NDArray[np.float64]


def ledger_digests(**tables: pd.DataFrame) -> dict[UnitKey, str]:
    """Return a digest of all that the ledger of each unit states, the order of rows aside.

    Parameters
    ----------
    **tables : DataFrame
        ``inputs``, ``claims``, ``documents`` and ``links`` with the columns of `KEY_COLUMNS`.

    Returns
    -------
    dict of UnitKey to str
        16 hexadecimal digits. Points that the unit's own formulas show do not count: they follow
        from the figures.

    Examples
    --------
    >>> row = {"unit_code": "A", "year": 2026, "period": "", "item_code": "1", "input": "n"}
    >>> one, two = (ledger_digests(inputs=pd.DataFrame([row | {"value": n}])) for n in (1.0, 2.0))
    >>> one == two
    False
    """
    lines: dict[UnitKey, list[str]] = {}
    for name, table in tables.items():
        if not len(table):
            continue
        kept = [c for c in columns_of(_STATED[name]) if c in table and c != "self_points"]
        rows = map("\x1f".join, zip(*(map(str, table[c]) for c in kept), strict=True))
        for key, row in zip(unit_keys(table), rows, strict=True):
            lines.setdefault(key, []).append(f"{name}:{row}")
    return {
        key: hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()[:16]
        for key, rows in lines.items()
    }


def rows_to_decide(
    sheet: ScoreSheet,
    claims: pd.DataFrame,
    proof: Proof | None,
    digests: Mapping[UnitKey, str],
    lang: str = "vi",
) -> pd.DataFrame:
    """Return each item of each unit with what is known of it, the largest risk first.

    Parameters
    ----------
    sheet : ScoreSheet
        With `claimed` and `supported` where they are known.
    claims : DataFrame
        Table ``Claims``; gives the explanations. May be empty.
    proof : Proof or None
    digests : mapping of UnitKey to str
        See `ledger_digests`.
    lang : {"vi", "en"}

    Returns
    -------
    DataFrame
        The table ``RowsToDecide``. ``risk`` is the points at stake (the larger of claimed and
        computed, else the maximum) times the doubt: the share of them by which claim and rule
        differ or that no document supports, 1 for an item that is open, 0.5 for one said not to
        apply, 0.1 at least.
    """
    nodes = sheet.criteria.nodes
    at = np.nonzero(np.broadcast_to(sheet.is_leaf[:, None], sheet.status[:-1].shape))
    rows, units = at
    nothing = np.full(len(rows), np.nan)
    # What does not apply has no points on any track, whatever a roll-up puts in their place.
    points, claimed, supported = (
        nothing if part is None else np.where(sheet.status[at] == NOT_APPLICABLE, np.nan, part[at])
        for part in (sheet.points, sheet.claimed, sheet.supported)
    )
    maxima = np.array([node.max_points for node in nodes])[rows]
    who = sheet.units.iloc[units].reset_index(drop=True)
    keys = np.array([digests.get(key, "") for key in sheet.keys], dtype=object)
    table = who[[*KEY_COLUMNS, "unit_name"]].assign(
        item_code=[nodes[row].code for row in rows],
        item_name=[nodes[row].name(lang) for row in rows],
        kind=[nodes[row].kind for row in rows],
        max_points=maxima,
        claimed_points=claimed,
        computed_points=points,
        supported_points=supported,
        status=np.array(STATUSES)[sheet.status[at]],
        risk=_risk(claimed, points, supported, maxima, sheet.status[at]),
        ledger_digest=keys[units],
    )
    table["differs"] = [_differs(row, lang) for row in table.to_dict("records")]
    table["documents"] = _looked_up(_document_texts(proof, lang), table)
    table["explanation"] = _looked_up(_explanations(claims), table)
    ordered = table.sort_values("risk", ascending=False, kind="stable", ignore_index=True)
    return in_order(ordered, "RowsToDecide")


def _risk(
    claimed: Floats, points: Floats, supported: Floats, maxima: Floats, status: npt.NDArray[np.int8]
) -> Floats:
    stake = np.fmax(np.abs(claimed), np.abs(points))
    stake = np.where(np.isnan(stake) | (stake == 0), np.abs(maxima), stake)
    doubt = np.fmax(np.abs(claimed - points), points - supported) / np.where(stake > 0, stake, 1)
    doubt = np.where(np.isin(status, (NOT_ASSESSED, INVALID)), 1.0, np.nan_to_num(doubt))
    doubt = np.where(status == NOT_APPLICABLE, NOT_APPLICABLE_DOUBT, doubt)
    return np.round(stake * np.clip(doubt, LEAST_DOUBT, 1.0), 4)


def _differs(row: Mapping[object, object], lang: str) -> str:
    """Say where what is claimed, computed and supported differ."""
    claimed, computed, supported = (
        float(str(row[f"{name}_points"])) for name in ("claimed", "computed", "supported")
    )
    parts = [label("appraise_penalty", lang)] if row["kind"] == "penalty" else []
    if row["status"] != "scored":
        parts.append(label(f"status_{row['status']}", lang))
    for code, gap in (("claim", claimed - computed), ("proof", computed - supported)):
        if abs(gap) > 0.005:
            size = format_number(abs(gap), 2, lang)
            sign = "above" if gap > 0 else "below"
            parts.append(label(f"appraise_{code}_{sign}", lang, points=size))
    return "; ".join(parts)


def _document_texts(proof: Proof | None, lang: str) -> pd.Series:
    """Return the documents of each item with their state, one a line."""
    if proof is None or not len(proof.links):
        return pd.Series(dtype="str")
    own = [*KEY_COLUMNS, "document_id"]
    told = proof.documents[[*own, "document_number", "title", "path", "is_seen", "is_disqualified"]]
    linked = proof.links[[*_ITEM_KEY, "document_id"]].merge(told, on=own, how="left")
    linked = linked.fillna({"document_number": "", "title": "", "path": ""})
    state = np.select(
        [linked["is_disqualified"].eq(True), linked["is_seen"].eq(True)], ["out", "seen"], "unseen"
    )
    names = linked["document_number"].where(linked["document_number"] != "", linked["title"])
    names = names.where(names != "", linked["document_id"])
    words = {name: label(f"appraise_document_{name}", lang) for name in ("out", "seen", "unseen")}
    texts = names.astype("str") + " (" + pd.Series(state).map(words) + ")"
    return texts.groupby([linked[name] for name in _ITEM_KEY]).agg("\n".join)


def _explanations(claims: pd.DataFrame) -> pd.Series:
    if not len(claims):
        return pd.Series(dtype="str")
    return claims.groupby(_ITEM_KEY)["explanation"].first()


def _looked_up(texts: pd.Series, table: pd.DataFrame) -> npt.NDArray[np.object_]:
    if not len(texts):
        return np.full(len(table), "", dtype=object)
    found = texts.reindex(pd.MultiIndex.from_frame(table[_ITEM_KEY]))
    return np.asarray(found.fillna("").to_numpy(), dtype=object)


def rows_of_next_round(
    rows: pd.DataFrame, decisions: pd.DataFrame, round: str, decimals: int = 2
) -> pd.DataFrame:
    """Return the rows that an earlier round left in dispute, with ``earlier_points``.

    The last round before `round` that decided an item counts. Kept is what it lowered below the
    claim (below the rule where nothing was claimed), on what it asked the unit something, and what
    appraisers decided differently; of these the lowest points are shown, of a penalty the highest.
    What reads the same with the `decimals` of the set was not lowered.
    See `left_open` for what nobody decided.
    """
    last, items = last_before(decisions, round), pd.MultiIndex.from_frame(rows[_ITEM_KEY])
    found = last.groupby(_ITEM_KEY)["points"].agg(["min", "max"]).reindex(items)
    asked = last[last["request"] != ""] if "request" in last else last.iloc[:0]
    lowest, highest = found["min"].to_numpy(), found["max"].to_numpy()
    strictest = np.where(rows["kind"] == "penalty", highest, lowest)
    is_disputed = (points_lost(rows, strictest, decimals) > 0) | (lowest < highest - 1e-9)
    is_disputed |= items.isin(pd.MultiIndex.from_frame(asked[_ITEM_KEY]))
    return rows.assign(earlier_points=strictest)[is_disputed].reset_index(drop=True)


def points_lost(rows: pd.DataFrame, points: Floats, decimals: int) -> Floats:
    """Return how much lower units stand by `points` than by their claim, by the rule without one.

    Parameters
    ----------
    rows : DataFrame
        With ``kind``, ``claimed_points`` and ``computed_points``.
    points : array, shape (len(rows),)
    decimals : int
        Of the set: points that read the same with these have lost nothing.
    """
    claimed = rows["claimed_points"].fillna(rows["computed_points"]).to_numpy(float)
    # The more a penalty takes off, the lower its unit stands.
    sign = np.where(rows["kind"] == "penalty", -1.0, 1.0)
    lost = sign * (claimed - points)
    return np.asarray(np.where(np.abs(lost) <= reads_alike_within(decimals), 0.0, lost))


def last_before(decisions: pd.DataFrame, round: str) -> pd.DataFrame:
    """Return the decisions of the last round before `round` that decided each item."""
    order = {name: place for place, name in enumerate(ROUNDS)}
    places = decisions["round"].map(order)
    earlier = decisions.assign(place=places)[places < order[round]]
    latest = earlier.groupby(_ITEM_KEY)["place"].transform("max")
    return earlier[earlier["place"] == latest]


def left_open(rows: pd.DataFrame, decisions: pd.DataFrame, round: str) -> Iterator[Finding]:
    """Yield each unit with items that no round before `round` decided: no workbook has them."""
    known = pd.MultiIndex.from_frame(last_before(decisions, round)[_ITEM_KEY])
    is_open = ~pd.MultiIndex.from_frame(rows[_ITEM_KEY]).isin(known)
    is_open &= (rows["status"] != "not_applicable").to_numpy()
    for (unit, *_), mine in rows[is_open].groupby([*KEY_COLUMNS], sort=False):
        codes = sorted(mine["item_code"], key=code_key)
        values = {"round": round, "count": len(codes), "expected": codes}
        yield Finding("appraisal-left-open", unit_code=str(unit), values=values)
