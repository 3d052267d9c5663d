"""What is known of the population besides the sample: sizes of strata, totals of classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.base.findings import Finding
from scoring.base.numbers import read_number
from scoring.base.text import clean_text
from scoring.files.excel.cells import address
from scoring.files.limits import TableLimits
from scoring.files.table_files import read_table

_LIMITS = TableLimits(file_bytes=20_000_000, rows=500_000, columns=50)


def read_totals(path: Path, numbers: Sequence[str]) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a table of classes and their numbers.

    Parameters
    ----------
    path : Path
        CSV or Parquet.
    numbers : sequence of str
        Which columns hold numbers, above 0; those that the file lacks are left out, but one of
        them must be there. Every other column tells the classes apart.

    Returns
    -------
    DataFrame
        Classes as text, numbers as floats. ``attrs["file"]`` names the file. Without rows where
        something is missing.
    list of Finding
        Cells that hold no number above 0, classes that stand twice, columns that are missing.

    Raises
    ------
    UnreadableError
        When the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "gioi.csv")
    >>> _ = path.write_text("gender,total\\nnam,1200\\nnữ,1.250\\n", encoding="utf-8")
    >>> read_totals(path, ["total"])[0]["total"].tolist()
    [1200.0, 1250.0]
    """
    read = read_table(path, _LIMITS)
    frame = read.frame
    held = [name for name in numbers if name in frame]
    classes = [str(name) for name in frame if name not in held]
    if not held or not classes:
        expected = ", ".join(numbers) + ", …"
        missing = {"column": (numbers or [""])[0] if not held else "…", "expected": expected}
        return _named(frame.iloc[:0], path), [Finding("missing-column", str(path), values=missing)]
    texts = {name: frame[name].fillna("").astype("str").map(clean_text) for name in classes}
    cells = {name: _amounts(frame[name], name, path, list(map(str, frame))) for name in held}
    table = pd.DataFrame(texts | {name: values for name, (values, _) in cells.items()})
    findings = [*read.findings, *(found for _, problems in cells.values() for found in problems)]
    twice = table.duplicated(classes)
    findings += [
        Finding(
            "survey-class-twice",
            str(path),
            cell=address(int(row) + 2, 1),
            values={"value": " / ".join(table.loc[row, classes].astype(str))},
        )
        for row in table.index[twice]
    ]
    return _named(table[~twice].reset_index(drop=True), path), findings


def _named(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    table.attrs["file"] = path.name
    return table


def _amounts(
    cells: pd.Series, name: str, path: Path, header: Sequence[str]
) -> tuple[pd.Series, list[Finding]]:
    """Return the numbers of a column, and a finding for each cell that holds none above 0."""
    if cells.dtype.kind in "iuf":
        values = cells.astype(float)
    else:
        values = pd.Series([_amount(text) for text in cells.fillna("").astype(str)], cells.index)
    wrong = np.flatnonzero(~(values.to_numpy(dtype=float) > 0))
    place = list(header).index(name)
    findings = [
        Finding(
            "survey-total-wrong",
            str(path),
            cell=address(int(row) + 2, place + 1),
            values={"column": name, "value": str(cells.iloc[row])},
        )
        for row in wrong
    ]
    return values, findings


def _amount(text: str) -> float:
    # A total counts people or units, so 1.250 is a thousand and more; 1250.5 is read as it is.
    reading = read_number(text)
    value = reading.value if reading.value is not None else read_number(text, whole=True).value
    return float("nan") if value is None else float(value)
