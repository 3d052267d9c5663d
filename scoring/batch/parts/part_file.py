"""The file that a part is kept in.

A part is several Arrow IPC streams, one after another: first ``head``, which has no rows, then a
stream for each table. The metadata of each names its ``table``, the ``schema_version`` and the
``package`` that wrote it; that of ``head`` also holds, as JSON, what the ledger says it is, its
findings and where each table begins. Nothing in it is code.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.units import UnitKey
from scoring.batch.parts.ledger_part import LedgerPart, PartHead
from scoring.files.children.wire import decoded, encoded

# Raised whenever a table of a part changes its columns or their meaning.
SCHEMA_VERSION = 1
_HEAD = "head"
_ABOUT = b"parindex"
# Columns of a few hundred rows are unpacked sooner than they are handed to a thread.
_ALONE = pa.ipc.IpcReadOptions(use_threads=False)


def parts_bytes(parts: Sequence[LedgerPart]) -> list[bytes]:
    """Return the file of each part; the same part gives the same bytes, whatever others there are.

    Handing a column over to Arrow takes as long for one ledger as for many, so it is done for all.
    """
    streams: list[dict[str, bytes]] = [{} for _ in parts]
    for name in dict.fromkeys(name for part in parts for name in part.tables):
        own = {at: part.table(name) for at, part in enumerate(parts) if len(part.table(name))}
        for at, table in _arrows(own).items():
            streams[at][name] = _stream(table, name)
    return [_file(part, own) for part, own in zip(parts, streams, strict=True)]


def _file(part: LedgerPart, streams: Mapping[str, bytes]) -> bytes:
    at, begins = 0, {}
    for name in (name for name in part.tables if name in streams):
        begins[name] = at
        at += len(streams[name])
    told = {"begins": begins, "head": _told(part.head), "findings": list(part.findings)}
    head = _stream(pa.table({}), _HEAD, encoded(_plain(told)).decode())
    return b"".join([head, *(streams[name] for name in begins)])


class StoredPart:
    """A part as it lies in its store; its tables are read when they are asked for.

    Parameters
    ----------
    name : str
    read : callable
        Gives the bytes of the part.

    Raises
    ------
    UnreadableError
        ``part-damaged`` where the bytes are no part, ``part-of-other-version`` where another
        version wrote them.
    """

    def __init__(self, name: str, read: Callable[[], bytes]) -> None:
        self.name, self._read = name, read
        with self._sound():
            with io.BytesIO(read()) as file:
                schema = pa.ipc.open_stream(file).read_all().schema
                self._from = file.tell()
            about = self._about(schema, _HEAD)
            told = decoded(about["told"].encode())
            self._begins: dict[str, int] = told["begins"]
            head = told["head"]
            unit, seen = UnitKey(*head.pop("unit")), tuple(map(tuple, head.pop("seen")))
            self.head = PartHead(**head, unit=unit, seen=seen)
            self.findings: tuple[Finding, ...] = tuple(told["findings"])
            if not all(isinstance(found, Finding) for found in self.findings):
                raise TypeError("what a part found is no finding")

    def arrow(self, *names: str) -> list[pa.Table | None]:
        """Return tables as Arrow holds them; None for one that the ledger has no row of."""
        with self._sound():
            data = pa.py_buffer(self._read()) if set(names) & set(self._begins) else None
            return [self._stream(data, name) if name in self._begins else None for name in names]

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; one without columns where the ledger has no row of it."""
        (found,) = self.arrow(name)
        return pd.DataFrame() if found is None else found.to_pandas()

    def column(self, name: str, column: str) -> pa.Array | None:
        """Return one column of a table, the others left packed; None where there is no row of it."""
        if name not in self._begins:
            return None
        with self._sound():
            begins = pa.py_buffer(self._read()).slice(self._from + self._begins[name])
            schema = pa.ipc.open_stream(begins).schema
            self._about(schema, name)
            only = pa.ipc.IpcReadOptions(
                use_threads=False, included_fields=[schema.get_field_index(column)]
            )
            table = pa.ipc.open_stream(begins, options=only).read_all()
            table.validate(full=True)
            return table.column(column).combine_chunks()

    def digest(self) -> str:
        """Return what the part is told by, wherever the documents beside its ledger lie."""
        told = {"head": _told(replace(self.head, seen=())), "findings": list(self.findings)}
        digest = hashlib.sha256(encoded(_plain(told)))
        digest.update(self._read()[self._from :])
        return digest.hexdigest()[:32]

    def has(self, name: str) -> bool:
        """Say whether the ledger has rows of a table."""
        return name in self._begins

    def without_seen(self) -> StoredPart:
        """Return the part without what was seen of its documents, of which thousands are many."""
        self.head = replace(self.head, seen=())
        return self

    def _stream(self, data: pa.Buffer, name: str) -> pa.Table:
        begins = data.slice(self._from + self._begins[name])
        table = pa.ipc.open_stream(begins, options=_ALONE).read_all()
        table.validate(full=True)
        self._about(table.schema, name)
        return table.replace_schema_metadata()

    def _sound(self) -> _Damage:
        return _Damage(self.name)

    def _about(self, schema: pa.Schema, table: str) -> dict[str, Any]:
        about: dict[str, Any] = json.loads((schema.metadata or {})[_ABOUT])
        made = about["schema_version"], about["package"], about["table"]
        if made != (SCHEMA_VERSION, __version__, table):
            told = f"{about['package']}, {about['schema_version']}"
            values = {"value": told, "expected": f"{__version__}, {SCHEMA_VERSION}"}
            raise UnreadableError(Finding("part-of-other-version", self.name, values=values))
        return about


