"""Logs of one-stop systems, made for the benchmark that counts them: a file a million dossiers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

UNITS, PROCEDURES, PIECE, YEAR = 3_400, 330, 1_000_000, 2026
FLAGS = ("electronic_result", "reused", "shared", "population_data", "synchronised")
_DAY = np.timedelta64(1, "D")


def write_log(folder: Path, n: int, kind: str = "parquet") -> None:
    """Write the log of `n` dossiers, a file a million, in the order they were recorded."""
    draw = np.random.default_rng(766)
    weights = draw.pareto(1.5, UNITS) + 0.2
    weights /= weights.sum()
    late = None
    for number, start in enumerate(range(0, n, PIECE)):
        size = min(PIECE, n - start)
        piece = _piece(draw, weights, start, size, n)
        rows = piece if late is None else pd.concat([piece, late], ignore_index=True)
        late = _corrections(draw, piece)
        _write(rows, folder / f"log-{number:03d}.{kind}")
    _write(late, folder / f"log-late.{kind}")


def _piece(
    draw: np.random.Generator, weights: np.ndarray, start: int, n: int, of_all: int
) -> pd.DataFrame:
    place = start + np.arange(n)
    received = np.datetime64(f"{YEAR}-01-01") + (place * 360 // of_all) * _DAY
    allowed = draw.integers(1, 30, n)
    taken = np.minimum(draw.gamma(2.0, 4.0, n).astype(int), 60)
    returned = received + taken * _DAY
    online, parts = draw.random(n) < 0.62, draw.integers(1, 8, n)
    payable = draw.random(n) < 0.4
    # A few procedures make most dossiers.
    procedure = (PROCEDURES * draw.random(n) ** 3).astype(int)
    rating = pd.Categorical.from_codes(
        draw.choice(3, n, p=[0.5, 0.47, 0.03]), ["satisfied", "none", "dissatisfied"]
    )
    return pd.DataFrame(
        {
            "dossier": place,
            "procedure": procedure,
            "unit": draw.choice(UNITS, n, p=weights),
            "event_at": received.astype("datetime64[s]") + draw.integers(25_000, 60_000, n),
            "channel": np.where(online, 0, draw.integers(1, 3, n)),
            "received": received,
            "due": received + allowed * _DAY,
            "returned": pd.Series(returned).mask(draw.random(n) < 0.03),
            "withdrawn": draw.random(n) < 0.01,
            "payable": payable,
            "paid": payable & online & (draw.random(n) < 0.8),
            "parts": parts,
            "digitised_parts": np.where(draw.random(n) < 0.7, draw.integers(1, parts + 1), 0),
            **{name: draw.random(n) < 0.6 for name in FLAGS},
            "rating": rating,
            "petition": draw.random(n) < 0.005,
        }
    )


def _corrections(draw: np.random.Generator, piece: pd.DataFrame) -> pd.DataFrame:
    """Return later rows of two dossiers in a hundred: received another day, all digitised."""
    late = piece.iloc[np.sort(draw.choice(len(piece), len(piece) // 50, replace=False))].copy()
    late["event_at"] += pd.to_timedelta(draw.integers(86_400, 2_000_000, len(late)), "s")
    earlier = late["received"] - pd.to_timedelta(draw.integers(0, 20, len(late)), "D")
    late["received"] = earlier.clip(lower=pd.Timestamp(f"{YEAR}-01-01"))
    late["digitised_parts"] = late["parts"]
    late["paid"] = late["payable"]
    return late


def _write(rows: pd.DataFrame, path: Path) -> None:
    codes = {
        "procedure": [f"M.{number:04d}" for number in range(PROCEDURES)],
        "unit": [f"U{number:04d}" for number in range(UNITS)],
        "channel": ["online", "counter", "post"],
    }
    columns = {name: pa.array(rows[name]) for name in rows}
    columns["dossier"] = pa.array("H-" + rows["dossier"].astype(str).str.zfill(10), pa.string())
    for name, texts in codes.items():
        coded = pa.DictionaryArray.from_arrays(pa.array(rows[name], pa.int32()), texts)
        columns[name] = coded.cast(pa.string())
    columns["rating"] = columns["rating"].cast(pa.string())
    for name in ("received", "due", "returned"):
        columns[name] = columns[name].cast(pa.timestamp("s")).cast(pa.date32())
    if path.suffix == ".csv":
        csv.write_csv(pa.table(columns), path)
        return
    parquet.write_table(pa.table(columns), path, compression="zstd", row_group_size=250_000)
