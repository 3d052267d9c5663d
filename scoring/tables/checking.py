"""Checking a table where it crosses from one room into another.

A wrong frame (a column that is missing or of the wrong type) is the programmer's: one `TableError`
names all of it. A wrong row is the matter of whoever filled it in: `sound_rows` makes findings of
wrong rows and hands back the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.dates import read_date
from scoring.base.errors import TableError
from scoring.base.findings import Finding
from scoring.base.text import shortened
from scoring.tables.column_checks import is_sound
from scoring.tables.declared import Column, columns_of, declared
from scoring.tables.places import MAX_FINDINGS_PER_KIND, row_findings

_SHOWN_ROWS = 3
_WRONG = {
    "value-missing": "is missing",
    "value-unlisted": "holds {value}, none of {expected},",
    "value-outside": "holds {value}, outside {expected},",
    "value-not-whole": "holds {value}, not a whole number,",
    "value-repeated": "repeats {value}",
}
_HOLDS = {"number": "numbers", "whole": "whole numbers", "flag": "True or False", "date": "dates"}


@dataclass(frozen=True, slots=True)
class _RowProblem:
    """One kind of wrong value in one column, and the places of its rows."""

    code: str
    column: Column
    rows: npt.NDArray[np.intp]


def checked(
    table: pd.DataFrame, name: str, *, columns: Sequence[str] | None = None, by: str = ""
) -> pd.DataFrame:
    """Return `table` as it is, if it is a sound table `name`.

    Parameters
    ----------
    table : DataFrame
        Further columns are welcome.
    name : str
        Which table it should be, such as ``"Gaps"``.
    columns : sequence of str, optional
        The columns that must be there; all required ones by default. Others are checked too where
        they are there.
    by : str
        Name of the function that was called, for the message.

    Returns
    -------
    DataFrame
        The same object.

    Raises
    ------
    TableError
        Names every missing column, every wrong type and the first rows of every kind of wrong
        value, all at once.

    Examples
    --------
    >>> wanted = pd.DataFrame({"unit_code": [""], "code": ["INDEX"], "target_points": ["80"]})
    >>> checked(wanted, "Targets", by="check_targets")
    Traceback (most recent call last):
        ...
    scoring.base.errors.TableError: check_targets needs the table Targets: target_points holds
    text ('80') where numbers are needed.
    """
    wrong, rows = _problems(table, name, columns)
    told = [*wrong, *(_told(problem, table) for problem in rows)]
    if told:
        raise TableError(f"{by or 'the call'} needs the table {name}: {'; '.join(told)}.")
    return table


def sound_rows(
    table: pd.DataFrame,
    name: str,
    *,
    columns: Sequence[str] | None = None,
    by: str = "",
    first_row: int = 1,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the rows that are right, and a finding for every wrong value of the others.

    Parameters
    ----------
    table, name, columns, by
        As for `checked`.
    first_row : int
        Number of the first row as its reader counts them; 2 below the heading of a file.

    Returns
    -------
    DataFrame
        `table` itself when nothing is wrong.
    list of Finding
        At most `MAX_FINDINGS_PER_KIND` for each column and kind of problem; each says how many
        rows there are. File, sheet and cell come from the columns of these names.

    Raises
    ------
    TableError
        For missing columns and wrong types.

    Examples
    --------
    >>> rows = pd.DataFrame({"unit_code": ["A", None], "year": [2026, 2026],
    ...                      "item_code": ["1", "1"], "input": ["n", "n"]})
    >>> kept, findings = sound_rows(rows, "Inputs")
    >>> len(kept), findings[0].code, findings[0].values["row"]
    (1, 'value-missing', 2)
    """
    wrong, problems = _problems(table, name, columns)
    if wrong:
        raise TableError(f"{by or 'the call'} needs the table {name}: {'; '.join(wrong)}.")
    if not problems:
        return table, []
    findings = [found for problem in problems for found in _findings(problem, table, first_row)]
    is_wrong = np.zeros(len(table), dtype=bool)
    is_wrong[np.concatenate([problem.rows for problem in problems])] = True
    return table[~is_wrong], findings


