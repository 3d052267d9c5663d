"""Targets from a CSV file: ``unit_code, code, target_points``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.base.values import FIRST_YEAR, LAST_YEAR
from scoring.base.vocabulary import cell_word
from scoring.files.declared_tables import missing_columns
from scoring.files.table_files import read_table

_COLUMNS = ["unit_code", "year", "period", "code"]


def read_targets(
    path: Path | str, figure: str = "target_points"
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the table ``Targets``; an empty ``unit_code`` means every unit.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``code`` and ``target_points``; ``unit_code``, ``year`` and ``period``
        where targets differ by them.
    figure : str
        Column of the targets, which the table has under the same name: ``target_percent`` for
        those of a survey.

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

    Notes
    -----
    `read_long_table` reads the figures themselves, from the same formats.

    Examples
    --------
    >>> from scoring.files.shipped import shipped_folder
    >>> targets, findings = read_targets(shipped_folder("evidence") / "phu-tho-2026" / "targets.csv")
    >>> targets.loc[targets["code"] == "INDEX", "target_points"].item()
    70.0
    """
    path = Path(path)
    table = read_table(path)
    columns = [*_COLUMNS, figure]
    findings = [*table.findings, *missing_columns(table.frame, ("code", figure), path.name)]
    frame = table.frame.fillna("").reindex(columns=columns, fill_value="")
    rows = []
    for number, cells in enumerate(frame.itertuples(index=False), start=2):
        place = {"file": path.name, "cell": f"C{number}"}
        unit, _, period, code, points = (clean_text(str(cell)) for cell in cells)
        year = cell_word(cells[1])
        reading = read_number(points)
        if reading.problem:
            values = {"input": figure, "value": points, "candidates": reading.candidates}
            findings.append(Finding(reading.problem, values=values, **place))
        is_year = not year or _is_year(year)
        if not is_year:
            findings.append(Finding("year-unreadable", values={"value": year}, **place))
        if is_year and reading.value is not None:
            rows.append((unit, int(year or 0), period, code, reading.value, *place.values()))
    return pd.DataFrame(rows, columns=[*columns, "file", "cell"]), findings


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:5]) <= LAST_YEAR
