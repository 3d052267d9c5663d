"""Making and mending the long table ``Inputs``, the currency of scoring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.codes import KnownCodes
from scoring.base.errors import TableError
from scoring.base.findings import Finding
from scoring.base.vocabulary import cell_word, yes_or_no
from scoring.criteria import CriteriaSet
from scoring.tables import Column, days_of, declared, has_type, in_order, sound_rows
from scoring.tables.frames import dtype_of

_COLUMNS = [column for column in declared("Inputs") if column.key != "place"]
_DTYPES = {column.name: pd.api.types.pandas_dtype(dtype_of(column)) for column in _COLUMNS}
# Without these a figure belongs to nothing; an empty one is a finding, not a blank.
_OWNERS = ("unit_code", "item_code", "input")
_BLANK = {"number": np.nan, "whole": 0, "date": pd.NaT, "flag": False}


def inputs_table(
    rows: Iterable[Mapping[str, object]] | pd.DataFrame, **common: Any
) -> pd.DataFrame:
    """Return rows as a full table ``Inputs``, missing columns empty.

    Parameters
    ----------
    rows : iterable of mappings, or DataFrame
        At least ``item_code`` and ``input``; further columns are kept.
    **common
        Values for every row, such as ``unit_code="H1", year=2026``.

    Returns
    -------
    DataFrame
        The declared columns first. ``value`` is float with NaN for "not reported",
        ``happened_on`` a timestamp with NaT, ``not_applicable`` bool, ``year`` int (float while
        one is missing), the others text.

    Raises
    ------
    TableError
        For a column that cannot be read as what it must be, such as numbers written ``0,75``
        (`scoring.evidence.read_long_table` reads those), and for rows without an item code.

    Examples
    --------
    >>> table = inputs_table([{"item_code": "1.1", "input": "done", "value": 3}], unit_code="A")
    >>> table[["unit_code", "item_code", "value", "choice"]].to_dict("records")
    [{'unit_code': 'A', 'item_code': '1.1', 'value': 3.0, 'choice': ''}]
    """
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    table = full_table(given, **common)
    nameless = np.flatnonzero(table["item_code"].isna() | (table["item_code"] == ""))
    if len(nameless):
        raise TableError(
            f"inputs_table needs an item_code in every row; {len(nameless)} have none, the first "
            f"is row {nameless[0] + 1}. A figure without one belongs to nothing: fill it in or "
            "leave the row out."
        )
    return table


def full_table(rows: pd.DataFrame, **common: Any) -> pd.DataFrame:
    """Return rows as a full table ``Inputs``; wrong rows stay, since scoring says which they are."""
    table = _normalised(rows, common)
    sound_rows(table, "Inputs", by="inputs_table")
    return table


def sound_inputs(
    inputs: pd.DataFrame, criteria: CriteriaSet, by: str = "score"
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the rows of `inputs` that can be scored, as a full table ``Inputs``, numbered anew.

    A frame as ``pandas.read_csv`` returns it is brought into form first; one that is in form
    already is taken as it is. Item codes that were read as numbers become the codes of the set that they
    can only mean.

    Raises
    ------
    TableError
        Names every missing column and every column that cannot be read.

    Returns
    -------
    DataFrame
    list of Finding
        For each row without unit, year, item or input; such rows are left out.
    """
    if isinstance(inputs, pd.DataFrame) and not _is_normal(inputs):
        needed = [column.name for column in _COLUMNS if column.required]
        if set(needed) <= set(inputs.columns):
            inputs = _normalised(_with_text_codes(inputs, criteria, by), {})
    kept, findings = sound_rows(in_one_piece(inputs), "Inputs", by=by)
    kept = kept.reset_index(drop=True)
    return kept if kept["year"].dtype == "int64" else kept.astype({"year": "int64"}), findings


