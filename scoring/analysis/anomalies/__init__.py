"""What is worth a second look: unusual patterns over the units of a run, never a verdict.

Each kind has a module with ``KINDS`` and ``look``. Whatever it names has its reason, how often the
same shows in the run or comes about by chance, and what may explain it harmlessly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.analysis.anomalies import (
    always_differs,
    copied_text,
    deadline_dates,
    figures,
    full_marks,
    jumps,
    shared_documents,
)
from scoring.analysis.anomalies.material import Looked, Material
from scoring.analysis.rank_changes import not_last_year
from scoring.base.findings import Finding
from scoring.base.values import ANOMALY_KINDS
from scoring.criteria import CriteriaSet
from scoring.points import ScoreSheet
from scoring.tables import checked, table_of

_MODULES = (
    full_marks, copied_text, shared_documents, jumps, figures, always_differs, deadline_dates,
)  # fmt: skip


def find_anomalies(
    sheet: ScoreSheet,
    tables: Mapping[str, pd.DataFrame] | None = None,
    last_scores: pd.DataFrame | None = None,
    last_set: CriteriaSet | None = None,
    lang: str = "vi",
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return what is worth a second look in a run, and what was looked at.

    Parameters
    ----------
    sheet : ScoreSheet
        With `claimed` and `decided` where they are known.
    tables : mapping of str to DataFrame, optional
        ``claims``, ``documents``, ``links`` and ``requirements`` as ledgers give them, each with
        the columns of `KEY_COLUMNS`.
    last_scores : DataFrame, optional
        Table ``Scores`` of last year.
    last_set : CriteriaSet, optional
        Its set, where it is another one.
    lang : {"vi", "en"}
        Language of the sentences.

    Returns
    -------
    DataFrame
        Table ``Anomalies``, by kind, the rarest of each first. A row is a reason to look, with its
        base rate; it says nothing of anybody's intent. Each year and period of the run is looked
        at apart. ``chance`` is NaN where chance alone has no model.
    list of Finding
        ``anomalies-looked`` and ``anomalies-too-little``: nothing is passed over in silence;
        ``anomalies-common`` where texts or documents of many units were put aside;
        ``anomalies-not-compared`` where documents say too little to be compared;
        ``rank-last-year-other-set`` where last year's set was not given.

    Examples
    --------
    >>> import scoring
    >>> example = scoring.shipped_folder("evidence") / "example-department-sample" / "inputs.csv"
    >>> sheet = scoring.score(pd.read_csv(example), "department-sample")
    >>> table, findings = find_anomalies(sheet)
    >>> len(table), sorted({finding.code for finding in findings})
    (0, ['anomalies-too-little'])
    """
    last_scores, problems = _last_year(sheet, last_scores, last_set)
    material = Material(sheet, np.arange(len(sheet.units)), last_scores=last_scores,
                        last_set=last_set, lang=lang, **dict(tables or {}))  # fmt: skip
    told: list[Looked] = []
    times = sheet.units.groupby(["year", "period"], sort=False).indices
    for at in map(np.asarray, times.values()):
        told += [one for module in _MODULES for one in module.look(material.limited(at))]
    rows = [row for looked in told for row in sorted(looked.rows, key=_rarity)]
    rows.sort(key=lambda row: ANOMALY_KINDS.index(row["kind"]))
    table = checked(table_of(pd.DataFrame(rows), "Anomalies") if rows else table_of([], "Anomalies"),
                    "Anomalies", by="find_anomalies")  # fmt: skip
    return table, [*problems, *(found for looked in told for found in looked.findings())]


def _rarity(row: Mapping[str, Any]) -> tuple[float, float]:
    share = row["base_count"] / row["base_of"] if row["base_of"] else 1.0
    return share, row["chance"] if row["chance"] == row["chance"] else 0.0


def _last_year(
    sheet: ScoreSheet, last: pd.DataFrame | None, last_set: CriteriaSet | None
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Refuse scores of a set that was not given, and those that are not of an earlier time."""
    if last is None:
        return None, []
    wrong = not_last_year(last, last_set or sheet.criteria, sheet.units)
    return (None if wrong else last), wrong
