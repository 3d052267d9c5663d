"""A Parquet table under limits: its texts stay in their dictionaries until their size is known."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.guarded import read_guarded
from scoring.files.limits import TableLimits, table_too_large

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
    table = pa.ipc.open_stream(stream).read_all()
    table.validate(full=True)
    for place, column in enumerate(table.columns):
        if pa.types.is_dictionary(column.type) and _is_text(column.type):
            written = column.cast(column.type.value_type)
            table = table.set_column(place, table.column_names[place], written)
    return table.to_pandas()


def arrow_of(data: bytes, limits: dict[str, Any], file: str) -> bytes:
    """Return the table as a stream of Arrow whose texts stand in dictionaries, in this process."""
    try:
        table = _stored(data, TableLimits(**limits), file)
    except UnreadableError:
        raise
    except Exception as problem:  # pyarrow raises many kinds for a damaged file
        raise UnreadableError(Finding("table-damaged", file, values={"row": 0})) from problem
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def _stored(data: bytes, limits: TableLimits, file: str) -> pa.Table:
    schema = parquet.read_schema(io.BytesIO(data))
    if any(pa.types.is_nested(kind) for kind in schema.types):
        raise ValueError("a cell holds more than one value")
    texts = [field.name for field in schema if _is_text(field.type)]
    stored = parquet.ParquetFile(io.BytesIO(data), read_dictionary=texts)
    for part, size, most in _sizes(stored.metadata, limits):
        if size > most:
            raise table_too_large(file, part, most)
    # Threads would each reserve memory that counts against the cap of the child.
    table = stored.read(use_threads=False)
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
