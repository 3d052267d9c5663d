"""The log of a country's one-stop systems to counts: ours, a bare DuckDB query, and pandas.

::

    python benchmarks/dossiers.py [--dossiers 5000000 ...] [--ways ours bare pandas] [--kind csv] [--folder DIR]

A simulated log is written in Parquet, a file a million dossiers: 3,400 units of very different
size, some 330 procedures each, a year; two in a hundred are corrected by a later row, some into
another month. Every way, in a process of its own, counts the same: dossiers, on time, online, paid
and so on by unit and month, each dossier once by its last row, and distinct procedures. Counts are
asserted equal; then come processor time, the clock, and the highest memory of each process.

Ours is what ``parindex dossiers count`` calls, row by row checks included: logs are checked and
counted in the reading child, which is gone before this process takes the counts up, so that the two
do not add up. ``kept`` is the same with a state, ``again`` its second run with nothing new,
``effects`` counts under every other choice as well. Bare is the shortest DuckDB query that gives
these counts of a log known to be sound, without a limit to its memory. Pandas reads one file at a
time, after a pass that finds the dossiers that come again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

from scoring.dossiers.count_options import other_choices, read_options
from scoring.dossiers.counted_logs import counted_with_state
from scoring.dossiers.counts_asked import Asked
from scoring.dossiers.direct_counts import counted_directly
from scoring.dossiers.event_store import log_files, log_tasks
from scoring.dossiers.log_columns import shipped_columns
from scoring.files.children import guarded

UNITS, PROCEDURES, PIECE, YEAR, ON = 3_400, 330, 1_000_000, 2026, "2026-12-31"
FLAGS = ("electronic_result", "reused", "shared", "population_data", "synchronised")
COUNTS = [
    "dossiers",
    "on_time",
    "online",
    "digitised",
    "payable",
    "paid",
    "satisfied",
    *FLAGS,
]
DISTINCT = ["any_channel", "online_only", "with_payment_due", "paid_online"]
WAYS = ("ours", "bare", "pandas", "kept", "again", "effects")
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


def _asked(folder: Path) -> tuple[list, Asked]:
    paths, _ = log_files([folder])
    tasks, _ = log_tasks(paths, shipped_columns(), {"units": [], "procedures": []}, YEAR, "refuse")
    return tasks, Asked([read_options(None)], ON, YEAR)


def ours(folder: Path) -> pd.DataFrame:
    """Count as the verb does that keeps nothing."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as private:
        tasks, asked = _asked(folder)
        counts = counted_directly(tasks, Path(private), asked)
        return _told(counts.under(asked.options[0])[0])


def kept(folder: Path) -> pd.DataFrame:
    """Count as the verb does with a state, which lies beside the log."""
    tasks, asked = _asked(folder)
    counts = counted_with_state(tasks, folder.parent / "state", asked)
    return _told(counts.under(asked.options[0])[0])


def effects(folder: Path) -> pd.DataFrame:
    """Count under every other choice too, as the verb does to show what each of them changes."""
    tasks, base = _asked(folder)
    others = [one for *_, one in other_choices(base.options[0])]
    asked = replace(base, options=[*base.options, *others])
    with tempfile.TemporaryDirectory(dir=folder.parent) as private:
        counts = counted_directly(tasks, Path(private), asked)
        for options in asked.options[1:]:
            counts.under(options)
        return _told(counts.under(asked.options[0])[0])


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """Return our counts as the other ways give them."""
    told = table[(table["name"] == "") | (table["name"] == "all")]
    wide = told.pivot_table(index=["unit", "part"], columns="kind", values="yes")
    return wide.rename_axis(["unit", "month"])


_BARE = """WITH log AS (SELECT * FROM {log}),
again AS MATERIALIZED (SELECT hash(dossier) AS h FROM log GROUP BY 1 HAVING count(*) > 1),
repeated AS (
    SELECT * REPLACE (bool_or(payable) OVER every AS payable, bool_or(paid) OVER every AS paid)
    FROM log WHERE hash(dossier) IN (SELECT h FROM again)
    WINDOW every AS (PARTITION BY dossier)
    QUALIFY row_number() OVER (PARTITION BY dossier ORDER BY event_at DESC) = 1),
last AS (SELECT * FROM log WHERE hash(dossier) NOT IN (SELECT h FROM again)
    UNION ALL SELECT * FROM repeated),
judged AS (
    SELECT *, month(received)::INTEGER AS month, channel = 'online' AS online,
        CASE WHEN returned <= DATE '{on}' THEN returned ELSE DATE '{on}' END <= due AS on_time,
        payable AND paid AS is_paid
    FROM last WHERE NOT withdrawn AND received <= DATE '{on}')
SELECT unit, month, count(*) AS dossiers, count(*) FILTER (on_time) AS on_time,
    count(*) FILTER (online) AS online, count(*) FILTER (digitised_parts > 0) AS digitised,
    count(*) FILTER (payable) AS payable, count(*) FILTER (is_paid) AS paid,
    count(*) FILTER (on_time AND rating <> 'dissatisfied' AND NOT petition) AS satisfied, {flags},
    count(DISTINCT procedure) AS any_channel,
    count(DISTINCT procedure) FILTER (online) AS online_only,
    count(DISTINCT procedure) FILTER (payable) AS with_payment_due,
    count(DISTINCT procedure) FILTER (is_paid) AS paid_online
FROM judged GROUP BY ALL"""


