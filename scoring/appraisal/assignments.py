"""Who appraises what: by unit, by item or area, or both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.criteria import CriteriaSet
from scoring.files.declared_tables import read_declared


def read_assignments(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``Assignments``; a row without an appraiser is left out and named."""
    table, findings = read_declared(path, "Assignments")
    table = table.assign(cell=[f"A{row + 2}" for row in range(len(table))], file=Path(path).name)
    for row in table[table["appraiser"] == ""].to_dict("records"):
        findings.append(Finding("assignment-without-appraiser", row["file"], cell=row["cell"]))
    return table[table["appraiser"] != ""].reset_index(drop=True), findings


def assigned(
    rows: pd.DataFrame,
    assignments: pd.DataFrame,
    criteria: CriteriaSet,
    known: pd.DataFrame | None = None,
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Return the rows of each appraiser, in the order of `rows`, and what nobody has.

    Parameters
    ----------
    rows : DataFrame
        With ``unit_code`` and ``item_code``.
    assignments : DataFrame
        Table ``Assignments``: a row gives a unit (empty: all) and a node of the set (empty: all)
        with everything below it to an appraiser. Several may have the same item.
    known : DataFrame, optional
        All rows of the season, where `rows` are only those of a later round: an assignment is
        unknown when it is about none of these.

    Returns
    -------
    dict of str to DataFrame
    list of Finding
        ``appraisal-unassigned`` for each unit with items that nobody has, ``assignment-unknown``
        for a unit or code that does not exist.
    """
    above = {
        node.code: {one.code for one in criteria.lineage(node.code)} for node in criteria.leaves
    }
    known = rows if known is None else known
    taken = pd.Series(False, index=rows.index)
    mine: dict[str, pd.Series] = {}
    findings = []
    for row in assignments.to_dict("records"):
        hit, is_known = (_about(row, table, above) for table in (rows, known))
        if not is_known.any():
            values = {"value": " ".join(filter(None, (row["unit_code"], row["item_code"])))}
            findings.append(
                Finding("assignment-unknown", row["file"], cell=row["cell"], values=values)
            )
        mine[row["appraiser"]] = mine.get(row["appraiser"], ~hit & False) | hit
        taken |= hit
    findings += _left(rows[~taken])
    return {name: rows[hit] for name, hit in mine.items() if hit.any()}, findings


def _about(row: Mapping[Any, Any], rows: pd.DataFrame, above: Mapping[str, set[str]]) -> pd.Series:
    """Say which rows an assignment is about."""
    hit = pd.Series(True, index=rows.index)
    if row["unit_code"]:
        hit &= rows["unit_code"] == row["unit_code"]
    if row["item_code"]:
        below = [code for code, parents in above.items() if row["item_code"] in parents]
        hit &= rows["item_code"].isin(below)
    return hit


def _left(rows: pd.DataFrame) -> Iterator[Finding]:
    for unit, left in rows.groupby("unit_code"):
        codes = list(left["item_code"])
        values = {"count": len(codes), "expected": first_few(sorted(codes))}
        yield Finding("appraisal-unassigned", unit_code=str(unit), values=values)
