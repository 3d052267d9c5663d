"""Which decisions of appraisers count: one place for scoring and for the journal.

A decision counts when it is about a unit and an item that the sheet has, within what the item can
earn, and when no other decision of the same round says otherwise. Nothing is chosen between two
that disagree, except that a line of the journal stands above a cell of a ledger.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.base.numbers import Rounded
from scoring.base.rounding import reads_alike_within
from scoring.base.units import KEY_COLUMNS, unit_rows
from scoring.base.values import NOT_APPLICABLE, ROUNDS
from scoring.points.sheet import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.tables import checked
from scoring.tables.places import MAX_FINDINGS_PER_KIND, row_findings

# Points typed with two decimals may differ from exact ones by this much.
TOLERANCE = 5.000001e-3
_SAME = ["round", "row", "place"]
# What may be left out of a decision, and what it then is.
_OPTIONAL = {"period": "", "entry": "", "reason_kind": "", "reason": "", "ground": "",
             "decided_by": "", "file": "", "sheet": "", "cell": ""}  # fmt: skip


def counted_decisions(
    sheet: ScoreSheet, decisions: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the decisions that count, and name every other one.

    Parameters
    ----------
    sheet : ScoreSheet
        As scored, on the track ``computed``.
    decisions : DataFrame
        Table ``Decisions``. NaN points: not decided, which is no problem. Rows without ``entry``
        stand in no journal: they come from a ledger.

    Returns
    -------
    DataFrame
        At most one row per round, unit and item, with ``row`` and ``place``, its cell in the
        arrays of the sheet.
    list of Finding
        ``decision-unit-unknown``, ``decision-item-unknown``, ``decision-not-applicable``,
        ``decision-outside``, ``decision-unsettled``, ``decision-ledger-differs`` for those that do not
        count; ``decision-without-reason`` for one that lowers points and does not say why, which
        counts.
    """
    checked(decisions, "Decisions", by="counted_decisions")
    missing = {name: value for name, value in _OPTIONAL.items() if name not in decisions}
    table = decisions.assign(**missing)[decisions["points"].notna().to_numpy()]
    table = table.assign(
        row=sheet.leaf_rows(table["item_code"]), place=unit_rows(table, sheet.units)
    )
    table = table.reset_index(drop=True)
    table, findings = _known(sheet, table)
    table, conflicts = _single(table)
    return table, [*findings, *conflicts, *_without_reason(sheet, table)]


