"""Targets from a CSV file: ``unit_code, code, target_points``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.base.vocabulary import cell_word
from scoring.files.declared_tables import missing_columns
from scoring.files.table_files import read_table

NEEDED = ("code", "target_points")
_OPTIONAL = ("unit_code", "year", "period")


def read_targets(path: Path | str) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``Targets``; an empty ``unit_code`` means every unit.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``code`` and ``target_points``; ``unit_code``, ``year`` and ``period``
        where targets differ by them.

    Returns
    -------
    DataFrame
        ``unit_code, year, period, code, target_points, file, cell``; the year is 0 and texts are
        empty where a target holds for all. Rows without a readable number or year are left out
        and have a finding.
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
    findings = [*table.findings, *missing_columns(table.frame, NEEDED, path.name)]
    frame = table.frame.fillna("").reset_index(drop=True)
    frame = frame.assign(**{name: "" for name in (*NEEDED, *_OPTIONAL) if name not in frame})
    rows = []
    for number, row in enumerate(frame.to_dict("records"), start=2):
        value = _points(str(row["target_points"]), path.name, number, findings)
        year = _year(row["year"], path.name, number, findings)
        if not np.isnan(value) and year is not None:
            unit, period, code = (clean_text(str(row[n])) for n in ("unit_code", "period", "code"))
            rows.append((unit, year, period, code, value, path.name, f"C{number}"))
    columns = ["unit_code", "year", "period", "code", "target_points", "file", "cell"]
    return pd.DataFrame(rows, columns=columns), findings


def _year(cell: object, file: str, row: int, findings: list[Finding]) -> int | None:
    """Read the year that a target names; 0 for none, None with a finding where it is no year."""
    word = cell_word(cell)
    if not word:
        return 0
    if word.isascii() and word.isdigit() and FIRST_YEAR <= int(word[:5]) <= LAST_YEAR:
        return int(word)
    findings.append(Finding("year-unreadable", file=file, cell=f"C{row}", values={"value": word}))
    return None


def _points(text: str, file: str, row: int, findings: list[Finding]) -> float:
    reading = read_number(text)
    if reading.problem:
        values = {"input": "target_points", "value": text, "candidates": reading.candidates}
        findings.append(Finding(reading.problem, file=file, cell=f"C{row}", values=values))
    return np.nan if reading.value is None else reading.value
