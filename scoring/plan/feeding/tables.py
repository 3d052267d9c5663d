"""Read the small tables that stand beside a plan: text in, typed tables and findings out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.vocabulary import yes_or_no
from scoring.files.declared_tables import TableAndFindings, missing_columns, read_declared
from scoring.files.table_files import read_table
from scoring.plan.feeding.record import PlanRecord, empty_record
from scoring.plan.plan_import import import_plan
from scoring.plan.tasks import tasks_from_frame
from scoring.tables import columns_of


def read_progress(path: Path) -> TableAndFindings:
    """Read table ``Progress``; a date that cannot be read is a finding and counts as not done."""
    return read_declared(path, "Progress")


def read_links(path: Path) -> TableAndFindings:
    """Read `task_code`, `item_code`; with a column `confirmed` only rows that say yes count."""
    table, findings = read_declared(path, "TaskLinks", "confirmed")
    asks = "confirmed" in table
    kept = table[table["confirmed"].map(yes_or_no).eq(True)] if asks else table
    if asks and len(kept) < len(table):
        values = {"count": len(table) - len(kept)}
        findings.append(Finding("links-not-confirmed", file=path.name, values=values))
    return kept[columns_of("TaskLinks")].reset_index(drop=True), findings


def read_feeds(path: Path) -> TableAndFindings:
    """Read which input is fed from what: `item_code`, `input`, `feed`, `part`."""
    table, findings = read_declared(path, "PlanFeeds")
    cells = [f"C{row + 2}" for row in range(len(table))]
    return table.assign(file=path.name, cell=pd.Series(cells, dtype="str")), findings


def read_reports(path: Path) -> TableAndFindings:
    """Read table ``PlanReports`` as ``plan import`` writes it."""
    return read_declared(path, "PlanReports")


def read_units(path: Path) -> TableAndFindings:
    """Read the institution's own units; a unit listed twice is a finding and counts once."""
    table, findings = read_declared(path, "InternalUnits")
    twice = table["unit_code"].duplicated()
    for row in table.index[twice]:
        values = {"code": table.at[row, "unit_code"]}
        findings.append(Finding("unit-twice", file=path.name, cell=f"A{row + 2}", values=values))
    return table[~twice].reset_index(drop=True), findings


_BESIDE = {
    "progress": ("progress.csv", read_progress),
    "links": ("links.csv", read_links),
    "reports": ("reports.csv", read_reports),
    "units": ("units.csv", read_units),
}


def read_record(
    path: Path, year: int | None = None, lang: str = "vi", **beside: Path | None
) -> tuple[PlanRecord, list[Finding]]:
    """Read a plan and the tables that follow it.

    Parameters
    ----------
    path : Path
        A folder with ``tasks.csv`` and, where there are any, ``progress.csv``, ``links.csv``,
        ``reports.csv`` and ``units.csv``; or one file, a plan or a ``tasks.csv``.
    year : int, optional
        Year of the plan, where a document does not say it.
    lang : str
        Language of the places in a document ("dòng 12").
    **beside : Path
        `progress`, `links`, `reports`, `units`: read from there instead.

    Returns
    -------
    PlanRecord
    list of Finding

    Raises
    ------
    UnreadableError
        A file cannot be read at all.
    """
    folder = path if path.is_dir() else None
    record, findings = _tasks(path / "tasks.csv" if folder else path, year, lang)
    tables: dict[str, Any] = {}
    for name, (file, reader) in _BESIDE.items():
        given = beside.get(name)
        found = given or (folder / file if folder and (folder / file).is_file() else None)
        if found is not None:
            tables[name], problems = reader(found)
            findings += problems
    return replace(record, **tables), findings


def _tasks(path: Path, year: int | None, lang: str) -> tuple[PlanRecord, list[Finding]]:
    if path.suffix.lower() != ".csv":
        plan = import_plan(path, year, lang)
        issued = plan.heading.issued_on
        record = replace(
            empty_record(), tasks=plan.tasks, reports=plan.reports, issued_on=issued, name=path.name
        )
        return record, list(plan.findings)
    table = read_table(path)
    needed = ("task_code", "task", "year")
    findings = [*table.findings, *missing_columns(table.frame, needed, path.name)]
    if any(finding.code == "missing-column" for finding in findings):
        return replace(empty_record(), name=path.name), findings
    tasks = tasks_from_frame(table.frame)
    twice = tasks["task_code"].duplicated()
    findings += [
        Finding("task-code-twice", file=path.name, values={"task": code})
        for code in tasks.loc[twice, "task_code"]
    ]
    return replace(
        empty_record(), tasks=tasks[~twice].reset_index(drop=True), name=path.name
    ), findings