def bare(folder: Path) -> pd.DataFrame:
    """Count by one query."""
    import duckdb

    flags = ", ".join(f"count(*) FILTER ({name}) AS {name}" for name in FLAGS)
    with duckdb.connect(config={"threads": 2, "temp_directory": str(folder.parent)}) as duck:
        read = "read_parquet" if any(folder.glob("*.parquet")) else "read_csv"
        query = _BARE.format(on=ON, flags=flags, log=f"{read}('{folder}/log-*')")
        return duck.execute(query).df().set_index(["unit", "month"])


def by_pandas(folder: Path) -> pd.DataFrame:
    """Count file by file, the dossiers that come again in the end."""
    paths = sorted(folder.glob("log-*"))
    names = pd.concat([_read(path, ["dossier"])["dossier"] for path in paths])
    again = names[names.duplicated()].unique()
    del names
    parts = list(_once(paths, again))
    repeated = pd.concat([held for _, held in parts]).sort_values("event_at")
    every = repeated.groupby("dossier")[["payable", "paid"]].any()
    last = repeated.drop_duplicates("dossier", keep="last").set_index("dossier")
    last[["payable", "paid"]] = every.loc[last.index]
    sums, pairs = zip(*(of_file for of_file, _ in parts), strict=True)
    of_last, pairs_of_last = _summed(last)
    table = pd.concat([*sums, of_last]).groupby(level=[0, 1]).sum()
    kinds = pd.concat([*pairs, pairs_of_last]).groupby(level=[0, 1, 2]).any()
    return table.join(kinds.groupby(level=[0, 1]).sum())


def _read(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path, columns=columns)
    days = None if columns else ["event_at", "received", "due", "returned"]
    return pd.read_csv(path, usecols=columns, parse_dates=days)


def _once(paths: list[Path], again: np.ndarray) -> Iterator[tuple[tuple, pd.DataFrame]]:
    for path in paths:
        rows = _read(path)
        held = rows["dossier"].isin(again)
        yield _summed(rows[~held]), rows[held]


def _summed(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sums by unit and month, and what each procedure had there."""
    rows = rows[~rows["withdrawn"]]
    days = {name: pd.to_datetime(rows[name]) for name in ("received", "due", "returned")}
    done = days["returned"].where(days["returned"] <= ON).fillna(pd.Timestamp(ON))
    online, on_time = rows["channel"] == "online", done <= days["due"]
    paid = rows["payable"] & rows["paid"]
    flags = {"dossiers": True, "on_time": on_time, "online": online,
             "digitised": rows["digitised_parts"] > 0, "payable": rows["payable"], "paid": paid,
             "satisfied": on_time & (rows["rating"] != "dissatisfied") & ~rows["petition"]}  # fmt: skip
    month = days["received"].dt.month.rename("month")
    key = [rows["unit"], month]
    table = pd.DataFrame(flags | {name: rows[name] for name in FLAGS}, index=rows.index)
    had = {
        "any_channel": True,
        "online_only": online,
        "with_payment_due": rows["payable"],
    }
    kinds = pd.DataFrame(had | {"paid_online": paid}, index=rows.index)
    return table.groupby(key).sum(), kinds.groupby([*key, rows["procedure"]]).any()


def run(way: str, folder: Path, out: Path) -> None:
    """Count in this process; write the counts and what they took."""
    count = {
        "ours": ours,
        "kept": kept,
        "again": kept,
        "bare": bare,
        "pandas": by_pandas,
        "effects": effects,
    }[way]
    clock = time.perf_counter()
    table = count(folder)
    clock = time.perf_counter() - clock
    guarded.end_child()
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    own, below = (usage.ru_maxrss / 1024 for usage in used)
    processor = sum(usage.ru_utime + usage.ru_stime for usage in used)
    table = table.reindex(columns=COUNTS + DISTINCT).fillna(0).astype("int64").sort_index()
    table.columns.name = None
    table.reset_index().astype({"unit": str, "month": "int64"}).to_parquet(out)
    taken = {"own": own, "child": below, "processor": processor, "clock": clock}
    out.with_suffix(".json").write_text(json.dumps(taken))


def compare(n: int, ways: list[str], at: Path | None, kind: str) -> None:
    """Write the log, count every way, assert equal counts, print what each took."""
    with tempfile.TemporaryDirectory(dir=at) as name:
        folder = Path(name, "log")
        folder.mkdir()
        write_log(folder, n, kind)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        print(f"{n:,} dossiers, {size:,.0f} MB of {kind}", flush=True)
        first, told = None, {}
        for way in ways:
            out = Path(name, f"{way}.parquet")
            command = [sys.executable, __file__, "--way", way, "--folder", str(folder)]
            subprocess.run([*command, "--out", str(out)], check=True)
            table = pd.read_parquet(out)
            first = table if first is None else first
            pd.testing.assert_frame_equal(table, first)
            told[way] = json.loads(out.with_suffix(".json").read_text())
            print(f"{way:6} {told[way]['processor']:7.1f} s processor {told[way]['clock']:7.1f} s clock "
                  f"{told[way]['own']:6.0f} MB, child {told[way]['child']:.0f} MB", flush=True)  # fmt: skip
    print(f"equal: {len(first):,} units and months, {first[COUNTS].sum().sum():,} counted")
    for way in ("bare", "pandas"):
        if way in told and "ours" in told:
            ratios = {one: told["ours"][one] / told[way][one] for one in ("processor", "clock")}
            print(f"ours takes {ratios['processor']:.2f} times the processor time of {way}, "
                  f"{ratios['clock']:.2f} times its clock")  # fmt: skip


def main() -> None:
    """Compare at every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dossiers", type=int, nargs="+", default=[5_000_000])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--kind", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        run(chosen.way, chosen.folder, chosen.out)
        return
    for n in chosen.dossiers:
        compare(n, chosen.ways, chosen.folder, chosen.kind)


if __name__ == "__main__":
    main()
