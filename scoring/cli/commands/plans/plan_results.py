"""``parindex plan results``: a plan's own targets against their results on a day."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from scoring.analysis.external_series import published_results, read_external
from scoring.base.dates import format_date
from scoring.base.findings import Finding, findings_frame
from scoring.base.text import shortened
from scoring.cli.commands.given_files import chosen_set, day_looked_at
from scoring.cli.console import Console
from scoring.criteria import CriteriaSet
from scoring.evidence.long_table import read_long_table
from scoring.files.atomic import write_atomically
from scoring.files.table_files import Dialect, write_csv
from scoring.outputs.bindings_sheet import bindings_workbook
from scoring.outputs.charts.plans.plan_target_bars import plan_target_bars
from scoring.outputs.content.target_rows import target_rows, targets_sentence
from scoring.outputs.images import save_figure
from scoring.outputs.results_manifest import results_folder
from scoring.outputs.target_workbook import target_workbook
from scoring.outputs.theme import ChartContext
from scoring.plan import import_plan
from scoring.plan.feeding.feed_figures import record_findings
from scoring.plan.feeding.record import read_record
from scoring.plan.target_bindings import (
    of_this_plan,
    propose_bindings,
    read_bindings,
    read_targets_table,
    read_waivers,
    with_earlier,
)
from scoring.plan.target_results import target_results
from scoring.plan.target_sources import ResultSources
from scoring.points import score
from scoring.survey.estimates_file import read_estimates
from scoring.tables import columns_of, empty, tables

_SHOWN = 40
_TableAndFindings = tuple[pd.DataFrame, list[Finding]]


class _Given:
    """The files of one call: named by an option, or lying in the plan's folder."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.place = options, Path(options.file)
        self.used: list[Path] = [self.place] if self.place.is_file() else []
        self.findings: list[Finding] = []

    def path(self, name: str, file: str) -> Path | None:
        """Return the file of option `name`, or `file` in the folder; None where there is neither."""
        given = getattr(self.options, name, None)
        path = Path(given) if given else self.place / file
        if not given and not path.is_file():
            return None
        self.used.append(path)
        return path

    def table(self, name: str, file: str, read: Callable[[Path], _TableAndFindings],
              table: str) -> pd.DataFrame:  # fmt: skip
        """Read a table that may be missing."""
        path = self.path(name, file)
        if path is None:
            return empty(table)
        frame, findings = read(path)
        self.findings += findings
        return frame


def run(options: argparse.Namespace, console: Console) -> int:
    """Judge every target, write table, workbook, chart and bindings to confirm; show the standing."""
    day, given, criteria = day_looked_at(options), _Given(options), chosen_set(options)
    targets = _targets(given, options, console.lang)
    proposed = propose_bindings(targets, criteria)
    earlier, others = of_this_plan(_bindings(given), targets)
    bindings = with_earlier(proposed, earlier)
    given.findings += others
    waivers = given.table("waivers", "waivers.csv", read_waivers, "TargetWaivers")
    sources = _sources(given, options, criteria, console.lang)
    table, findings = target_results(targets, bindings, waivers, day, sources)
    found = [*given.findings, *findings]
    facts = {"set_id": criteria.set_id if criteria else "", "on": day.isoformat()}
    with results_folder(Path(options.out), given.used, facts, "plan results") as folder:
        _write(table, bindings, found, day, folder, console, options.csv_dialect)
    _show(table, day, console)
    console.wrote(options.out)
    return console.close(found, on=day, targets=table.to_dict("records"))


def _targets(given: _Given, options: argparse.Namespace, lang: str) -> pd.DataFrame:
    """Read the targets of a plan's text, or the ``targets.csv`` made of one and corrected since."""
    path = given.path("targets", "targets.csv")
    if path is not None:
        table, findings = read_targets_table(path)
    elif given.place.is_file():
        plan = import_plan(given.place, options.year, lang)
        table, findings = plan.targets, list(plan.findings)
    else:
        table, findings = empty("PlanTargets"), [Finding("plan-target-no-table", given.place.name)]
    given.findings += findings
    return table


def _bindings(given: _Given) -> pd.DataFrame:
    """Read what people bound before: the option's file, else the folder's workbook, else its CSV."""
    both = [given.place / f"bindings.{end}" for end in ("xlsx", "csv")]
    book, table = both
    file = book.name if book.is_file() else table.name
    if not given.options.bindings and all(path.is_file() for path in both):
        values = {"file": book.name, "other": table.name}
        given.findings.append(Finding("plan-bindings-two-files", book.name, values=values))
    return given.table("bindings", file, read_bindings, "TargetBindings")


def _sources(
    given: _Given, options: argparse.Namespace, criteria: CriteriaSet | None, lang: str
) -> ResultSources:
    figures, scores = empty("Inputs"), empty("Scores")
    path = given.path("inputs", "inputs.csv") if criteria else None
    if criteria and path:
        figures, findings = read_long_table(path, criteria)
        scores = score(figures, criteria).scores
        given.findings += findings
    series = given.path("external", "external.csv")
    external, findings = read_external(series or published_results())
    given.findings += findings
    tasks, progress = _progress(given, options, lang)
    return ResultSources(
        figures=figures,
        scores=scores,
        estimates=given.table("estimates", "estimates.csv", read_estimates, "Estimates"),
        external=external,
        tasks=tasks,
        progress=progress,
        criteria=criteria,
    )


def _progress(
    given: _Given, options: argparse.Namespace, lang: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    place = given.place
    if place.is_dir() and given.path("tasks", "tasks.csv") is None:
        return empty("PlanTasks"), empty("Progress")
    progress = given.path("progress", "progress.csv")
    record, findings = read_record(place, options.year, lang, progress=progress)
    # A plan's own text was read for its targets and has told its findings already.
    given.findings += findings if place.is_dir() else []
    given.findings += record_findings(record)
    return record.tasks, record.progress


def _write(
    table: pd.DataFrame,
    bindings: pd.DataFrame,
    findings: list[Finding],
    day: dt.date,
    folder: Path,
    console: Console,
    dialect: Dialect,
) -> None:
    write_csv(table, folder / tables()["TargetResults"].file, dialect)
    write_csv(bindings[columns_of("TargetBindings")], folder / "bindings.csv", dialect)
    write_csv(findings_frame(findings, console.lang), folder / "findings.csv", dialect)
    on = format_date(day, console.lang)
    write_atomically(folder / "bindings.xlsx", bindings_workbook(bindings, on, console.lang))
    write_atomically(folder / "target-results.xlsx", target_workbook(table, on, console.lang))
    first: int | None = 0
    page = 1
    while first is not None and len(table):
        context = ChartContext(lang=console.lang, source=console.text("plan_targets_drawn", day=on))
        figure = plan_target_bars(table, context=context, first_row=first)
        save_figure(figure, folder / f"plan-targets-{page}")
        first, page = figure.next_row, page + 1


def _show(table: pd.DataFrame, day: dt.date, console: Console) -> None:
    console.print(console.text("plan_targets_on", day=format_date(day, console.lang)))
    console.print(targets_sentence(table, console.lang))
    rows = [
        (row.code, shortened(row.name, 60), row.wanted, str(row.year or "—"), row.result.text,
         row.verdict.replace("\n", "; "))
        for row in target_rows(table, console.lang)[:_SHOWN]
    ]  # fmt: skip
    if rows:
        console.print()
        names = ("code", "name", "wanted", "year", "result", "verdict")
        console.table(console.heads("column_target_", *names), rows)
    if len(table) > _SHOWN:
        console.print(console.text("plan_targets_more", count=len(table) - _SHOWN))
