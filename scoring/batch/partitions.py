"""Results as Parquet, a folder for each year and period, so that a reader opens what he asks for.

``scores/year=2026/period=qu%C3%BD%20I/scores.parquet`` is read by pandas, DuckDB and any other
program that knows such folders. The whole year is ``period=year``. Every file names its ``table``,
the ``schema_version`` and the ``package`` that wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.units import is_whole_year
from scoring.files.children.guarded import read_guarded
from scoring.files.parquet_reading import parquet_layout, read_row_group

# Raised whenever a table of results changes its columns or their meaning.
SCHEMA_VERSION = 1
_ABOUT = b"parindex"
_WHOLE = "year"


def write_parquet(file: BinaryIO, name: str, slices: Iterable[pd.DataFrame]) -> None:
    """Write the rows of one year and period, a slice at a time; the first says what columns hold.

    Parameters
    ----------
    file : binary file
    name : str
        The table of `scoring.tables`, by the name of its file.
    slices : iterable of DataFrame
        With the columns ``year`` and ``period``, which the folder of the file tells.
    """
    writer: parquet.ParquetWriter | None = None
    try:
        for rows in slices:
            own = rows.drop(columns=["year", "period"])
            if writer is None:
                writer = parquet.ParquetWriter(file, _schema(name, own))
            writer.write_table(pa.Table.from_pandas(own, writer.schema, preserve_index=False))
    finally:
        if writer is not None:
            writer.close()


def _schema(name: str, rows: pd.DataFrame) -> pa.Schema:
    about = {"table": name, "schema_version": SCHEMA_VERSION, "package": __version__}
    fields = [pa.field(str(column), _kind(str(column), rows[column])) for column in rows]
    return pa.schema(fields, {_ABOUT: json.dumps(about)})


def _kind(name: str, cells: pd.Series) -> pa.DataType:
    """Return how a column is stored: as its cells are, whatever the first slice happens to hold."""
    if pd.api.types.is_bool_dtype(cells):
        return pa.bool_()
    if pd.api.types.is_integer_dtype(cells):
        return pa.int64()
    if pd.api.types.is_float_dtype(cells):
        return pa.float64()
    return pa.date32() if cells.dtype.kind == "M" else pa.string()


def partition(year: int, period: str) -> str:
    """Return the folder of a year and period.

    >>> partition(2026, "quý I"), partition(2026, "")
    ('year=2026/period=qu%C3%BD%20I', 'year=2026/period=year')
    """
    return f"year={year}/period={quote(period or _WHOLE, safe='')}"


def read_results(
    folder: Path | str,
    periods: Collection[str] | None = None,
    *,
    years: Collection[int] | None = None,
    table: str = "scores",
) -> pd.DataFrame:
    """Return a table of the results of ``batch``; only what was asked for is opened.

    Parameters
    ----------
    folder : Path or str
        What ``--out`` named.
    periods : collection of str, optional
        All by default; the empty text is the whole year, however ledgers write it.
    years : collection of int, optional
    table : str
        ``scores``, ``gaps`` or ``documents``.

    Returns
    -------
    DataFrame
        With ``year`` and ``period``; no row where nothing was asked for is there.

    Raises
    ------
    UnreadableError
        ``results-of-other-version`` for a file that another schema or program wrote,
        ``file-missing`` where there is no such table, and what `read_row_group` raises.
    """
    root = Path(folder) / table
    found = [
        (path, year, period)
        for path, year, period in _partitions(root, table)
        if (years is None or year in years) and (periods is None or _is_asked(period, periods))
    ]
    frames = [_read(path, table).assign(year=year, period=period) for path, year, period in found]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _partitions(root: Path, table: str) -> Iterator[tuple[Path, int, str]]:
    if not root.is_dir():
        raise UnreadableError(Finding("file-missing", str(root), values={"path": root.name}))
    for path in sorted(root.glob(f"year=*/period=*/{table}.parquet")):
        period = unquote(path.parent.name.removeprefix("period="))
        year = path.parent.parent.name.removeprefix("year=")
        if year.isdecimal():
            yield path, int(year), "" if period == _WHOLE else period


def _is_asked(period: str, periods: Collection[str]) -> bool:
    whole = is_whole_year(period) and any(map(is_whole_year, periods))
    return whole or period in periods


def _read(path: Path, table: str) -> pd.DataFrame:
    about = read_guarded(f"{__name__}:about_of", b"", path=str(path), file=path.name)
    if (about.get("table"), about.get("schema_version")) != (table, SCHEMA_VERSION):
        told = f"{about.get('package', '?')}, {about.get('schema_version', '?')}"
        values = {"value": told, "expected": f"{__version__}, {SCHEMA_VERSION}"}
        raise UnreadableError(Finding("results-of-other-version", str(path), values=values))
    _, groups = parquet_layout(path)
    return pa.concat_tables(
        [read_row_group(path, group) for group in range(len(groups))], promote_options="permissive"
    ).to_pandas()


def about_of(_: bytes, path: str, file: str) -> dict[str, Any]:
    """Return what a file says of itself; nothing where it is no file of ours."""
    try:
        told = json.loads((parquet.read_schema(path).metadata or {}).get(_ABOUT, b"{}"))
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise UnreadableError(Finding("table-damaged", file, values={"row": 1})) from problem
    return told if isinstance(told, dict) else {}
