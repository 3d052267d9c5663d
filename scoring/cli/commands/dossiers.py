"""``parindex dossiers count``: the log of a one-stop system to the figures of a criteria set."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.analysis.dossier_effects import dossier_effects
from scoring.base.dates import format_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding, findings_frame
from scoring.base.labels import Named
from scoring.base.numbers import format_number
from scoring.cli.commands.given_files import day_of
from scoring.cli.console import Console
from scoring.criteria import CriteriaSet, open_set
from scoring.dossiers.count_options import options_table, other_choices, read_options
from scoring.dossiers.counted_logs import counted_with_state, run_over_dask
from scoring.dossiers.counts_asked import Asked, Counts
from scoring.dossiers.counts_files import write_counts
from scoring.dossiers.direct_counts import counted_directly
from scoring.dossiers.dossier_alerts import dossier_alerts, read_thresholds
from scoring.dossiers.dossier_figures import (
    MONTHS,
    ROMAN_QUARTERS,
    Counting,
    catalogue_lists,
    counts_table,
    figures,
    units_alike,
)
from scoring.dossiers.event_store import LogTask, log_files, log_tasks
from scoring.dossiers.log_columns import read_columns
from scoring.files.children.over_dask import connected
from scoring.files.declared_tables import read_declared
from scoring.files.folder_lock import folder_lock
from scoring.files.left_behind import scratch_folder
from scoring.files.overwriting import note
from scoring.files.sealed.own_seal import key_findings
from scoring.files.table_files import Dialect, write_csv
from scoring.outputs.results_manifest import results_folder
from scoring.tables import empty

# Alerts of a kind on the screen; the table has all.
_MOST_ALERTS = 5
_SHOWN = ("dossiers", "on_time", "online", "digitised", "payable", "paid")


@dataclass(frozen=True)
class _Run:
    """What was counted, how, and what the set makes of it."""

    counted: Counts
    counting: Counting
    criteria: CriteriaSet

    def made(self, counting: Counting) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
        """Return counts and figures under the options of `counting`."""
        table, findings = self.counted.under(counting.options)
        counts = counts_table(table, counting)
        inputs, absent = figures(counts, counting, self.criteria)
        return counts, inputs, [*findings, *absent]

    def others(self) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """Yield each question, another choice, and the figures under it."""
        for name, choice, changed in other_choices(self.counting.options):
            yield name, choice, self.made(replace(self.counting, options=changed))[1]


def run(options: argparse.Namespace, console: Console) -> int:
    """Count logs, write counts, figures and the effect of every choice, and show the counts."""
    criteria, chosen = open_set(options.criteria), read_options(_path(options.options))
    columns, findings = read_columns(_path(options.columns))
    limits = read_thresholds(_path(options.alerts))
    counting, known, more = _counting(options, chosen)
    paths, left = log_files([Path(name) for name in options.logs])
    tasks, same = log_tasks(paths, columns, known, counting.year, options.personal)
    findings += [*more, *left, *same]
    others = [] if options.no_effects else [one for *_, one in other_choices(chosen)]
    lists = catalogue_lists(counting.procedures)
    asked = Asked(
        [chosen, *others], counting.on.isoformat(), counting.year, MONTHS[counting.by], lists
    )
    with ExitStack() as held:
        found = _counts(options, tasks, asked, held)
        work = _Run(found, counting, criteria)
        counts, inputs, more = work.made(counting)
        effects = dossier_effects(inputs, work.others() if others and len(inputs) else [], criteria)
    findings += [*found.findings, *more, *units_alike(counts, counting)]
    alerts = dossier_alerts(counts, found.open_dossiers, counting, limits, console.lang)
    tables = {"inputs": inputs, "counts": counts, "effects": effects, "alerts": alerts}
    tables["options"] = options_table(chosen, console.lang)
    _write(tables, findings, options, _inputs(options, tasks), criteria, console)
    shown = _show_counts(counts, options.by, console)
    _show_alerts(alerts, counting, console)
    console.wrote(options.out)
    told = [{**row, "before": _or_none(row["before"])} for row in alerts.to_dict("records")]
    console.give({"periods": shown, "alerts": told, "findings": console.findings_json(findings)})
    return console.report(findings, Path(options.out) / "findings.csv")


def _counts(
    options: argparse.Namespace, tasks: list[LogTask], asked: Asked, held: ExitStack
) -> Counts:
    """Count where the logs lie; or by way of a state, where there is a next time or a cluster."""
    if options.scheduler and options.engine != "dask":
        raise UsageError("--scheduler needs --engine dask")
    if options.scheduler and not options.state:
        raise UsageError("--scheduler needs --state", Finding("dossiers-dask-needs-state"))
    state = held.enter_context(_state(options.state))
    for finding in key_findings() if options.state else ():
        note(finding)
    if options.engine == "dask":
        client = held.enter_context(connected(options.scheduler, options.workers))
        return counted_with_state(tasks, state, asked, run_over_dask(client))
    if options.state:
        return counted_with_state(tasks, state, asked)
    return counted_directly(tasks, state, asked)


def _path(name: str | None) -> Path | None:
    return Path(name) if name else None


@contextmanager
def _state(name: str | None) -> Iterator[Path]:
    """Give the folder of the state, which one run at a time has; a private one that goes after."""
    if not name:
        with scratch_folder() as folder:
            yield Path(folder)
        return
    state = Path(name).resolve()
    state.mkdir(parents=True, exist_ok=True)
    with folder_lock(state / ".lock", state):
        yield state


def _counting(
    options: argparse.Namespace, chosen: dict[str, str]
) -> tuple[Counting, dict[str, list[str]], list[Finding]]:
    units, findings = _table(options.units, "DossierUnits")
    procedures, more = _table(options.procedures, "DossierProcedures")
    known = {"units": sorted(units["unit_code"]), "procedures": sorted({*procedures["procedure"]})}
    counting = Counting(options.year, day_of(options.on), options.by, chosen, units, procedures)
    return counting, known, [*findings, *more]


def _table(name: str | None, table: str) -> tuple[pd.DataFrame, list[Finding]]:
    return read_declared(Path(name), table) if name else (empty(table), [])


def _inputs(options: argparse.Namespace, tasks: list[LogTask]) -> list[Path]:
    beside = (options.units, options.procedures, options.columns, options.options, options.alerts)
    return [*(Path(task.path) for task in tasks), *(Path(name) for name in beside if name)]


def _write(
    tables: dict[str, pd.DataFrame], findings: list[Finding], options: argparse.Namespace,
    inputs: list[Path], criteria: CriteriaSet, console: Console,
) -> None:  # fmt: skip
    dialect: Dialect = options.csv_dialect
    with results_folder(Path(options.out), inputs, criteria, "dossiers count") as folder:
        for name, table in tables.items():
            whole = {one: "Int64" for one in ("year", "unknown") if one in table}
            write_csv(table.astype(whole), folder / f"{name}.csv", dialect)
        write_counts(tables["counts"], folder)
        write_csv(findings_frame(findings, console.lang), folder / "findings.csv", dialect)


def _shown(counts: pd.DataFrame, by: str, console: Console) -> list[dict[str, Any]]:
    """Return the main counts of all units together, period by period; NaN: not known."""
    shown = []
    for part, (_, of_period) in enumerate(counts.groupby("period", sort=False), start=1):
        sums = of_period.groupby("count")["value"].sum(min_count=1)
        # A quarter is written as the tables write it.
        number = (
            Named(ROMAN_QUARTERS[(part - 1) % 4], str(part)).text(console.lang)
            if by == "quarter"
            else part
        )
        named = {"period": console.text(f"dossiers_by_{by}", part=number)}
        shown.append({**named, **{name: float(sums.get(name, np.nan)) for name in _SHOWN}})
    return shown


def _show_counts(counts: pd.DataFrame, by: str, console: Console) -> list[dict[str, Any]]:
    shown = _shown(counts, by, console)
    heads = console.heads("dossiers_column_", "period", *_SHOWN)
    cells = [[one["period"], *(_number(one[name], console) for name in _SHOWN)] for one in shown]
    console.table(heads, cells, " " + "r" * len(_SHOWN))
    return shown


def _show_alerts(alerts: pd.DataFrame, counting: Counting, console: Console) -> None:
    """Say how many alerts there are, and the worst of each kind."""
    on = format_date(counting.on, console.lang)
    console.print()
    if not len(alerts):
        console.print(console.text("dossiers_alerts_none", on=on))
        return
    said = {"on": on, "count": _number(len(alerts), console), "file": "alerts.csv"}
    console.print(console.text("dossiers_alerts_shown", **said))
    for sentence in alerts.groupby("alert", sort=False)["sentence"].head(_MOST_ALERTS):
        console.print(f"  {sentence}")


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _number(value: float, console: Console) -> str:
    return format_number(value, 0, console.lang)