def _known(sheet: ScoreSheet, table: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Leave out what is about nothing in the sheet, or cannot be earned."""
    most = np.array([node.max_points for node in sheet.criteria.nodes])[table["row"]]
    points = table["points"].to_numpy(float)
    row, place = table["row"].to_numpy(), table["place"].to_numpy()
    # Of a sheet without units, as of figures that could not be read, every decision is on an unknown one.
    is_na = np.zeros(len(table), dtype=bool)
    known = np.flatnonzero((row >= 0) & (place >= 0))
    is_na[known] = sheet.status[row[known], place[known]] == NOT_APPLICABLE
    problems = {
        "decision-item-unknown": row < 0,
        "decision-not-applicable": is_na,
        "decision-outside": (points < 0) | (points > most + TOLERANCE),
    }
    findings, is_left = _of_unknown_units(table, place < 0), place >= 0
    for code, is_wrong in problems.items():
        rows = np.flatnonzero(is_wrong & is_left)[:MAX_FINDINGS_PER_KIND]
        values = (
            {"value": float(points[row]), "limit": float(most[row]), "round": _round(table, row)}
            for row in rows
        )
        findings += row_findings(code, table, rows, values)
        is_left &= ~is_wrong
    return table[is_left].reset_index(drop=True), findings


def _of_unknown_units(table: pd.DataFrame, is_unknown: BoolArray) -> list[Finding]:
    """Name each unit once: a run of some units is given the journal of all, as a rule."""
    rest = table[is_unknown]
    counts = rest.groupby(KEY_COLUMNS, sort=False, dropna=False)["entry"].transform("size")
    first = np.flatnonzero(is_unknown)[~rest.duplicated(KEY_COLUMNS).to_numpy()]
    values = ({"count": int(counts.loc[row])} for row in first)
    return row_findings("decision-unit-unknown", table, first, values)


def _round(table: pd.DataFrame, row: int) -> Label:
    return Label(f"round_{table['round'].iloc[row]}")


def _single(table: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Keep one decision a round, unit and item: what all say, or what the journal alone says."""
    table = table.assign(is_ledger=(table["entry"] == "").to_numpy())
    table = table.sort_values([*_SAME, "is_ledger"], kind="stable").reset_index(drop=True)
    of_journal = table["points"].mask(table["is_ledger"])
    has_journal = of_journal.notna().groupby(_groups(table)).transform("any").to_numpy()
    differs, journal_differs = (_spread(table, points) for points in (table["points"], of_journal))
    is_twice = differs & (journal_differs | ~has_journal)
    # What a later round decided has taken the place of what differed before.
    order = table["round"].map(ROUNDS.index)
    is_last = (order == order.groupby([table["row"], table["place"]]).transform("max")).to_numpy()
    findings = [*_told_once("decision-unsettled", table[is_twice & is_last])]
    findings += _told_once("decision-ledger-differs", table[differs & ~is_twice])
    kept = table[~is_twice].drop_duplicates(_SAME).drop(columns="is_ledger")
    return kept.reset_index(drop=True), findings


def _groups(table: pd.DataFrame) -> list[pd.Series]:
    return [table[name] for name in _SAME]


def _spread(table: pd.DataFrame, points: pd.Series) -> BoolArray:
    """Say which rows are of a round, unit and item whose points differ."""
    groups = points.groupby(_groups(table))
    return (groups.transform("max") - groups.transform("min") > TOLERANCE).to_numpy(dtype=bool)


def _told_once(code: str, table: pd.DataFrame) -> Iterator[Finding]:
    """Yield a finding for each disagreement, at its last row, with all the points that were met."""
    for _, rows in list(table.groupby(_SAME, sort=False))[:MAX_FINDINGS_PER_KIND]:
        met = [float(points) for points in rows["points"]]
        values = {"expected": met, "value": met[0], "other": met[-1], "round": _round(rows, -1)}
        yield from row_findings(code, rows, [len(rows) - 1], [values])


def lowered(sheet: ScoreSheet, table: pd.DataFrame) -> FloatArray:
    """Return how many points each counted decision takes from what was claimed, else computed.

    Negative where it gives more; NaN where nothing was claimed or computed. More taken off as a
    penalty is lower.
    """
    at = table["row"].to_numpy(np.intp), table["place"].to_numpy(np.intp)
    before = sheet.points[at]
    if sheet.claimed is not None:
        claimed = sheet.claimed[at]
        before = np.where(np.isnan(claimed), before, claimed)
    sign = np.array([-1.0 if node.kind == "penalty" else 1.0 for node in sheet.criteria.nodes])
    return sign[at[0]] * (before - table["points"].to_numpy(float))


def _without_reason(sheet: ScoreSheet, table: pd.DataFrame) -> list[Finding]:
    lost = lowered(sheet, table)
    said = table[["reason", "reason_kind", "ground"]].fillna("").astype(bool).any(axis=1)
    decimals = sheet.criteria.meta.decimals
    is_lowered = lost > reads_alike_within(decimals)
    rows = np.flatnonzero(is_lowered & ~said.to_numpy())[:MAX_FINDINGS_PER_KIND]
    values = (
        {"lost": Rounded(float(lost[row]), decimals), "round": _round(table, row)} for row in rows
    )
    return row_findings("decision-without-reason", table, rows, values)


def decisions_in_ledgers(appraisals: pd.DataFrame) -> pd.DataFrame:
    """Return what ledgers hold on the sheet ``Thẩm định`` as rows of ``Decisions``, by round.

    Parameters
    ----------
    appraisals : DataFrame
        Table ``Appraisals``. Who decided, and when, is not told there.
    """
    parts = [
        appraisals.rename(columns={points: "points", note: "reason"}).assign(round=number)
        for number, points, note in (
            ("1", "appraised_points", "appraisal_note"),
            ("2", "appraised_points_2", "appraisal_note_2"),
        )
    ]
    return pd.concat(
        [part[[name for name in _LEDGER_COLUMNS if name in part]] for part in parts],
        ignore_index=True,
    )


_LEDGER_COLUMNS = ("round", "unit_code", "year", "period", "item_code", "points", "reason",
                   "file", "sheet", "cell")  # fmt: skip
