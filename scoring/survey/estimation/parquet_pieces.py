"""Parquet files of forms as row groups, and a row group as frames of bearable size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UnreadableError, UsageError
from scoring.base.findings import Finding
from scoring.files.paths import unreadable

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
        stored = _opened(path)
        schema = stored.schema_arrow
        absent = [name for name in columns if name not in schema.names]
        if absent:
            raise UsageError(f"{Path(path).name} has no column {', '.join(absent)}")
        found = {name: _kind(schema, name) for name in columns}
        unlike = [name for name in found if types.get(name, found[name]) != found[name]]
        if unlike:
            raise UsageError(f"{Path(path).name} holds {unlike[0]} as {found[unlike[0]]}, "
                             f"the files before it as {types[unlike[0]]}")  # fmt: skip
        types |= found
        sizes = (stored.metadata.row_group(at).num_rows for at in range(stored.num_row_groups))
        groups += [(path, group) for group, size in enumerate(sizes) if size]
    if not groups:
        raise UsageError("there is no form in these files")
    return groups


def _kind(schema: Any, name: str) -> str:
    written = str(schema.field(name).type)
    return "text" if "string" in written else "numbers" if _NUMBERS.match(written) else written


def _opened(path: str, texts: Sequence[str] = ()) -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise UnreadableError(Finding("table-needs-pyarrow", Path(path).name)) from None
    with _damage_told(path):
        return parquet.ParquetFile(path, read_dictionary=list(texts))


@contextmanager
def _damage_told(path: str) -> Iterator[None]:
    from pyarrow import ArrowException

    try:
        yield
    except (ArrowException, OSError) as problem:
        # Without a number it is not the system that refuses; the bytes make no sense.
        if isinstance(problem, OSError) and problem.errno is not None:
            raise UnreadableError(unreadable(Path(path), problem)) from problem
        damaged = Finding("table-damaged", Path(path).name, values={"row": 0})
        raise UnreadableError(damaged) from problem


def pieces_of(group: RowGroup, columns: list[str]) -> Iterator[pd.DataFrame]:
    """Yield a row group in pieces.

    Parameters
    ----------
    group : (str, int)
        As `row_groups` gives them.
    columns : list of str

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
    path, number = group
    schema = _opened(path).schema_arrow
    # Texts stay in their dictionaries: numbering them then costs next to nothing.
    stored = _opened(path, [name for name in columns if _kind(schema, name) == "text"])
    start = sum(stored.metadata.row_group(before).num_rows for before in range(number)) + 1
    batches = stored.iter_batches(BATCH_ROWS, [number], columns, use_threads=False)
    while True:
        with _damage_told(path):
            batch = next(batches, None)
        if batch is None:
            return
        piece = batch.to_pandas()
        yield piece.set_axis(range(start, start + len(piece)), axis="index")
        start += len(piece)
