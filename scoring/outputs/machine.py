"""The result tables as CSV files that other programs rely on.

Points are rounded here and nowhere before: half up, to the decimals of the set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding, findings_frame
from scoring.base.rounding import round_points
from scoring.files.atomic import write_atomically
from scoring.files.tables import Dialect, csv_bytes

SCORE_COLUMNS = (
    "unit_code", "set_id", "year", "period", "code", "level", "max_points", "points",
    "attainment", "basis", "status",
)  # fmt: skip
GAP_COLUMNS = (
    "unit_code", "set_id", "year", "period", "item_code", "area_code", "item_name", "max_points",
    "points", "lost_points", "kind", "cause", "target_points", "gap_to_target_points", "lead_unit",
    "due_on", "next_step",
)  # fmt: skip
FINDING_COLUMNS = (
    "severity", "code", "file", "unit_code", "sheet", "cell", "item_code", "problem", "remedy",
)  # fmt: skip


def write_tables(
    scores: pd.DataFrame,
    gaps: pd.DataFrame,
    findings: pd.DataFrame | Iterable[Finding],
    folder: Path | str,
    dialect: Dialect = "plain",
    *,
    decimals: int = 2,
    lang: str = "vi",
) -> list[Path]:
    """Write ``scores.csv``, ``gaps.csv`` and ``findings.csv``.

    Parameters
    ----------
    scores, gaps : DataFrame
        Tables ``Scores`` and ``Gaps``; further columns follow the fixed ones.
    findings : DataFrame or iterable of Finding
        Table ``Findings``, or the findings themselves, worded in `lang`.
    folder : Path or str
        Made where it does not exist.
    dialect : str
        ``plain``: comma and decimal point. ``vi``: semicolon, decimal comma and a byte-order
        mark, which Excel on a Vietnamese system opens with a double click.
    decimals : int
        Decimals of points, as the set declares. NaN is written as an empty cell.
    lang : str
        Language of findings given as objects.

    Returns
    -------
    list of Path
        The three files.

    Raises
    ------
    UsageError
        For an unknown dialect or a table that lacks a column.
    OutputError
        When a file cannot be written.
    """
    if dialect not in get_args(Dialect):
        raise UsageError(f"dialect is {dialect!r}; known are: {', '.join(get_args(Dialect))}")
    if not isinstance(findings, pd.DataFrame):
        findings = findings_frame(findings, lang)
    tables = (
        ("scores.csv", scores, SCORE_COLUMNS),
        ("gaps.csv", gaps, GAP_COLUMNS),
        ("findings.csv", findings, FINDING_COLUMNS),
    )
    # All three are made before the first is written, so that a wrong table writes nothing.
    made = {
        Path(folder) / name: csv_bytes(rounded(in_order(table, columns, name), decimals), dialect)
        for name, table, columns in tables
    }
    for path, data in made.items():
        write_atomically(path, data)
    return list(made)


def in_order(table: pd.DataFrame, columns: Sequence[str], name: str = "table") -> pd.DataFrame:
    """Return `table` with `columns` first and its further columns after them."""
    missing = [column for column in columns if column not in table]
    if missing:
        raise UsageError(f"{name} lacks the columns: {', '.join(missing)}")
    return table[[*columns, *(column for column in table if column not in columns)]]


def rounded(table: pd.DataFrame, decimals: int = 2) -> pd.DataFrame:
    """Return `table` with every figure in points or percent rounded half up.

    Examples
    --------
    >>> rounded(pd.DataFrame({"points": [2.675, None], "year": [2026, 2026]})).points.tolist()
    [2.68, nan]
    """
    figures = {
        str(column): round_points(table[column].to_numpy(float), decimals)
        for column in table
        if pd.api.types.is_float_dtype(table[column]) and _is_rounded(str(column))
    }
    return table.assign(**figures)


def _is_rounded(column: str) -> bool:
    return "points" in column or column == "attainment" or column.endswith("_percent")
