"""A plan together with what has become of it, read from the small tables kept beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.findings import Finding
from scoring.base.vocabulary import yes_or_no
from scoring.files.declared_tables import TableAndFindings, missing_columns, read_declared
from scoring.files.table_files import read_table
from scoring.plan.plan_check import linked_items
from scoring.plan.plan_import import Plan, import_plan
from scoring.plan.tasks import tasks_from_frame
from scoring.plan.title_page import Heading
from scoring.tables import columns_of, empty, table_of


@dataclass(frozen=True)
class PlanRecord:
    """The tables that follow a plan through its year; each is empty unless given.

    Attributes
    ----------
    tasks : DataFrame
        Table ``PlanTasks``.
    progress : DataFrame
        Table ``Progress``. A report is done under the code ``report:Q1`` (or H1, Q3, Y).
    links : DataFrame
        Table ``TaskLinks``, confirmed by a person.
    reports : DataFrame
        Table ``PlanReports``.
    units : DataFrame
        Table ``InternalUnits``: the institution's own units.
    issued_on : date or None
        Day the plan was issued.
    name : str
        File the tasks came from.
    """

    tasks: pd.DataFrame = field(default_factory=partial(empty, "PlanTasks"))
    progress: pd.DataFrame = field(default_factory=partial(empty, "Progress"))
    links: pd.DataFrame = field(default_factory=partial(empty, "TaskLinks"))
    reports: pd.DataFrame = field(default_factory=partial(empty, "PlanReports"))
    units: pd.DataFrame = field(default_factory=partial(empty, "InternalUnits"))
    issued_on: dt.date | None = None
    name: str = "tasks.csv"


def confirmed_links(record: PlanRecord) -> pd.DataFrame:
    """Return every link: those of the tasks' own `item_codes` and those of ``links.csv``.

    Returns
    -------
    DataFrame
        `task_code`, `item_code`, each pair once; links of unknown tasks are left out.
    """
    own = table_of(linked_items(record.tasks), "TaskLinks")
    links = pd.concat([own, record.links[columns_of("TaskLinks")]], ignore_index=True)
    known = links["task_code"].isin(record.tasks["task_code"])
    return links[known].drop_duplicates(ignore_index=True)


def unit_names(units: pd.DataFrame) -> list[str]:
    """Return every name and alias of the institution's own units.

    >>> unit_names(pd.DataFrame({"unit_name": ["Văn phòng Sở"], "aliases": ["Văn phòng; VP"]}))
    ['Văn phòng Sở', 'Văn phòng', 'VP']
    """
    return [
        name.strip()
        for own, aliases in zip(units["unit_name"], units["aliases"], strict=True)
        for name in (own, *aliases.split(";"))
        if name.strip()
    ]


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


def read_units(path: Path) -> TableAndFindings:
    """Read the institution's own units; a unit listed twice is a finding and counts once."""
    table, findings = read_declared(path, "InternalUnits")
    twice = table["unit_code"].duplicated()
    for row in table.index[twice]:
        values = {"code": table.at[row, "unit_code"]}
        findings.append(Finding("unit-twice", file=path.name, cell=f"A{row + 2}", values=values))
    return table[~twice].reset_index(drop=True), findings


_BESIDE: dict[str, tuple[str, Callable[[Path], TableAndFindings]]] = {
    "progress": ("progress.csv", partial(read_declared, name="Progress")),
    "links": ("links.csv", read_links),
    "reports": ("reports.csv", partial(read_declared, name="PlanReports")),
    "units": ("units.csv", read_units),
}


def open_plan(path: Path, year: int | None = None, lang: str = "vi") -> Plan:
    """Read a plan, or the ``tasks.csv`` made of one and edited since, as a plan.

    Of an edited table there are tasks only: no targets, no reports and no lines.
    """
    if path.suffix.lower() != ".csv" and not path.is_dir():
        return import_plan(path, year, lang)
    record, findings = read_record(path, year, lang)
    years = record.tasks["year"]
    known = int(years.iloc[0]) if year is None and len(years) else year or 0
    heading = Heading(path.stem, known, issued_on=record.issued_on)
    targets, lines = empty("PlanTargets"), empty("PlanLines")
    about = (path.name, heading, known, record.tasks, targets, record.reports, lines)
    return Plan(*about, tuple(findings))


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
        record = PlanRecord(plan.tasks, reports=plan.reports, issued_on=issued, name=path.name)
        return record, list(plan.findings)
    table = read_table(path)
    missing = missing_columns(table.frame, ("task_code", "task", "year"), path.name)
    if missing:
        return PlanRecord(name=path.name), [*table.findings, *missing]
    tasks = tasks_from_frame(table.frame)
    twice = tasks["task_code"].duplicated()
    findings = [
        Finding("task-code-twice", file=path.name, values={"task": code})
        for code in tasks.loc[twice, "task_code"]
    ]
    record = PlanRecord(tasks[~twice].reset_index(drop=True), name=path.name)
    return record, [*table.findings, *findings]
