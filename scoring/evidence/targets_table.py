"""Targets from a CSV file: ``unit_code, code, target_points``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.files.tables import read_table

NEEDED = ("code", "target_points")


def read_targets(path: Path | str) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``Targets``; an empty ``unit_code`` means every unit.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``code`` and ``target_points``, and ``unit_code`` where targets differ.

    Returns
    -------
    DataFrame
        ``unit_code, code, target_points, file, cell``; rows without a readable number are left
        out and have a finding.
    list of Finding

    Raises
    ------
    UnreadableError
        When the file cannot be read at all.

    Examples
    --------
    >>> from scoring.files.shipped import shipped_folder
    >>> targets, findings = read_targets(shipped_folder("evidence") / "phu-tho-2026" / "targets.csv")
    >>> targets.loc[targets["code"] == "INDEX", "target_points"].item()
    70.0
    """
    path = Path(path)
    table = read_table(path)
    findings = list(table.findings)
    frame = table.frame.fillna("").reset_index(drop=True)
    for name in NEEDED:
        if name not in frame.columns:
            values = {"column": name, "expected": ", ".join(NEEDED)}
            findings.append(Finding("missing-column", file=path.name, values=values))
            frame[name] = ""
    if "unit_code" not in frame.columns:
        frame["unit_code"] = ""
    rows = []
    for number, row in enumerate(frame.to_dict("records"), start=2):
        value = _points(str(row["target_points"]), path.name, number, findings)
        if not np.isnan(value):
            unit, code = clean_text(str(row["unit_code"])), clean_text(str(row["code"]))
            rows.append((unit, code, value, path.name, f"C{number}"))
    columns = ["unit_code", "code", "target_points", "file", "cell"]
    return pd.DataFrame(rows, columns=columns), findings


def _points(text: str, file: str, row: int, findings: list[Finding]) -> float:
    reading = read_number(text)
    if reading.problem:
        values = {"input": "target_points", "value": text, "candidates": reading.candidates}
        findings.append(Finding(reading.problem, file=file, cell=f"C{row}", values=values))
    return np.nan if reading.value is None else reading.value
