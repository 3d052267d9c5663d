"""What is asked of a declared column: its type as a whole, and every row.

The checks answer row by row, and say nothing of a column whose type is wrong already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.tables.declared import Column
from scoring.tables.frames import has_type

# What a failed check is called: the code of its finding, or TYPE for a whole column.
TYPE = "type"
MISSING, REPEATED = "value-missing", "value-repeated"
UNLISTED, OUTSIDE, BROKEN = "value-unlisted", "value-outside", "value-not-whole"

Check = Callable[[pd.Series], "pd.Series | bool"]
_Mask = npt.NDArray[np.bool_]
_Test = Callable[[pd.Series], _Mask]


def column_checks(column: Column) -> Iterator[tuple[str, Check]]:
    """Yield the name and the test of each check; a test of rows returns a mask."""
    yield TYPE, lambda series: _has_type(series, column)
    for name, test in _row_tests(column):
        yield name, _by_row(column, test)


def is_sound(series: pd.Series, column: Column) -> bool:
    """Say whether a column passes all its checks."""
    if not len(series):
        return True
    if not has_type(series, column):
        return _has_type(series, column)
    return all(bool(test(series).all()) for _, test in _row_tests(column))


def _row_tests(column: Column) -> Iterator[tuple[str, _Test]]:
    """Yield the name and the test of each check of rows, for a column with rows and of its type."""
    if column.is_text or not column.nullable:
        yield MISSING, _is_filled
    if column.values:
        yield UNLISTED, lambda series: _by_value(series, column.values)
    if column.type == "whole":
        yield BROKEN, _is_whole
    if column.minimum is not None or column.maximum is not None:
        yield OUTSIDE, lambda series: _is_within(series, column)
    if column.key == "unique":
        yield REPEATED, lambda series: ~(_is_filled(series) & series.duplicated().to_numpy())


def _has_type(series: pd.Series, column: Column) -> bool:
    return has_type(series, column) or not series.notna().any()


def _by_row(column: Column, test: _Test) -> Check:
    """Return a check of every row."""

    def checked(series: pd.Series) -> pd.Series:
        if not len(series) or not has_type(series, column):
            return pd.Series(True, index=series.index)
        return pd.Series(test(series), index=series.index)

    return checked


def _is_filled(series: pd.Series) -> _Mask:
    # Asked of the array, which spares a series for the answer.
    return np.asarray(pd.notna(series.array), dtype=bool)


def _by_value(series: pd.Series, values: Sequence[str]) -> _Mask:
    """Say row by row whether a text is one of `values`; each different text is looked at once."""
    codes, texts = pd.factorize(series)
    # The last place stands for a missing text, which is a problem of its own.
    known = np.append(np.asarray(pd.Index(texts).isin(list(values)), dtype=bool), True)
    return known[codes]


def _is_whole(series: pd.Series) -> _Mask:
    if pd.api.types.is_integer_dtype(series.dtype):
        return np.ones(len(series), dtype=bool)
    numbers = _numbers(series)
    return np.isnan(numbers) | (np.isfinite(numbers) & (numbers == np.round(numbers)))


def _is_within(series: pd.Series, column: Column) -> _Mask:
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    numbers = _numbers(series)
    # What is missing lies on neither side.
    return ~((numbers < low) | (numbers > high))


def _numbers(series: pd.Series) -> npt.NDArray[np.float64]:
    return series.to_numpy(dtype=np.float64, na_value=np.nan)
