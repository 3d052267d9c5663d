"""Logs to counts: every file taken in, every month counted once, everything put together.

A dossier belongs to the month its events say it was received in. One whose events name several
months, because it was corrected, is a stray: strays are left out of the months and counted apart,
so that each dossier is counted once, by its last event, whichever file that came in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from scoring import __version__
from scoring.base.findings import Finding
from scoring.dossiers.count_options import OF_FIGURES, Options
from scoring.dossiers.duck import SCHEMA_VERSION, engine, text
from scoring.dossiers.event_store import LogTask, digest, events_by_month, take
from scoring.dossiers.month_counts import CountTask, count_partition, merge
from scoring.survey.personal_data import shown_safely

Work = Callable[[Any], Any]
Runner = Callable[[Work, Sequence[Any]], list[Any]]


def run_here(work: Work, tasks: Sequence[Any]) -> list[Any]:
    """Do the work task by task, in this process and its reading child."""
    return [work(task) for task in tasks]


def run_on_dask(work: Work, tasks: Sequence[Any]) -> list[Any]:
    """Hand one task to each worker of Dask's current client; all see the state under one path."""
    import dask

    return list(dask.compute(*(dask.delayed(work)(task) for task in tasks)))


@dataclass(frozen=True)
class Events:
    """What was taken in: the events of each month, the strays, and what was found."""

    state: Path
    months: Mapping[str, tuple[Path, ...]]
    strays: str = ""
    strays_in: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def taken_in(tasks: Sequence[LogTask], state: Path, run: Runner = run_here) -> Events:
    """Take the logs in that the state does not have, and find the strays.

    Parameters
    ----------
    tasks : sequence of LogTask
    state : Path
        Folder of the state; with Dask all workers must see it.
    run : callable
        How tasks are run: `run_here` or `run_on_dask`.
    """
    state = state.resolve()
    found = run(partial(take, state), tasks)
    months = {month: tuple(files) for month, files in events_by_month(state, tasks).items()}
    findings = tuple(one for of_log in found for one in of_log)
    if not months:
        return Events(state, months, findings=findings)
    strays, strays_in = _strays(state, [file for files in months.values() for file in files])
    return Events(state, months, strays, strays_in, findings)


def _strays(state: Path, files: Sequence[Path]) -> tuple[str, dict[str, str]]:
    """Return the file of the strays' hashes, empty for none, and what is of each month in short."""
    source = f"read_parquet([{', '.join(map(text, files))}], hive_partitioning=false)"
    folder = state / "partials"
    folder.mkdir(parents=True, exist_ok=True)
    with engine(files, [folder]) as duck:
        duck.execute(
            f"CREATE TEMP TABLE strays AS SELECT hash(dossier) AS h FROM {source} GROUP BY 1 "
            "HAVING date_trunc('month', min(received)) <> date_trunc('month', max(received))"
        )
        in_short = "sha256(list_sort(list(DISTINCT h))::VARCHAR)"
        whole = duck.execute(f"SELECT count(*), {in_short} FROM strays").fetchone()
        if not whole[0]:
            return "", {}
        target = folder / f"strays-{whole[1][:32]}.parquet"
        if not target.exists():
            new = folder / f".{target.name}"
            duck.execute(f"COPY strays TO {text(new)} (FORMAT parquet)")
            new.replace(target)
        by_month = duck.execute(
            f"SELECT month, {in_short} FROM (SELECT strftime(received, '%Y-%m') AS month, "
            f"hash(dossier) AS h FROM {source} WHERE hash(dossier) IN (SELECT h FROM strays)) GROUP BY 1"
        ).fetchall()
    return str(target), dict(sorted(by_month))


def count_tasks(events: Events, options: Options, on: str) -> list[CountTask]:
    """Return a task for each month, and one for the strays.

    The name of what a task makes is the hash of what it is made of, so that a month whose events
    did not change is not counted again.
    """
    chosen = {name: choice for name, choice in options.items() if name not in OF_FIGURES}
    parts = [(files, events.strays_in.get(month, "")) for month, files in events.months.items()]
    tasks = [_count_task(events, files, strays, False, chosen, on) for files, strays in parts]
    if events.strays:
        files = tuple(file for month in events.strays_in for file in events.months[month])
        tasks.append(_count_task(events, files, events.strays, True, chosen, on))
    return tasks


def _count_task(
    events: Events,
    files: Iterable[Path],
    strays: str,
    of_strays: bool,
    options: dict[str, str],
    on: str,
) -> CountTask:
    names = [path.relative_to(events.state).as_posix() for path in files]
    told = [names, Path(strays).name, of_strays, options, on, SCHEMA_VERSION, __version__]
    target = events.state / "partials" / f"{digest(told)}.parquet"
    given = tuple(str(events.state / name) for name in names)
    return CountTask(given, events.strays if strays else "", of_strays, options, on, str(target))


def counted(events: Events, options: Options, on: str, run: Runner = run_here) -> list[Path]:
    """Count what was not counted before; return the files of all partitions, for `merge`."""
    return [Path(one) for one in run(count_partition, count_tasks(events, options, on))]


def merged(
    partials: Sequence[Path],
    months: int,
    year: int,
    lists: Mapping[str, Collection[str]] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the counts of `year` (see `merge`), and a finding for dossiers without a last event."""
    if not partials:
        return pd.DataFrame({"kind": [], "unit": [], "year": [], "part": [], "name": [], "yes": [],
                             "unknown": []}), [_none(year)]  # fmt: skip
    table = merge(partials, months, lists)
    ties = table[table["kind"] == "same_time"]
    findings = []
    if len(ties):
        example = shown_safely(ties["example"].iloc[0], 60)
        values = {"count": int(ties["yes"].sum()), "value": example}
        findings.append(Finding("dossiers-same-time", values=values))
    table = table[(table["kind"] != "same_time") & (table["year"] == year)]
    return table, findings if len(table) else [*findings, _none(year)]


def _none(year: int) -> Finding:
    return Finding("dossiers-none-counted", values={"year": year})
