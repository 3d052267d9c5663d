"""The log of a country's one-stop systems to counts: ours, a bare DuckDB query, and pandas.

A simulated log is written, a file a million dossiers: 3,400 units of very different size, some 330
procedures each, a year; two in a hundred are corrected by a later row, some into another month.
Every way, in a process of its own, counts the same: dossiers, on time, online, paid and so on by
unit and month, each dossier once by its last row, and distinct procedures. Counts must be equal.

Ours is what ``parindex dossiers count`` calls, row by row checks included: logs are checked and
counted in the reading child, which is gone before this process takes the counts up, so that the two
do not add up. With a state, again with nothing new, and under every other choice as well are told
up to five million. Bare is the shortest DuckDB query that gives these counts of a log known to be
sound, without a limit to its memory. Pandas reads one file at a time, after a pass that finds the
dossiers that come again.

    python benchmarks/dossiers.py [DOSSIERS ...] [--small | --full]
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from made_logs import FLAGS, YEAR, write_log
from measuring import OURS, Claim, Claims, Cost, alone, lacking, of_way

from scoring.dossiers.count_options import other_choices, read_options
from scoring.dossiers.counted_logs import counted_with_state
from scoring.dossiers.counts_asked import Asked
from scoring.dossiers.direct_counts import counted_directly
from scoring.dossiers.event_store import log_files, log_tasks
from scoring.dossiers.log_columns import shipped_columns
from scoring.files.children import guarded

MILLION = 1_000_000
SIZES = {"small": [5_000], "normal": [MILLION, 2 * MILLION, 4 * MILLION],
         "full": [5 * MILLION, 10 * MILLION, 20 * MILLION, 50 * MILLION]}  # fmt: skip
ON = "2026-12-31"
COUNTS = ["dossiers", "on_time", "online", "digitised", "payable", "paid", "satisfied", *FLAGS]
DISTINCT = ["any_channel", "online_only", "with_payment_due", "paid_online"]
BARE, PANDAS = "bare DuckDB query", "pandas, file by file"


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


def run(count: Callable[[Path], pd.DataFrame], folder: Path, out: Path) -> None:
    """Count in this process and write the counts."""
    table = count(folder)
    guarded.end_child()
    table = table.reindex(columns=COUNTS + DISTINCT).fillna(0).astype("int64").sort_index()
    table.columns.name = None
    table.reset_index().astype({"unit": str, "month": "int64"}).to_parquet(out)


WAYS: Mapping[str, Callable[..., None]] = {
    OURS: partial(run, ours),
    BARE: partial(run, bare),
    PANDAS: partial(run, by_pandas),
    "ours, with a state": partial(run, kept),
    "ours, with a state, again": partial(run, kept),
    "ours, every other choice too": partial(run, effects),
}
PEERS = (OURS, BARE, PANDAS)


def claims(sizes: Sequence[int]) -> Claims:
    """Assert that every way counts the same, then yield what each costs; CSV at the least size."""
    if gone := lacking("dossiers", "duckdb"):
        yield gone
        return
    costs = {n: costs_of(n, WAYS if n <= 5 * MILLION else PEERS) for n in sizes}
    yield Claim("dossiers", "every count of units and months", costs)
    few = min(MILLION, *sizes)
    costs = {few: costs_of(few, (OURS, PANDAS), "csv")}
    yield Claim("dossiers-csv", "every count of units and months", costs)


def costs_of(count: int, ways: Sequence[str], kind: str = "parquet") -> dict[str, Cost]:
    """Write the log, count every way, and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder, costs, first = Path(name, "log"), {}, None
        folder.mkdir()
        write_log(folder, count, kind)
        for way in ways:
            out = Path(name, "counts.parquet")
            costs[way] = of_way(__file__, way, folder, out)
            table = pd.read_parquet(out)
            first = table if first is None else first
            pd.testing.assert_frame_equal(table, first)
    return costs


if __name__ == "__main__":
    alone(claims, SIZES, WAYS)