def in_one_piece(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with every text column in one piece of memory.

    What thousands of frames were put together from stays in as many pieces, and every look at such
    a column goes through all of them.
    """
    if not isinstance(table, pd.DataFrame):
        return table
    joined: dict[str, pd.Series] = {}
    for name, cells in table.items():
        if isinstance(cells.dtype, pd.StringDtype) and cells.dtype.storage == "pyarrow":
            pieces = cells.array.__arrow_array__()
            if pieces.num_chunks > 1:
                whole = pd.array(pieces.combine_chunks(), dtype=cells.dtype)
                joined[str(name)] = pd.Series(whole, cells.index)
    return table.assign(**joined) if joined else table


def _is_normal(table: pd.DataFrame) -> bool:
    names = set(table.columns)
    return all(column.name in names and has_type(table[column.name], column) for column in _COLUMNS)


def _normalised(rows: pd.DataFrame, common: Mapping[str, Any]) -> pd.DataFrame:
    """Return `rows` with all columns, each in its type as far as it can be read."""
    there = {*rows.columns, *common}
    blank: dict[str, Any] = {
        c.name: _BLANK.get(c.type, "") for c in _COLUMNS if c.name not in there
    }
    table = rows.assign(**common, **blank)
    each = ((column, table[column.name]) for column in _COLUMNS)
    read = {
        column.name: _read(cells, column) for column, cells in each if not _is_read(cells, column)
    }
    return in_order(table.assign(**read), "Inputs")


def _is_read(cells: pd.Series, column: Column) -> bool:
    """Say whether a column is in its type already; one of several columns of a name never is."""
    if not isinstance(cells, pd.Series) or cells.dtype != _DTYPES[column.name]:
        return False
    return not column.is_text or column.name in _OWNERS or not cells.hasnans


def _read(cells: pd.Series, column: Column) -> pd.Series:
    """Return a column in its type, or as it was when a cell of it cannot be read."""
    try:
        if column.type == "number":
            return pd.to_numeric(cells).astype("float64")
        if column.type == "whole":
            years = pd.to_numeric(cells.replace("", 0))
            if pd.api.types.is_datetime64_any_dtype(cells) or (years % 1 > 0).any():
                return cells.astype("object")
            return years if years.isna().any() else years.astype("int64")
        if column.type == "date":
            return days_of(cells)
        if column.type == "flag":
            return cells if pd.api.types.is_bool_dtype(cells) else _marks(cells)
    except (ValueError, TypeError):
        return cells
    if pd.api.types.is_numeric_dtype(cells):
        # 1.10 kept as a number is 1.1, another item: only the codes of a set can tell.
        is_open = column.name == "item_code" and (cells.dropna() % 1 != 0).any()
        cells = cells if is_open else cells.map(cell_word, na_action="ignore")
        return cells if is_open else _text(cells, column)
    return _text(cells, column)


def _text(cells: pd.Series, column: Column) -> pd.Series:
    # astype leaves a missing text missing.
    texts = cells.astype("str")
    return texts if column.name in _OWNERS else texts.fillna("")


def _marks(cells: pd.Series) -> pd.Series:
    """Read marks of "not applicable"; ValueError for a word that is neither yes nor no."""
    codes, words = pd.factorize(cells)
    said = [yes_or_no(word, "not_applicable") for word in words]
    if any(answer is None and cell_word(word) for answer, word in zip(said, words, strict=True)):
        raise ValueError("not a mark")
    marks = np.array([*(answer is True for answer in said), False])
    return pd.Series(marks[codes], index=cells.index)


def _with_text_codes(inputs: pd.DataFrame, criteria: CriteriaSet, by: str) -> pd.DataFrame:
    """Return `inputs` with the item codes that were read as numbers as the set writes them."""
    numbers = inputs["item_code"]
    if not pd.api.types.is_float_dtype(numbers):
        return inputs
    known = KnownCodes(criteria.by_code)
    read = {number: known.read(number) for number in numbers.dropna().unique()}
    doubtful = [r.candidates for r in read.values() if r.problem == "ambiguous-code"]
    if doubtful:
        shown = ", ".join(" or ".join(codes) for codes in doubtful)
        raise TableError(
            f"{by} cannot tell item codes that were read as numbers: {shown}. Read them as text: "
            'pd.read_csv(path, dtype={"item_code": str}).'
        )
    # A number that is no code of the set stays as it reads, to be named as an unknown item.
    codes = {number: reading.code or cell_word(number) for number, reading in read.items()}
    texts = numbers.map(codes, na_action="ignore")
    return inputs.assign(item_code=texts.astype("str"))
