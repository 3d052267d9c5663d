"""Logs counted once, where they lie: nothing is kept for a next run, so little is written at all.

The reading child looks at every file and then counts all that can be read, so that whatever is in
them stays out of this process; its memory is given back before the counts are taken up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.dossiers.counts_asked import Asked, Counts, nothing_counted
from scoring.dossiers.duck import demand_engine, engine, text
from scoring.dossiers.event_store import LogTask, has_changed, reading, seconds_for
from scoring.dossiers.merged_counts import Lists, name_procedures, open_query, summed_query
from scoring.dossiers.month_counts import (
    EACH_PROCEDURE,
    count_under,
    counts_without_procedures,
    prepare,
)
from scoring.dossiers.said_cells import Lying, sound_rows
from scoring.files.children.guarded import end_child, read_guarded

_OPEN = "open.parquet"
_TEXTS = "SELECT unit, procedure AS name FROM events"


def counted_directly(tasks: Sequence[LogTask], folder: Path, asked: Asked) -> Counts:
    """Check and count logs, without a state.

    Parameters
    ----------
    tasks : sequence of LogTask
    folder : Path
        A private folder for copies and counts, to be kept while counts are asked for.
    asked : Asked

    Raises
    ------
    UnreadableError
        Where the child does not survive the counting. Logs that cannot be read, or that change
        meanwhile, are a finding each and none of their rows count.
    """
    demand_engine()
    findings: list[Finding] = []
    seen: list[tuple[LogTask, dict[str, Any]]] = []
    for number, task in enumerate(tasks):
        try:
            told = reading("look_at_log", task, folder / str(number))
        except UnreadableError as problem:
            findings.append(problem.finding)
            continue
        findings += told["findings"]
        seen.append((task, told["lies"]))
    while seen:
        counted = _counted(seen, folder, asked)
        changed = [task for task, _ in seen if has_changed(task)]
        if not changed:
            end_child()
            tables = [partial(pd.read_parquet, one) for one in counted]
            return Counts(asked, tables[:-1], tables[-1](), tuple(findings))
        findings += [Finding("dossiers-file-changed", task.file) for task in changed]
        seen = [one for one in seen if one[0] not in changed]
    return nothing_counted(asked, findings)


def _counted(seen: Sequence[tuple[LogTask, Any]], folder: Path, asked: Asked) -> list[Path]:
    """Have all of them counted; return a file for each choice, and that of the open dossiers."""
    choices = asked.choices()
    size = sum(task.entry.bytes for task, _ in seen)
    lists = {name: sorted(listed) for name, listed in asked.lists.items()}
    read_guarded(
        f"{__name__}:count_lying", b"", seconds=len(choices) * seconds_for(size),
        logs=[lies for _, lies in seen], folder=str(folder), choices=choices, on=asked.on,
        months=asked.months, lists=lists,
    )  # fmt: skip
    return [folder / _file_of(number) for number in range(len(choices))] + [folder / _OPEN]


def _file_of(number: int) -> str:
    return f"counts-{number}.parquet"


def count_lying(
    _: bytes, *, logs: Sequence[Any], folder: str, choices: Sequence[dict[str, str]], on: str,
    months: int, lists: Lists,
) -> dict[str, Any]:  # fmt: skip
    """Count in this process what `look_at_log` saw; the reading child is asked to do it.

    All choices are counted over one connection, which finds repeated dossiers once.
    """
    lying, target = [Lying(**one) for one in logs], Path(folder)
    with engine([Path(one.path) for one in lying], [target], ordered=False) as duck:
        prepare(duck, sound_rows(duck, lying), on)
        for number, chosen in enumerate(choices):
            count_under(duck, chosen)
            duck.execute(f"CREATE OR REPLACE TEMP VIEW counts AS {counts_without_procedures()}")
            name_procedures(duck, EACH_PROCEDURE, {}, months, lists, texts_of=_TEXTS)
            _write(duck, summed_query("counts", months, lists), target / _file_of(number))
            if not number:
                _write(duck, open_query("counts"), target / _OPEN)
    return {}


def _write(duck: Any, query: str, target: Path) -> None:
    duck.execute(f"COPY ({query}) TO {text(target)} (FORMAT parquet)")
