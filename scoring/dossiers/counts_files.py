"""Counts as Parquet, a file a period: readable by pandas, DuckDB and whoever comes later."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.dossiers.duck import SCHEMA_VERSION, engine
from scoring.dossiers.event_store import schema_finding
from scoring.files.atomic import write_atomically

COUNTS = "counts"


def write_counts(counts: pd.DataFrame, folder: Path) -> None:
    """Write the table ``DossierCounts`` below `folder`, as ``counts/year=…/period=…/counts.parquet``.

    The periods of a year are numbered in their order (``period=03``); the column ``period`` says
    how the long table writes each. The version of the schema and of the package stand in every file.
    """
    for year, of_year in counts.groupby("year", sort=True):
        periods = of_year["period"].unique()
        order = sorted(periods, key=lambda text: (len(text), text))
        for place, period in enumerate(order, start=1):
            target = folder / COUNTS / f"year={year}" / f"period={place:02d}" / "counts.parquet"
            write_atomically(target, _parquet_bytes(of_year[of_year["period"] == period]))


def _parquet_bytes(frame: pd.DataFrame) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.Table.from_pandas(frame, preserve_index=False)
    told = {"schema_version": SCHEMA_VERSION, "package": __version__, "table": "DossierCounts"}
    sink = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata(told), sink)
    return sink.getvalue()


def read_counts(folder: Path, year: int, period: int | None = None) -> pd.DataFrame:
    """Read counts back; only the files of the periods asked for are opened.

    Parameters
    ----------
    folder : Path
        A folder of results.
    year : int
    period : int, optional
        The number of a period, from 1; all by default.

    Returns
    -------
    DataFrame
        The table ``DossierCounts``.

    Raises
    ------
    UnreadableError
        ``file-missing``; ``table-damaged``; ``dossiers-schema-other``.
    """
    asked = "*" if period is None else f"{period:02d}"
    files = sorted((folder / COUNTS / f"year={year}").glob(f"period={asked}/counts.parquet"))
    if not files:
        raise UnreadableError(Finding("file-missing", values={"path": str(folder / COUNTS)}))
    said: Mapping[str, Any] = {"files": [str(path) for path in files]}
    with engine(files) as duck:
        try:
            versions = duck.execute(
                "SELECT file_name, decode(value) FROM parquet_kv_metadata($files) "
                "WHERE decode(key) = 'schema_version'", said,
            ).fetchall()  # fmt: skip
            known = dict(versions)
            for path in map(str, files):
                if known.get(path) != SCHEMA_VERSION:
                    raise UnreadableError(schema_finding(path, known.get(path, "—")))
            read = "read_parquet($files, hive_partitioning=false)"
            return duck.execute(f"SELECT * FROM {read}", said).df()
        except UnreadableError:
            raise
        except Exception as problem:  # DuckDB raises many kinds for a damaged file
            found = Finding("table-damaged", str(folder / COUNTS), values={"row": 0})
            raise UnreadableError(found) from problem