def _problems(
    table: pd.DataFrame, name: str, columns: Sequence[str] | None
) -> tuple[list[str], list[_RowProblem]]:
    """Return what is wrong with the frame, in words, and with its rows."""
    if not isinstance(table, pd.DataFrame):
        return [f"it got a {type(table).__name__}, not a DataFrame"], []
    known = {column.name: column for column in declared(name)}
    twice = sorted({str(c) for c in table.columns[table.columns.duplicated()]} & known.keys())
    if twice:
        return [f"it has two columns of the name {', '.join(twice)}"], []
    needed = (
        [name for name, column in known.items() if column.required] if columns is None else columns
    )
    if set(needed) <= set(table.columns) and all(
        is_sound(table[name], column) for name, column in known.items() if name in table
    ):
        return [], []
    # pandera is slow to load; it lays out what is wrong, and most tables are sound.
    import pandera.errors

    from scoring.tables.schemas import schema_of

    schema = schema_of(name, None if columns is None else tuple(columns))
    try:
        # Rows are numbered by their place: an index may have gaps, or one label twice.
        schema.validate(table.set_axis(range(len(table))), lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as error:
        return _sorted_out(error.schema_errors, table, known, name)
    return [], []


def _sorted_out(
    errors: Sequence[pandera.errors.SchemaError],  # type: ignore[name-defined]  # noqa: F821
    table: pd.DataFrame,
    known: dict[str, Column],
    name: str,
) -> tuple[list[str], list[_RowProblem]]:
    missing, wrong, rows = list[str](), list[str](), list[_RowProblem]()
    for error in errors:
        if error.reason_code.name == "COLUMN_NOT_IN_DATAFRAME":
            missing.append(str(error.failure_cases))
            continue
        column = known[str(error.schema.name)]
        if error.check.name == "type":
            wrong.append(_wrong_type(table[column.name], column))
        else:
            places = np.flatnonzero(~error.check_output.to_numpy(dtype=bool))
            rows.append(_RowProblem(str(error.check.name), column, places))
    if missing:
        expected = ", ".join(columns_of(name))
        wrong.insert(0, f"it lacks the columns {', '.join(missing)} (of {expected})")
    return wrong, rows


def _wrong_type(series: pd.Series, column: Column) -> str:
    needed = _HOLDS.get(column.type, "text")
    verb = "is" if needed == "text" else "are"
    filled = series.dropna()
    if not len(filled):
        return f"{column.name} holds nothing, as {series.dtype}, where {needed} {verb} needed"
    met = filled[[isinstance(value, str) for value in filled]] if needed != "text" else filled[:0]
    held = "text" if len(met) else str(series.dtype)
    first = _unreadable(met, column) if len(met) else filled.iloc[0]
    return f"{column.name} holds {held} ({shortened(repr(first))}) where {needed} {verb} needed"


def _unreadable(texts: pd.Series, column: Column) -> object:
    """Return the first text that says no number or no date; the first of all where each does."""
    if column.is_number:
        wrong = texts[pd.to_numeric(texts, errors="coerce").isna()]
    else:
        wrong = texts[[read_date(text).value is None for text in texts]]
    return (wrong if len(wrong) and column.type != "flag" else texts).iloc[0]


def _told(problem: _RowProblem, table: pd.DataFrame) -> str:
    """Say what is wrong with some rows, for a programmer."""
    rows, column = problem.rows, problem.column
    shown = ", ".join(str(row) for row in rows[:_SHOWN_ROWS])
    more = f" and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
    met = table[column.name].iloc[rows[0]]
    value = shortened(repr(met.item() if isinstance(met, np.generic) else met))
    what = _WRONG[problem.code].format(value=value, expected=_expected(column))
    return f"{column.name} {what} at place {shown}{more}"


def _findings(problem: _RowProblem, table: pd.DataFrame, first_row: int) -> list[Finding]:
    met = table[problem.column.name].iloc[problem.rows[:MAX_FINDINGS_PER_KIND]]
    numbered = zip(problem.rows.tolist(), met, strict=False)
    values = (_values(problem, value, row + first_row) for row, value in numbered)
    return row_findings(problem.code, table, problem.rows, values)


def _values(problem: _RowProblem, met: object, row: int) -> dict[str, object]:
    return {
        "column": problem.column.name,
        "row": row,
        "count": len(problem.rows),
        "value": float(met) if isinstance(met, int | float | np.number) else str(met),
        "expected": _expected(problem.column),
    }


def _expected(column: Column) -> str:
    """Return the closed list of a column, or the ends of its numbers: ``2000 … 2100``."""
    return ", ".join(column.values) or column.ends
