"""A Parquet table under limits: its texts stay in their dictionaries until their size is known."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.children.guarded import read_guarded
from scoring.files.limits import TableLimits, table_too_large
from scoring.files.paths import unreadable

Sizes = list[int]
_BYTES_A_CELL = 8


def read_parquet(data: bytes, limits: TableLimits, file: str = "") -> pd.DataFrame:
    """Return the table as a frame; the reading child decodes it.

    Raises
    ------
    UnreadableError
        ``table-too-large`` with the part that is; ``table-damaged`` for a damaged file, columns
        that hold lists or tables, and texts that are not UTF-8.
    """
    stream = read_guarded(f"{__name__}:arrow_of", data, limits=asdict(limits), file=file)
    # What pandas once noted of the columns comes from the sender as well, and may be anything.
    with _damage_told(file):
        return written_out(_received(stream)).to_pandas()


def written_out(table: pa.Table) -> pa.Table:
    """Return a table whose texts stand in its cells, and no longer in dictionaries."""
    for place, column in enumerate(table.columns):
        if pa.types.is_dictionary(column.type) and _is_text(column.type):
            written = column.cast(column.type.value_type)
            table = table.set_column(place, table.column_names[place], written)
    return table


def parquet_layout(path: Path, limits: TableLimits | None = None) -> tuple[dict[str, str], Sizes]:
    """Return the type of each column of a file, and how many rows each of its row groups has.

    Nothing but the end of the file is read, by the reading child.

    Raises
    ------
    UnreadableError
        As `read_parquet`; ``file-missing``, ``file-unreadable``.
    """
    target, limits = f"{__name__}:layout_of", limits or TableLimits()
    kinds, sizes = read_guarded(target, b"", path=str(path), limits=asdict(limits), file=path.name)
    return dict(kinds), list(sizes)


def read_row_group(
    path: Path, group: int, columns: Sequence[str] | None = None, limits: TableLimits | None = None
) -> pa.Table:
    """Return one row group of a file too large to be read whole; the reading child decodes it.

    Parameters
    ----------
    path : Path
    group : int
    columns : sequence of str, optional
        All by default.
    limits : TableLimits, optional
        Those of a whole table hold for the row group.

    Returns
    -------
    pyarrow.Table
        Texts stand in dictionaries.

    Raises
    ------
    UnreadableError
        As `parquet_layout`.
    """
    stream = read_guarded(
        f"{__name__}:group_of", b"", path=str(path), group=group,
        columns=None if columns is None else list(columns),
        limits=asdict(limits or TableLimits()), file=path.name,
    )  # fmt: skip
    return _received(stream)


def _received(stream: bytes) -> pa.Table:
    table = pa.ipc.open_stream(stream).read_all()
    table.validate(full=True)
    return table


def layout_of(_: bytes, path: str, limits: dict[str, Any], file: str) -> list[Any]:
    """Return what `parquet_layout` does, in this process."""
    with _damage_told(file, path):
        stored = parquet.ParquetFile(path)
        for part, size, most in _sizes(stored.metadata, TableLimits(**limits)):
            if part in ("columns", "row groups") and size > most:
                raise table_too_large(file, part, most)
        groups = (stored.metadata.row_group(at) for at in range(stored.num_row_groups))
        kinds = [[field.name, str(field.type)] for field in stored.schema_arrow]
        return [kinds, [group.num_rows for group in groups]]


def group_of(
    _: bytes, path: str, group: int, columns: list[str] | None, limits: dict[str, Any], file: str
) -> bytes:
    """Return a row group as `arrow_of` does a table, in this process."""
    with _damage_told(file, path):
        within = TableLimits(**limits)
        fields = parquet.read_schema(path)
        read = [field for field in fields if columns is None or field.name in columns]
        texts = _texts(read)
        stored = parquet.ParquetFile(path, read_dictionary=texts)
        told = stored.metadata.row_group(group)
        decoded = max(told.total_byte_size, told.num_rows * len(read) * _BYTES_A_CELL)
        if decoded > within.decoded_bytes:
            raise table_too_large(file, "row group", within.decoded_bytes)
        table = stored.read_row_group(group, columns, use_threads=False)
        return _sent(_checked(table, within, file))


def arrow_of(data: bytes, limits: dict[str, Any], file: str) -> bytes:
    """Return the table as a stream of Arrow whose texts stand in dictionaries, in this process."""
    with _damage_told(file):
        return _sent(_stored(data, TableLimits(**limits), file))


@contextmanager
def _damage_told(file: str, path: str = "") -> Iterator[None]:
    try:
        yield
    except UnreadableError:
        raise
    except Exception as problem:  # pyarrow raises many kinds for a damaged file
        # Without a number it is not the system that refuses; the bytes make no sense.
        if isinstance(problem, OSError) and problem.errno is not None:
            raise UnreadableError(unreadable(Path(path), problem)) from problem
        raise UnreadableError(Finding("table-damaged", file, values={"row": 0})) from problem


def _sent(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def _stored(data: bytes, limits: TableLimits, file: str) -> pa.Table:
    texts = _texts(parquet.read_schema(io.BytesIO(data)))
    stored = parquet.ParquetFile(io.BytesIO(data), read_dictionary=texts)
    for part, size, most in _sizes(stored.metadata, limits):
        if size > most:
            raise table_too_large(file, part, most)
    # Threads would each reserve memory that counts against the cap of the child.
    return _checked(stored.read(use_threads=False), limits, file)


def _texts(fields: Iterable[pa.Field]) -> list[str]:
    """Return which columns hold text, and refuse those that hold lists or tables."""
    fields = list(fields)
    if any(pa.types.is_nested(field.type) for field in fields):
        raise ValueError("a cell holds more than one value")
    return [field.name for field in fields if _is_text(field.type)]


def _checked(table: pa.Table, limits: TableLimits, file: str) -> pa.Table:
    table.validate(full=True)
    _refuse_long_texts(table, limits, file)
    return table.unify_dictionaries()


def _sizes(stored: parquet.FileMetaData, limits: TableLimits) -> Iterator[tuple[str, int, int]]:
    yield "rows", stored.num_rows, limits.rows
    yield "columns", stored.num_columns, limits.columns
    yield "row groups", stored.num_row_groups, limits.row_groups
    cells = stored.num_rows * stored.num_columns
    yield "data", cells * _BYTES_A_CELL, limits.decoded_bytes
    groups = (stored.row_group(place) for place in range(stored.num_row_groups))
    yield "data", sum(group.total_byte_size for group in groups), limits.decoded_bytes


def _refuse_long_texts(table: pa.Table, limits: TableLimits, file: str) -> None:
    """Refuse a text that is too long, and texts that are too long together once written out."""
    total = 0
    for column in table.columns:
        for chunk in column.chunks if pa.types.is_dictionary(column.type) else ():
            lengths = pc.binary_length(chunk.dictionary)
            if (pc.max(lengths).as_py() or 0) > 4 * limits.cell_characters:
                raise table_too_large(file, "cell", limits.cell_characters)
            total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
            if total > limits.decoded_bytes:
                raise table_too_large(file, "data", limits.decoded_bytes)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
