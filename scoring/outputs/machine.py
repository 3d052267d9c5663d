"""The result tables as CSV files that other programs rely on.

Points are rounded here and nowhere before: half up, to the decimals of the set.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.findings import Finding, findings_frame
from scoring.base.rounding import round_points
from scoring.files.atomic import write_atomically

SCORE_COLUMNS = (
    "unit_code", "set_id", "year", "period", "code", "level", "max_points", "points",
    "attainment", "basis", "status",
)  # fmt: skip
GAP_COLUMNS = (
    "unit_code", "set_id", "year", "period", "item_code", "area_code", "item_name", "max_points",
    "points", "lost_points", "cause", "target_points", "gap_to_target_points", "lead_unit",
    "due_on", "next_step",
)  # fmt: skip
FINDING_COLUMNS = (
    "severity", "code", "file", "unit_code", "sheet", "cell", "item_code", "problem", "remedy",
)  # fmt: skip

DIALECTS = ("plain", "vi")
# What a spreadsheet takes for the start of a formula, full-width forms included.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def write_tables(
    scores: pd.DataFrame,
    gaps: pd.DataFrame,
    findings: pd.DataFrame | Iterable[Finding],
    folder: Path | str,
    dialect: str = "plain",
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
    if not isinstance(findings, pd.DataFrame):
        findings = findings_frame(findings, lang)
    tables = (
        ("scores.csv", scores, SCORE_COLUMNS),
        ("gaps.csv", gaps, GAP_COLUMNS),
        ("findings.csv", findings, FINDING_COLUMNS),
    )
    ready = {
        name: csv_text(rounded(in_order(table, columns, name), decimals), dialect)
        for name, table, columns in tables
    }
    return [_written(Path(folder) / name, text, dialect) for name, text in ready.items()]


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
    >>> rounded(pd.DataFrame({"points": [2.675, np.nan], "year": [2026, 2026]})).points.tolist()
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


def csv_text(table: pd.DataFrame, dialect: str = "plain") -> str:
    r"""Return `table` as CSV; text that looks like a formula gets an apostrophe before it.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"name": ["=1+1"], "points": [-0.5]}))
    "name,points\n'=1+1,-0.5\n"
    >>> csv_text(pd.DataFrame({"name": ["xã"], "points": [0.5]}), "vi")
    'name;points\nxã;0,5\n'
    """
    if dialect not in DIALECTS:
        raise UsageError(f"dialect is {dialect!r}; known are: {', '.join(DIALECTS)}")
    cells = {column: _cells(table[column], dialect) for column in table}
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";" if dialect == "vi" else ",", lineterminator="\n")
    writer.writerow([neutral(str(column)) for column in table])
    writer.writerows(zip(*cells.values(), strict=True))
    return file.getvalue()


def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _cells(column: pd.Series, dialect: str) -> list[str]:
    """Return the cells of a column as text; numbers stay numbers, missing is empty."""
    if pd.api.types.is_datetime64_any_dtype(column):
        form = "%d/%m/%Y" if dialect == "vi" else "%Y-%m-%d"
        return list(column.dt.strftime(form).fillna(""))
    if pd.api.types.is_bool_dtype(column):
        return [str(value).lower() for value in column]
    if pd.api.types.is_float_dtype(column):
        texts = [_number(value) for value in column.to_numpy(float)]
        return [text.replace(".", ",") for text in texts] if dialect == "vi" else texts
    if pd.api.types.is_integer_dtype(column):
        return ["" if value is pd.NA else str(value) for value in column]
    return [neutral(text) for text in column.astype("object").where(column.notna(), "").astype(str)]


def _number(value: float) -> str:
    if not np.isfinite(value):
        return ""
    return np.format_float_positional(value, trim="-")


def _written(path: Path, text: str, dialect: str) -> Path:
    write_atomically(path, text.encode("utf-8-sig" if dialect == "vi" else "utf-8"))
    return path
