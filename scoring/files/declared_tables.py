"""Reading a small table that people keep, as ``scoring/tables`` declares it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.base.vocabulary import yes_or_no
from scoring.files.excel.cells import address
from scoring.files.table_files import read_table
from scoring.tables import Column, columns_of, declared, empty, sound_rows, table_of

TableAndFindings = tuple[pd.DataFrame, list[Finding]]
# One broken column must not drown everything else.
_MOST_WRONG = 200


def read_declared(path: Path, name: str, *more: str) -> TableAndFindings:
    """Read table `name` from a file, every text cleaned and every date read.

    Parameters
    ----------
    path : Path
        CSV or Parquet. A file with nothing in it is a table without rows.
    name : str
        Which table of ``scoring/tables`` it is.
    *more : str
        Further text columns to keep where the file has them.

    Returns
    -------
    DataFrame
        All declared columns: text or, where a date is declared, dates; what the file lacks is
        empty. Without rows when a required column is missing.
    list of Finding
        Missing columns, and each date that cannot be read, which then is NaT.

    Raises
    ------
    UnreadableError
        When the file cannot be read at all.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "links.csv")
    >>> _ = path.write_text("item_code;task_code\\n1.1 ;V.2\\n", encoding="utf-8")
    >>> read_declared(path, "TaskLinks")[0].to_dict("records")
    [{'task_code': 'V.2', 'item_code': '1.1'}]
    """
    try:
        table = read_table(path)
    except UnreadableError as error:
        # A table somebody has made and not filled in yet says nothing; it is no damage.
        if error.finding.code != "file-empty":
            raise
        return empty(name), []
    needed = [column.name for column in declared(name) if column.required]
    missing = missing_columns(table.frame, needed, path.name)
    if missing:
        return empty(name), [*table.findings, *missing]
    kept = [*columns_of(name), *(column for column in more if column in table.frame)]
    result = pd.DataFrame({column: _texts(table.frame, column) for column in kept})
    findings = list(table.findings)
    for column in declared(name):
        if column.type == "date":
            result[column.name] = _days(table.frame, column, path.name, findings)
    return result, findings


_LARGEST = 1e15


def read_typed(path: Path, name: str) -> TableAndFindings:
    """Read table `name` from a file that a program wrote, its numbers as numbers.

    Parameters
    ----------
    path : Path
        CSV or Parquet. Where commas part the cells the decimal mark is the point, where
        semicolons do it is the comma: a number is never ambiguous.
    name : str
        Which table of ``scoring/tables`` it is.

    Returns
    -------
    DataFrame
        All declared columns with their types, and ``file`` and ``cell``, the first of the row.
        A row with a wrong or missing value is left out.
    list of Finding
        As `read_declared`, and each cell that is no number or not of its closed list.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "survey-figures.csv")
    >>> _ = path.write_text("unit_code,year,item_code,value,survey\\nA,2026,8.1,83.125,ks\\n")
    >>> read_typed(path, "SurveyFigures")[0]["value"].tolist()
    [83.125]
    """
    texts, findings = read_declared(path, name)
    if not len(texts):
        return empty(name, places=True), findings
    read = read_table(path)
    mark, heads = "," if read.separator == ";" else ".", list(read.frame.columns)
    texts = texts.assign(file=path.name, cell=[f"A{row + 2}" for row in range(len(texts))])
    is_wrong = pd.Series(False, index=texts.index)
    for column in declared(name):
        if column.type == "flag" and column.name in texts:
            # The text "False" would be taken for true.
            texts[column.name] = texts[column.name].map(yes_or_no).eq(True)
        if column.is_number and column.name in texts:
            cells = texts[column.name]
            numbers = pd.to_numeric(cells.str.replace(mark, ".", regex=False), errors="coerce")
            # Beyond this no two whole numbers are told apart; infinity is no number at all.
            numbers = numbers.mask(numbers.abs() > _LARGEST)
            wrong = numbers.isna() & ((cells != "") | (column.required and not column.nullable))
            is_wrong |= wrong
            for row in texts.index[wrong][:_MOST_WRONG]:
                said = {"input": column.name, "value": cells[row]}
                at = address(row + 2, heads.index(column.name) + 1)
                findings.append(Finding("not-a-number", path.name, cell=at, values=said))
            texts[column.name] = numbers
    kept, problems = sound_rows(table_of(texts[~is_wrong], name, places=True), name, first_row=2)
    return kept.reset_index(drop=True), [*findings, *problems]


def missing_columns(frame: pd.DataFrame, needed: Sequence[str], file: str) -> list[Finding]:
    """Return a finding for each of the columns `needed` that a file lacks."""
    values = ({"column": name, "expected": ", ".join(needed)} for name in _lacking(frame, needed))
    return [Finding("missing-column", file=file, values=said) for said in values]


def _lacking(frame: pd.DataFrame, needed: Iterable[str]) -> list[str]:
    return [name for name in needed if name not in frame.columns]


def _texts(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[name].fillna("").astype("str").map(clean_text).astype("str")


def _days(frame: pd.DataFrame, column: Column, file: str, findings: list[Finding]) -> pd.Series:
    days = []
    for row, text in enumerate(_texts(frame, column.name), start=2):
        reading = read_date(text)
        if reading.problem:
            cell = address(row, list(frame.columns).index(column.name) + 1)
            values = {"input": column.name, "value": text}
            findings.append(Finding(reading.problem, file=file, cell=cell, values=values))
        days.append(reading.value)
    return pd.Series(days, dtype="datetime64[us]")
