"""Parquet files of forms as row groups, and a row group as frames of bearable size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.base.errors import UnreadableError, UsageError
from scoring.base.findings import Finding
from scoring.survey.estimation.sampling_units import Ints

# Rows of a row group that are unpacked at once.
BATCH_ROWS = 250_000

RowGroup = tuple[str, int]

_NUMBERS = re.compile("u?int|float|double")


def row_groups(paths: Sequence[str], columns: Sequence[str]) -> list[RowGroup]:
    """Return every row group, once all files are known to be alike.

    Parameters
    ----------
    paths : sequence of str
    columns : sequence of str
        Columns that every file must have, as text in all of them or as numbers in all.

    Returns
    -------
    list of (str, int)
        File and number of the row group; those without a row are left out.

    Raises
    ------
    UsageError
        For a column that is not there or not alike, and where there is no row at all.
    UnreadableError
        ``table-needs-pyarrow``, ``table-damaged``, ``file-missing``, ``file-unreadable``.
    """
    groups: list[RowGroup] = []
    types: dict[str, str] = {}
    for path in paths:
        kinds, sizes = _reading().parquet_layout(Path(path))
        absent = [name for name in columns if name not in kinds]
        if absent:
            raise UsageError(f"{Path(path).name} has no column {', '.join(absent)}")
        found = {name: _kind(kinds[name]) for name in columns}
        unlike = [name for name in found if types.get(name, found[name]) != found[name]]
        if unlike:
            raise UsageError(f"{Path(path).name} holds {unlike[0]} as {found[unlike[0]]}, "
                             f"the files before it as {types[unlike[0]]}")  # fmt: skip
        types |= found
        groups += [(path, group) for group, size in enumerate(sizes) if size]
    if not groups:
        raise UsageError("there is no form in these files")
    return groups


def _kind(written: str) -> str:
    return "text" if "string" in written else "numbers" if _NUMBERS.match(written) else written


def _reading() -> Any:
    try:
        from scoring.files import parquet_reading
    except ImportError:
        raise UnreadableError(Finding("table-needs-pyarrow")) from None
    return parquet_reading


def pieces_of(group: RowGroup, columns: list[str] | None) -> Iterator[pd.DataFrame]:
    """Yield a row group in pieces.

    Parameters
    ----------
    group : (str, int)
        As `row_groups` gives them.
    columns : list of str or None
        None for all.

    Yields
    ------
    DataFrame, shape (n_rows, n_columns)
        At most `BATCH_ROWS` rows, each named by its place in the file, from 1; texts are
        categories.

    Raises
    ------
    UnreadableError
        ``table-damaged``.
    """
    path, number = Path(group[0]), group[1]
    start = sum(_reading().parquet_layout(path)[1][:number]) + 1
    # Texts stay in their dictionaries: numbering them then costs next to nothing.
    table = _reading().read_row_group(path, number, columns)
    for low in range(0, table.num_rows, BATCH_ROWS):
        piece = table.slice(low, BATCH_ROWS).to_pandas()
        yield piece.set_axis(range(start + low, start + low + len(piece)), axis="index")


def parquet_rows(path: Path) -> int:
    """Return how many rows a Parquet file has."""
    return sum(_reading().parquet_layout(path)[1])


def distinct(piece: pd.DataFrame, columns: list[str]) -> tuple[pd.DataFrame, Ints]:
    """Return the combinations that the columns hold, and which of them each row holds."""
    if not columns:
        return piece[[]].iloc[:1], np.zeros(len(piece), dtype=np.int64)
    groups = piece.groupby(columns, sort=False, observed=True, dropna=False)
    number = np.asarray(groups.ngroup(), np.int64)
    first = np.unique(number, return_index=True)[1]
    texts = piece[columns].select_dtypes("category").columns
    return piece[columns].iloc[first].astype(dict.fromkeys(texts, object)), number
