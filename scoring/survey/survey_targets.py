"""Targets of a survey that no estimate answers: named, for on no page do they stand."""

from __future__ import annotations

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.text import shortened
from scoring.tables import rows_of


def unanswered_targets(targets: pd.DataFrame, estimates: pd.DataFrame) -> list[Finding]:
    """Return a finding for each target of a code or a unit that has no estimate.

    Parameters
    ----------
    targets : DataFrame
        As `scoring.evidence.targets_table.read_targets` gives them; an empty unit is every unit.
    estimates : DataFrame
        Table ``Estimates``.

    Returns
    -------
    list of Finding
        ``survey-target-unknown-code``, ``target-of-unknown-unit``.

    Examples
    --------
    >>> targets = pd.DataFrame({"unit_code": ["", "B"], "code": ["X", "INDEX"], "cell": ["C2", "C3"]})
    >>> estimates = pd.DataFrame({"unit_code": ["A"], "measure": "index", "code": "INDEX"})
    >>> [(one.code, one.cell) for one in unanswered_targets(targets, estimates)]
    [('survey-target-unknown-code', 'C2'), ('target-of-unknown-unit', 'C3')]
    """
    aimed = estimates[estimates["measure"].isin(["index", "factor"])]
    known = list(dict.fromkeys(aimed["code"].astype(str)))
    units = {"", *estimates["unit_code"].astype(str)}
    found = []
    for row in rows_of(targets):
        file, cell = str(getattr(row, "file", "")), str(row.cell)
        if str(row.code) not in known:
            values = {"value": shortened(str(row.code)), "known": known}
            found.append(Finding("survey-target-unknown-code", file, cell=cell, values=values))
        elif str(row.unit_code) not in units:
            found.append(
                Finding("target-of-unknown-unit", file, cell=cell, unit_code=str(row.unit_code))
            )
    return found
