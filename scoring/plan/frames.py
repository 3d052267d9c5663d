"""Walk over the rows of a table where each row is text to be read, not figures to be summed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd


def table_of(
    rows: Iterable[Sequence[object]],
    columns: Sequence[str],
    dates: Sequence[str] = (),
    dtypes: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return `rows` as a table whose columns have their type even when there are no rows.

    Parameters
    ----------
    rows : iterable of sequences
    columns : sequence of str
    dates : sequence of str
        Columns of dates; None becomes NaT.
    dtypes : mapping, optional
        Types of the other columns that are not text.

    >>> table_of([], ["name", "due_on"], dates=["due_on"]).dtypes.astype(str).tolist()
    ['str', 'datetime64[us]']
    """
    frame = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    types = dict(dtypes or {})
    texts = {name: "str" for name in columns if name not in dates and name not in types}
    frame = frame.astype({**types, **texts})
    # One resolution for all, so that tables join and compare whatever they were made from.
    return frame.assign(
        **{name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in dates}
    )


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of `frame` as named tuples, its columns as attributes.

    >>> [row.place for row in rows_of(pd.DataFrame({"place": ["dòng 5"]}))]
    ['dòng 5']
    """
    return iter(frame.itertuples(index=False))
