"""The result tables as CSV files that other programs rely on.

Points are rounded here and nowhere before: half up, to the decimals of the set.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding, findings_frame
from scoring.base.rounding import round_points
from scoring.files.atomic import write_atomically
from scoring.files.table_files import Dialect, csv_bytes
from scoring.tables import checked, in_order, tables

_NOISE_DECIMALS = 9


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
        For an unknown dialect.
    TableError
        For a table that lacks a column or holds a wrong value; everything is named at once.
    OutputError
        When a file cannot be written.
    """
    if dialect not in get_args(Dialect):
        raise UsageError(f"dialect is {dialect!r}; known are: {', '.join(get_args(Dialect))}")
    if not isinstance(findings, pd.DataFrame):
        findings = findings_frame(findings, lang)
    # All three are made before the first is written, so that a wrong table writes nothing.
    made = {
        Path(folder) / tables()[name].file: table_csv(table, name, decimals, dialect)
        for name, table in (("Scores", scores), ("Gaps", gaps), ("Findings", findings))
    }
    for path, data in made.items():
        write_atomically(path, data)
    return list(made)


def write_table(
    table: pd.DataFrame, name: str, folder: Path | str, decimals: int, dialect: Dialect = "plain"
) -> Path:
    """Write one more result table into `folder`, by the file name that it is declared with."""
    path = Path(folder) / tables()[name].file
    write_atomically(path, table_csv(table, name, decimals, dialect))
    return path


def table_csv(table: pd.DataFrame, name: str, decimals: int, dialect: Dialect) -> bytes:
    """Return what `write_tables` writes of the table `name`."""
    return csv_bytes(written_table(table, name, decimals), dialect)


def written_table(table: pd.DataFrame, name: str, decimals: int) -> pd.DataFrame:
    """Return the table `name` as it goes into files: checked, its columns in order, rounded."""
    if name == "Scores" and "points" in table:
        # Rounded points need not add up to those of their parent.
        exact = round_points(table["points"], _NOISE_DECIMALS)
        table = table.assign(unrounded_points=exact)
    sound = checked(table, name, by="write_tables")
    return rounded(in_order(sound, name), decimals)


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
    if column == "unrounded_points":
        return False
    if column in ("attainment", "sampling_low", "sampling_high"):
        return True
    return "points" in column or column.endswith("_percent")