@dataclass(frozen=True, slots=True)
class _Damage:
    """Says of a part that cannot be read as one that it is damaged."""

    name: str

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> None:
        # Bytes that somebody else wrote give the head any shape, and places that are not in the file.
        known = (pa.ArrowException, OSError, ValueError, TypeError, LookupError, EOFError,
                 ArithmeticError, AttributeError, RecursionError)  # fmt: skip
        if isinstance(problem, known):
            raise UnreadableError(Finding("part-damaged", self.name)) from problem


def _told(head: PartHead) -> dict[str, Any]:
    names = PartHead.__slots__
    return {name: getattr(head, name) for name in names} | {"unit": list(head.unit)}


def _arrows(tables: Mapping[int, pd.DataFrame]) -> dict[int, pa.Table]:
    """Return tables as Arrow holds them; those whose columns are alike are handed over as one."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for at, table in tables.items():
        alike.setdefault((*table.columns, *table.dtypes), []).append(at)
    found: dict[int, pa.Table] = {}
    for group in alike.values():
        own = [tables[at] for at in group]
        ends = np.cumsum([0, *map(len, own)]).tolist()
        whole = pd.concat(own, ignore_index=True) if len(own) > 1 else own[0]
        columns = {str(name): _cut(cells, ends) for name, cells in whole.items()}
        for place, at in enumerate(group):
            found[at] = pa.table({name: pieces[place] for name, pieces in columns.items()})
    return found


def _cut(cells: pd.Series, ends: Sequence[int]) -> list[pa.Array]:
    """Return the pieces of a column in the bytes that each has wherever it comes from.

    Rows cut out of a longer table would bring some of the others along.
    """
    if cells.dtype == object:
        # What kind of cells it holds is seen from the cells, which others must not change.
        pieces = [cells.iloc[first:last] for first, last in pairwise(ends)]
        return [pa.array(piece, from_pandas=True) for piece in pieces]
    # The array of Arrow within, where there is one, is found without asking the series for it.
    held = cells.array
    source = held if isinstance(held, pd.arrays.ArrowStringArray) else cells
    found = pa.array(source, from_pandas=True)
    whole = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    none = whole[:0]
    return [pa.concat_arrays([whole[first:last], none]) for first, last in pairwise(ends)]


def _stream(table: pa.Table, name: str, told: str = "") -> bytes:
    about = {"table": name, "schema_version": SCHEMA_VERSION, "package": __version__}
    about |= {"told": told} if told else {}
    table = table.replace_schema_metadata({_ABOUT: json.dumps(about, ensure_ascii=False)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_packed()) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


@cache
def _packed() -> pa.ipc.IpcWriteOptions:
    # Handing a few kilobytes to threads takes longer than packing them.
    packing = "zstd" if pa.Codec.is_available("zstd") else None
    return pa.ipc.IpcWriteOptions(compression=packing, use_threads=False)


def _plain(value: Any) -> Any:
    """Return a value of a finding as the kinds that JSON is to hold: no scalars of numpy or pandas."""
    if isinstance(value, Finding):
        return replace(value, values=_plain(dict(value.values)))
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value
