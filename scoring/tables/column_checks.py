"""What is asked of a declared column: its type as a whole, and every row.

The checks answer row by row, and say nothing of a column whose type is wrong already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from scoring.tables.declared import Column
from scoring.tables.frames import has_type

# What a failed check is called: the code of its finding, or TYPE for a whole column.
TYPE = "type"
MISSING, REPEATED = "value-missing", "value-repeated"
UNLISTED, OUTSIDE, BROKEN = "value-unlisted", "value-outside", "value-not-whole"

Check = Callable[[pd.Series], "pd.Series | bool"]


def column_checks(column: Column) -> Iterator[tuple[str, Check]]:
    """Yield the name and the test of each check; a test of rows returns a mask."""
    yield TYPE, lambda series: _has_type(series, column)
    if column.is_text or not column.nullable:
        yield MISSING, _by_row(column, lambda series: series.notna())
    if column.values:
        yield UNLISTED, _by_row(column, lambda series: _by_value(series, column.values))
    if column.type == "whole":
        yield BROKEN, _by_row(column, _is_whole)
    if column.minimum is not None or column.maximum is not None:
        yield OUTSIDE, _by_row(column, lambda series: _is_within(series, column))
    if column.key == "unique":
        yield REPEATED, _by_row(column, lambda series: series.isna() | ~series.duplicated())


def is_sound(series: pd.Series, column: Column) -> bool:
    """Say whether a column passes all its checks."""
    return all(bool(np.all(test(series))) for _, test in column_checks(column))


def _has_type(series: pd.Series, column: Column) -> bool:
    return has_type(series, column) or not series.notna().any()


def _by_row(column: Column, test: Callable[[pd.Series], pd.Series]) -> Check:
    """Return a check of every row."""

    def checked(series: pd.Series) -> pd.Series:
        if not has_type(series, column):
            return pd.Series(True, index=series.index)
        return test(series)

    return checked


def _by_value(series: pd.Series, values: Sequence[str]) -> pd.Series:
    """Say row by row whether a text is one of `values`; each different text is looked at once."""
    codes, texts = pd.factorize(series)
    # The last place stands for a missing text, which is a problem of its own.
    known = np.append(np.asarray(pd.Index(texts).isin(list(values)), dtype=bool), True)
    return pd.Series(known[codes], index=series.index)


def _is_whole(series: pd.Series) -> pd.Series:
    # A column without any value may be of texts.
    if pd.api.types.is_integer_dtype(series.dtype) or not series.notna().any():
        return pd.Series(True, index=series.index)
    return series.isna() | (np.isfinite(series) & (series == series.round()))


def _is_within(series: pd.Series, column: Column) -> pd.Series:
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    if not series.notna().any():
        return pd.Series(True, index=series.index)
    return series.isna() | series.between(low, high)
