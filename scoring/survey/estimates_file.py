"""``estimates.csv`` as people bring it: what no survey can have given is named and left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import Label
from scoring.files.declared_tables import read_typed
from scoring.files.limits import TableLimits
from scoring.files.paths import read_bytes
from scoring.files.sealed.manifest import MANIFEST_NAME, MOST_BYTES, read_manifest
from scoring.tables.places import MAX_FINDINGS_PER_KIND

_ENDS = ["low_percent", "estimate_percent", "high_percent"]
_FIGURES = [*_ENDS, "standard_error"]
# What a file may lose of the last decimals of a percent.
_SLACK = 1e-6
_LEAST_CONFIDENCE = 50.0


def read_estimates(path: Path) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``Estimates`` that ``parindex sipas index`` wrote.

    Returns
    -------
    DataFrame
        As `read_typed`, without rows that contradict themselves: a percent outside 0 to 100, or
        outside its own interval, a shown cell of no forms, a hidden one that holds figures.
    list of Finding
        ``survey-estimate-contradicts`` for each such row, and ``survey-estimates-edited`` where
        the manifest beside the file shows that it is not as it was written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "estimates.csv")
    >>> cells = {"survey": "ks", "year": 2026, "measure": "index", "code": "INDEX", "forms": 60,
    ...          "answers": 900, "estimate_percent": 8.37, "standard_error": 1, "low_percent": 81,
    ...          "high_percent": 86, "confidence_percent": 95, "state": "shown"}
    >>> pd.DataFrame([cells]).to_csv(path, index=False)
    >>> table, findings = read_estimates(path)
    >>> len(table), findings[-1].code
    (0, 'survey-estimate-contradicts')
    """
    table, findings = read_typed(path, "Estimates")
    wrong = {name: np.flatnonzero(rows) for name, rows in _contradictions(table).items()}
    places = [(row, name) for name, rows in wrong.items() for row in rows.tolist()]
    for row, name in sorted(places)[:MAX_FINDINGS_PER_KIND]:
        values = {"what": Label(f"survey_estimate_{name}"), "count": len({at for at, _ in places})}
        cell, unit = (str(table[name].iloc[row]) for name in ("cell", "unit_code"))
        found = Finding(
            "survey-estimate-contradicts", path.name, cell=cell, unit_code=unit, values=values
        )
        findings.append(found)
    kept = table.drop(index=table.index[[row for row, _ in places]]).reset_index(drop=True)
    return kept, [*findings, *_edited(path)]


def _contradictions(table: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
    """Say for each kind of contradiction which rows hold it."""
    is_shown = (table["state"] == "shown").to_numpy(bool)
    is_hidden = table["state"].astype("str").str.startswith("hidden").to_numpy(bool)
    figures = table[_FIGURES].to_numpy("float64", na_value=np.nan)
    low, at, high = figures[:, :3].T
    forms = table["forms"].to_numpy("float64", na_value=np.nan)
    level = table["confidence_percent"].to_numpy("float64", na_value=np.nan)
    out = (figures[:, :3] < -_SLACK) | (figures[:, :3] > 100 + _SLACK)
    return {
        "outside": out.any(axis=1),
        "interval": (low > at + _SLACK) | (at > high + _SLACK) | (low > high + _SLACK),
        "without_forms": is_shown & ~(forms >= 1),
        "without_figure": is_shown & np.isnan(at),
        "hidden": is_hidden & np.isfinite(figures).any(axis=1),
        "level": level < _LEAST_CONFIDENCE,
    }


def _edited(path: Path) -> Iterator[Finding]:
    """Yield a finding where the results that a file lies among say it was another one."""
    try:
        manifest, _ = read_manifest(read_bytes(path.parent / MANIFEST_NAME, MOST_BYTES))
    except UnreadableError:
        return
    written = {entry.path: entry.sha256 for entry in manifest.files}.get(path.name)
    data = read_bytes(path, TableLimits().file_bytes)
    if written and written != hashlib.sha256(data).hexdigest():
        yield Finding("survey-estimates-edited", path.name)
