"""Logs to counts: every file taken in, every month counted once, everything put together.

A dossier belongs to the month its events say it was received in. One whose events name several
months, because it was corrected, is a stray: strays are left out of the months and counted apart,
so that each dossier is counted once, by its last event, whichever file that came in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.dossiers.counts_asked import Asked, Counts, nothing_counted
from scoring.dossiers.duck import SCHEMA_VERSION, demand_engine, engine, text
from scoring.dossiers.event_store import (
    LogTask,
    Taken,
    digest,
    events_by_month,
    forget_others,
    refuse_links,
    take,
)
from scoring.dossiers.merged_counts import merge, open_dossiers
from scoring.dossiers.month_counts import CountTask, count_partition
from scoring.dossiers.repeated_dossiers import make_again
from scoring.files.children.guarded import end_child
from scoring.files.children.over_dask import Done, run_tasks
from scoring.files.overwriting import note
from scoring.files.sealed.own_seal import OwnSeal

Work = Callable[[Any], Any]
Runner = Callable[[Work, Sequence[Any]], list[Done]]


def run_here(work: Work, tasks: Sequence[Any]) -> list[Done]:
    """Do the work task by task, in this process and its reading child."""
    return [Done(task, work(task)) for task in tasks]


def run_over_dask(client: Any) -> Runner:
    """Return what hands each task to a worker of a cluster; all see the state under one path."""

    def run(work: Work, tasks: Sequence[Any]) -> list[Done]:
        placed = list(enumerate(tasks))
        found = run_tasks(client, partial(_placed, work), placed, name=_file_of)
        return [replace(one, task=one.task[1]) for one in sorted(found, key=_place)]

    return run


def _placed(work: Work, task: tuple[int, Any]) -> Any:
    return work(task[1])


def _place(done: Done) -> int:
    return int(done.task[0])


def _file_of(task: tuple[int, Any]) -> str:
    """Return what a finding names: the log, or the month whose events are counted."""
    one = task[1]
    return one.file if isinstance(one, LogTask) else Path(one.files[0]).parent.name


@dataclass(frozen=True)
class Events:
    """What was taken in: the events of each month, the strays, and what was found.

    `foreign` counts what lay in the state without the mark of our `seal`.
    """

    state: Path
    seal: OwnSeal
    months: Mapping[str, tuple[Path, ...]]
    strays: str = ""
    strays_in: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    foreign: int = 0


def taken_in(tasks: Sequence[LogTask], state: Path, run: Runner = run_here) -> Events:
    """Take the logs in that the state does not have, and find the strays.

    Parameters
    ----------
    tasks : sequence of LogTask
    state : Path
        Folder of the state; with Dask all workers must see it.
    run : callable
        How tasks are run: `run_here`, or what `run_over_dask` gives.
    """
    demand_engine()
    state, seal = state.resolve(), OwnSeal.of("dossiers")
    refuse_links(state)
    found = run(partial(take, state, seal), tasks)
    # What comes next needs the memory.
    end_child()
    months = {month: tuple(files) for month, files in events_by_month(state, tasks).items()}
    # A log that no worker survives is set aside, as one that cannot be read.
    told = [Taken((done.finding,)) if done.finding else done.answer for done in found]
    findings = tuple(one for of_log in told for one in of_log.findings)
    events = Events(
        state, seal, months, findings=findings, foreign=sum(t.was_foreign for t in told)
    )
    if not months:
        return events
    strays, strays_in = _strays(state, [file for files in months.values() for file in files])
    return replace(events, strays=strays, strays_in=strays_in)


def _strays(state: Path, files: Sequence[Path]) -> tuple[str, dict[str, str]]:
    """Return the file of the strays' hashes, empty for none, and what is of each month in short."""
    source = f"read_parquet([{', '.join(map(text, files))}], hive_partitioning=false)"
    folder = state / "partials"
    folder.mkdir(parents=True, exist_ok=True)
    with engine(files, [folder], ordered=False) as duck:
        duck.execute(f"CREATE TEMP VIEW events AS SELECT dossier, received FROM {source}")
        make_again(duck)
        duck.execute(
            "CREATE TEMP TABLE strays AS SELECT hash(dossier) AS h FROM events "
            "WHERE hash(dossier) IN (SELECT h FROM again) GROUP BY 1 "
            "HAVING date_trunc('month', min(received)) <> date_trunc('month', max(received))"
        )
        in_short = "sha256(list_sort(list(DISTINCT h))::VARCHAR)"
        whole = duck.execute(f"SELECT count(*), {in_short} FROM strays").fetchone()
        if not whole[0]:
            return "", {}
        target = folder / f"strays-{whole[1][:32]}.parquet"
        # They are at hand, and a file that is there may be somebody else's.
        new = folder / f".{target.name}"
        duck.execute(f"COPY strays TO {text(new)} (FORMAT parquet)")
        new.replace(target)
        by_month = duck.execute(
            f"SELECT month, {in_short} FROM (SELECT strftime(received, '%Y-%m') AS month, "
            "hash(dossier) AS h FROM events WHERE hash(dossier) IN (SELECT h FROM strays)) GROUP BY 1"
        ).fetchall()
    return str(target), dict(sorted(by_month))


def count_tasks(events: Events, asked: Asked) -> list[CountTask]:
    """Return a task for each month, and one for the strays.

    The name of what a task makes is the hash of what it is made of, so that a month whose events
    did not change is not counted again.
    """
    parts = [
        (files, events.strays_in.get(month, ""), False) for month, files in events.months.items()
    ]
    if events.strays:
        files = tuple(file for month in events.strays_in for file in events.months[month])
        parts.append((files, events.strays, True))
    return [_count_task(events, *part, asked) for part in parts]


def _count_task(
    events: Events, files: Iterable[Path], strays: str, of_strays: bool, asked: Asked
) -> CountTask:
    names = [path.relative_to(events.state).as_posix() for path in files]
    told = [names, Path(strays).name, of_strays, asked.on, SCHEMA_VERSION, __version__]
    folder = events.state / "partials"
    wanted = tuple(
        (one, str(folder / f"{digest([*told, one])}.parquet")) for one in asked.choices()
    )
    given = tuple(str(events.state / name) for name in names)
    return CountTask(given, events.strays if strays else "", of_strays, wanted, asked.on)


def counted(events: Events, asked: Asked, run: Runner = run_here) -> Counts:
    """Count what was not counted before, under all choices asked for, and put months together."""
    made = run(partial(count_partition, events.seal), count_tasks(events, asked))
    foreign = events.foreign + sum(done.answer[1] for done in made if not done.finding)
    if foreign:
        note(Finding("kept-not-ours", str(events.state), values={"count": foreign}))
    if not made:
        return nothing_counted(asked, events.findings)
    for done in made:
        if done.finding:
            # Counts without one of their parts would be wrong.
            raise UnreadableError(done.finding)
    answers = [done.answer[0] for done in made]
    partials = [[Path(one) for one in of_choice] for of_choice in zip(*answers, strict=True)]
    tables = [partial(merge, files, asked.months, asked.lists) for files in partials]
    return Counts(asked, tables, open_dossiers(partials[0]), events.findings)


def counted_with_state(
    tasks: Sequence[LogTask], state: Path, asked: Asked, run: Runner = run_here
) -> Counts:
    """Count logs by way of a state, which then holds what a next run with them can use."""
    events = taken_in(tasks, state, run)
    found = counted(events, asked, run)
    used = [Path(target) for task in count_tasks(events, asked) for _, target in task.wanted]
    forget_others(events.state, tasks, [*used, *map(Path, filter(None, [events.strays]))])
    return found
