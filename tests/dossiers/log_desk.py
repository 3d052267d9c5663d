"""Small logs for tests: rows as dictionaries in, counts out, all in this process."""

import sys
from pathlib import Path

import pandas as pd

from scoring.dossiers.count_options import read_options
from scoring.dossiers.counted_logs import counted, run_here, taken_in
from scoring.dossiers.counts_asked import Asked
from scoring.dossiers.event_store import log_files, log_tasks
from scoring.dossiers.log_columns import shipped_columns
from scoring.files.children.guarded import unguarded
from scoring.files.shipped import shipped_folder

EXAMPLE = shipped_folder("evidence") / "dossiers-example-2026"
sys.path.insert(0, str(EXAMPLE.parent))

import make_dossiers as make_dossiers  # noqa: E402

ROW = {
    "dossier": "H1", "procedure": "M.001", "unit": "A", "event_at": "2026-03-02 08:00",
    "channel": "online", "received": "02/03/2026", "due": "10/03/2026", "returned": "09/03/2026",
    "withdrawn": "0", "payable": "1", "paid": "1", "parts": "3", "digitised_parts": "2",
    "electronic_result": "1", "reused": "0", "shared": "0", "population_data": "1",
    "synchronised": "1", "rating": "satisfied", "petition": "0",
}  # fmt: skip
ON = "2026-03-31"


def rows_file(path: Path, *changes: dict[str, str], without: tuple[str, ...] = ()) -> Path:
    """Write a log: each row is `ROW` with some cells changed, its dossier numbered."""
    rows = [{**ROW, "dossier": f"H{n}", **change} for n, change in enumerate(changes, start=1)]
    pd.DataFrame(rows).drop(columns=list(without)).to_csv(path, index=False)
    return path


def events_from(
    state, *paths, columns=None, units=(), procedures=(), year=2026, personal="refuse", run=run_here
):
    """Return the events of some logs, with all findings."""
    found, left = log_files(paths)
    known = {"units": list(units), "procedures": list(procedures)}
    tasks, same = log_tasks(found, columns or shipped_columns(), known, year, personal)
    with unguarded():
        events = taken_in(tasks, state, run)
    return events, [*left, *same, *events.findings]


def count(events, on=ON, months=1, year=2026, **options):
    """Return the merged counts, and findings about them, under the defaults and `options`."""
    chosen = {**read_options(None), **options}
    return counted(events, Asked([chosen], on, year, months)).under(chosen)


def numbers(table, unit="A", part=3):
    """Return what is counted of a unit in a period, by kind."""
    of_unit = table[(table["unit"] == unit) & (table["part"] == part) & (table["name"] == "")]
    return of_unit.set_index("kind")["yes"].to_dict()


def counts_under(tmp_path, rows, question="month_by", choices=("received",), on=ON, part=3):
    """Return what is counted of unit A from rows with changes, under each choice."""
    events, _ = events_from(tmp_path / "state", rows_file(tmp_path / "log.csv", *rows))
    return [numbers(count(events, on, **{question: choice})[0], part=part) for choice in choices]


def same(one, other):
    """Say whether two tables of counts are equal, whatever the order they were made in."""
    keys = ["kind", "unit", "year", "part", "name"]
    one, other = (
        t.sort_values(keys, ignore_index=True)[[*keys, "yes", "unknown"]] for t in (one, other)
    )
    return one.equals(other)
