"""A Parquet table under limits: its texts stay in their dictionaries until their size is known."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from scoring.files.limits import OversizeError, TableLimits

_BYTES_A_CELL = 8


def read_parquet(data: bytes, limits: TableLimits) -> pd.DataFrame:
    """Return the table as a frame.

    Raises
    ------
    OversizeError
        With the part that is too large and its limit.
    ValueError, ArrowException and others of pyarrow
        For a damaged file, columns that hold lists or tables, and texts that are not UTF-8.
    """
    schema = parquet.read_schema(io.BytesIO(data))
    if any(pa.types.is_nested(kind) for kind in schema.types):
        raise ValueError("a cell holds more than one value")
    texts = [field.name for field in schema if _is_text(field.type)]
    stored = parquet.ParquetFile(io.BytesIO(data), read_dictionary=texts)
    for part, size, most in _sizes(stored.metadata, limits):
        if size > most:
            raise OversizeError(part, most)
    table = stored.read()
    table.validate(full=True)
    _refuse_long_texts(table, limits)
    for place, column in enumerate(table.columns):
        if pa.types.is_dictionary(column.type) and _is_text(column.type):
            written = column.cast(column.type.value_type)
            table = table.set_column(place, table.column_names[place], written)
    return table.to_pandas()


def _sizes(stored: parquet.FileMetaData, limits: TableLimits) -> Iterator[tuple[str, int, int]]:
    yield "rows", stored.num_rows, limits.rows
    yield "columns", stored.num_columns, limits.columns
    yield "row groups", stored.num_row_groups, limits.row_groups
    cells = stored.num_rows * stored.num_columns
    yield "data", cells * _BYTES_A_CELL, limits.decoded_bytes
    groups = (stored.row_group(place) for place in range(stored.num_row_groups))
    yield "data", sum(group.total_byte_size for group in groups), limits.decoded_bytes


def _refuse_long_texts(table: pa.Table, limits: TableLimits) -> None:
    """Refuse a text that is too long, and texts that are too long together once written out."""
    total = 0
    for column in table.columns:
        for chunk in column.chunks if pa.types.is_dictionary(column.type) else ():
            lengths = pc.binary_length(chunk.dictionary)
            if (pc.max(lengths).as_py() or 0) > 4 * limits.cell_characters:
                raise OversizeError("cell", limits.cell_characters)
            total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
            if total > limits.decoded_bytes:
                raise OversizeError("data", limits.decoded_bytes)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
