"""The pandera schema of each declared table, built from its columns.

A check of type looks at a column as a whole; the others answer row by row and say nothing of a
column whose type is wrong already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np
import pandas as pd
import pandera.pandas as pa

from scoring.tables.declared import Column, declared
from scoring.tables.frames import has_type

# What a failed check is called: the code of its finding, or TYPE for a whole column.
TYPE = "type"
MISSING, REPEATED = "value-missing", "value-repeated"
UNLISTED, OUTSIDE, BROKEN = "value-unlisted", "value-outside", "value-not-whole"


@cache
def schema_of(name: str, columns: Sequence[str] | None = None) -> pa.DataFrameSchema:
    """Return the schema of table `name`; further columns are welcome, nothing is coerced.

    Parameters
    ----------
    name : str
    columns : tuple of str, optional
        The columns that must be there, declared or not, where not all required ones are needed.
    """
    asked = {column.name: column.required for column in declared(name)}
    if columns is not None:
        asked = dict.fromkeys(asked, False) | dict.fromkeys(columns, True)
    known = {column.name: list(_checks(column)) for column in declared(name)}
    return pa.DataFrameSchema(
        {
            # Missing values are said by a check of our own, which counts the rows.
            column: pa.Column(None, checks=known.get(column), nullable=True, required=is_needed)
            for column, is_needed in asked.items()
        },
        strict=False,
        coerce=False,
    )


def _checks(column: Column) -> Iterator[pa.Check]:
    # Asked of the column with its gaps: pandera would first copy what is filled in.
    yield pa.Check(lambda series: _has_type(series, column), name=TYPE, ignore_na=False)
    if column.is_text or not column.nullable:
        yield _by_row(column, MISSING, lambda series: series.notna())
    if column.values:
        yield _by_row(column, UNLISTED, lambda series: _by_value(series, column.values))
    if column.type == "whole":
        yield _by_row(column, BROKEN, _is_whole)
    if column.minimum is not None or column.maximum is not None:
        yield _by_row(column, OUTSIDE, lambda series: _is_within(series, column))
    if column.key == "unique":
        yield _by_row(column, REPEATED, lambda series: series.isna() | ~series.duplicated())


def _has_type(series: pd.Series, column: Column) -> bool:
    return has_type(series, column) or not series.notna().any()


def _by_row(column: Column, name: str, test: Callable[[pd.Series], pd.Series]) -> pa.Check:
    """Return a check of every row; only the mask is wanted, so few cases are laid out."""

    def checked(series: pd.Series) -> pd.Series:
        if not has_type(series, column):
            return pd.Series(True, index=series.index)
        return test(series)

    return pa.Check(checked, name=name, ignore_na=False, n_failure_cases=1)


def _by_value(series: pd.Series, values: Sequence[str]) -> pd.Series:
    """Say row by row whether a text is one of `values`; each different text is looked at once."""
    codes, texts = pd.factorize(series)
    # The last place stands for a missing text, which is a problem of its own.
    known = np.append(np.asarray(pd.Index(texts).isin(list(values)), dtype=bool), True)
    return pd.Series(known[codes], index=series.index)


def _is_whole(series: pd.Series) -> pd.Series:
    if pd.api.types.is_integer_dtype(series.dtype):
        return pd.Series(True, index=series.index)
    return series.isna() | (np.isfinite(series) & (series == series.round()))


def _is_within(series: pd.Series, column: Column) -> pd.Series:
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    return series.isna() | series.between(low, high)
