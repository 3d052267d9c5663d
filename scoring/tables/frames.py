"""Frames with the declared columns and types, even where they have no rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from scoring.base.dates import read_date
from scoring.tables.declared import Column, columns_of, declared

# One resolution for all dates, so that tables join and compare whatever they were made from.
_DTYPES = {"number": "float64", "whole": "int64", "flag": "bool", "date": "datetime64[us]"}


def dtype_of(column: Column) -> str:
    """Return the dtype that a column has in memory."""
    # Whole numbers of which some are missing cannot be plain integers.
    missing = column.type == "whole" and column.nullable
    return "Int64" if missing else _DTYPES.get(column.type, "str")


def has_type(series: pd.Series, column: Column) -> bool:
    """Say whether a series holds what its column declares; one without rows always does.

    >>> has_type(pd.Series([2026.0]), Column("year", "whole"))
    True
    """
    dtype = series.dtype
    if not len(series):
        return True
    if column.is_text:
        return _is_text(series)
    if column.type in ("number", "whole"):
        # A column of whole numbers with a hole in it is one of floats; the hole is named by row.
        return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    if column.type == "flag":
        return pd.api.types.is_bool_dtype(dtype)
    return dtype.kind == "M"


def _is_text(series: pd.Series) -> bool:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return _is_text(series.cat.categories.to_series()) if len(series.cat.categories) else True
    if series.dtype == object:
        return pd.api.types.infer_dtype(series, skipna=True) in ("string", "empty")
    return pd.api.types.is_string_dtype(series.dtype)


def empty(name: str, *, places: bool = False) -> pd.DataFrame:
    """Return table `name` without rows, its columns typed.

    Parameters
    ----------
    name : str
        A table of ``tables.csv``.
    places : bool
        With the columns that say where a row stands.

    Examples
    --------
    >>> empty("Progress").dtypes.astype(str).to_dict()
    {'task_code': 'str', 'done_on': 'datetime64[us]', 'note': 'str'}
    """
    return _empty(name, places).copy()


@cache
def _empty(name: str, places: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column.name: _no_values(dtype_of(column))
            for column in declared(name)
            if places or column.key != "place"
        }
    )


@cache
def _no_values(dtype: str) -> pd.Series:
    """Return a column without rows; tables have many columns and few types."""
    return pd.Series(dtype=dtype)


def table_of(
    rows: Iterable[Sequence[object] | Mapping[str, object]] | pd.DataFrame,
    name: str,
    *,
    places: bool = False,
) -> pd.DataFrame:
    """Return `rows`, in the order of the columns, as table `name` with the declared types.

    Parameters
    ----------
    rows : iterable of sequences or mappings, or DataFrame
        Of a frame the declared columns are taken and further ones left out; it may lack those
        that are not required.
    name : str
    places : bool
        The rows also say where they stand.

    Examples
    --------
    >>> table_of([("I.1", "1.1")], "TaskLinks").to_dict("records")
    [{'task_code': 'I.1', 'item_code': '1.1'}]
    """
    columns = columns_of(name, places=places)
    if isinstance(rows, pd.DataFrame) and rows.shape == (0, 0):
        rows = []  # a frame that was made of no rows has no columns either
    rows = rows if isinstance(rows, pd.DataFrame) else list(rows)
    if isinstance(rows, list) and not rows:
        return empty(name, places=places)
    if isinstance(rows, pd.DataFrame):
        optional = {column.name for column in declared(name) if not column.required}
        frame = rows[[column for column in columns if column in rows or column not in optional]]
    else:
        frame = pd.DataFrame(rows, columns=columns, dtype=object)
    wanted = {c.name: dtype_of(c) for c in declared(name) if c.name in frame}
    return pd.DataFrame(
        {
            column: _typed(cells, wanted[column]) if column in wanted else cells
            for column, cells in frame.items()
        },
        index=frame.index,
    )


def _typed(cells: pd.Series, dtype: str) -> pd.Series:
    if cells.dtype == dtype:
        return cells
    return (days_of(cells) if dtype == _DTYPES["date"] else cells).astype(
        pd.api.types.pandas_dtype(dtype)
    )


def days_of(cells: pd.Series) -> pd.Series:
    """Return cells as days, the day before the month.

    Raises
    ------
    ValueError
        When a cell is neither empty nor a day.

    Examples
    --------
    >>> days_of(pd.Series(["9/1/2026", None, "2026-01-10"])).dt.day.tolist()
    [9.0, nan, 10.0]
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells
    codes, words = pd.factorize(cells)
    readings = [read_date(word) for word in words.tolist()]
    if any(reading.problem for reading in readings):
        raise ValueError(f"{cells.name} has a cell that is no day")
    days = np.array([*(reading.value for reading in readings), None], dtype="datetime64[us]")
    return pd.Series(days[codes], index=cells.index)


def day_of(given: dt.date | str) -> pd.Timestamp:
    """Return a day that a caller names, read as the cells of a column are.

    >>> day_of("5/6/2026").month
    6
    """
    return days_of(pd.Series([given], dtype="object", name="the day")).dt.normalize().iloc[0]


def in_order(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return `table` with the declared columns that it has first and its further ones after them.

    >>> in_order(pd.DataFrame({"mine": [1], "item_code": ["1"], "task_code": ["I"]}),
    ...          "TaskLinks").columns.tolist()
    ['task_code', 'item_code', 'mine']
    """
    known = [column for column in columns_of(name, places=True) if column in table]
    wanted = [*known, *(column for column in table if column not in known)]
    # Most tables were made in this order, and need no copy of each column.
    return table.copy(deep=False) if wanted == table.columns.tolist() else table[wanted]


def taken(
    values: Sequence[str] | pd.Series, places: npt.NDArray[np.integer[Any]]
) -> ExtensionArray:
    """Return the value at each place; millions of rows share the few values there are.

    >>> list(taken(["lost", "open"], np.array([1, 0, 1])))
    ['open', 'lost', 'open']
    """
    few = values if isinstance(values, pd.Series) else pd.Series(list(values), dtype="str")
    return few.array.take(places.astype(np.intp, copy=False))


def taken_packed(
    values: Sequence[str] | pd.Series, places: npt.NDArray[np.integer[Any]]
) -> ExtensionArray:
    """Return the value at each place as `taken` does, but as categories: long texts are kept once.

    >>> list(taken_packed(["lost", "open", "lost"], np.array([1, 0, 2])))
    ['open', 'lost', 'lost']
    """
    codes, few = pd.factorize(pd.Series(list(values), dtype="str"))
    return pd.Categorical.from_codes(codes[places], few)


def unpacked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with its categories as the texts that they stand for.

    Examples
    --------
    >>> frame = pd.DataFrame({"level": pd.Categorical(["area", "item", "area"])})
    >>> packed, plain = frame["level"].dtype, unpacked(frame)["level"]
    >>> str(packed), plain.tolist(), plain.dtype == frame["level"].dtype
    ('category', ['area', 'item', 'area'], False)
    """
    return frame.astype(dict.fromkeys(frame.select_dtypes("category").columns, "str"))


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of `frame` as named tuples, its columns as attributes.

    >>> [row.place for row in rows_of(pd.DataFrame({"place": ["dòng 5"]}))]
    ['dòng 5']
    """
    return iter(frame.itertuples(index=False))
