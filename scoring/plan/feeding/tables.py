"""Read the small tables that stand beside a plan: text in, typed tables and findings out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.base.dates import read_date
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.base.vocabulary import yes_or_no
from scoring.files.table_files import read_table
from scoring.plan.feeding.record import PlanRecord, empty_record
from scoring.plan.plan_import import import_plan
from scoring.plan.tasks import tasks_from_frame
from scoring.tables import columns_of, declared, empty

TableAndFindings = tuple[pd.DataFrame, list[Finding]]


def read_progress(path: Path) -> TableAndFindings:
    """Read table ``Progress``; a date that cannot be read is a finding and counts as not done."""
    return _read(path, "Progress")


def read_links(path: Path) -> TableAndFindings:
    """Read `task_code`, `item_code`; with a column `confirmed` only rows that say yes count."""
    table, findings = _read(path, "TaskLinks", "confirmed")
    asks = "confirmed" in _header(path)
    kept = table[table["confirmed"].map(yes_or_no).eq(True)] if asks else table
    if asks and len(kept) < len(table):
        values = {"count": len(table) - len(kept)}
        findings.append(Finding("links-not-confirmed", file=path.name, values=values))
    return kept[columns_of("TaskLinks")].reset_index(drop=True), findings


def read_feeds(path: Path) -> TableAndFindings:
    """Read which input is fed from what: `item_code`, `input`, `feed`, `part`."""
    table, findings = _read(path, "PlanFeeds")
    cells = [f"C{row + 2}" for row in range(len(table))]
    return table.assign(file=path.name, cell=pd.Series(cells, dtype="str")), findings


def read_reports(path: Path) -> TableAndFindings:
    """Read table ``PlanReports`` as ``plan import`` writes it."""
    return _read(path, "PlanReports")


def read_units(path: Path) -> TableAndFindings:
    """Read the institution's own units; a unit listed twice is a finding and counts once."""
    table, findings = _read(path, "InternalUnits")
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
    findings = [*table.findings, *_missing(table.frame, needed, path)]
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


def _header(path: Path) -> list[str]:
    return list(read_table(path).frame.columns)


def _read(path: Path, name: str, *more: str) -> TableAndFindings:
    """Read table `name` and the columns `more`: texts cleaned, missing ones empty, dates as dates."""
    try:
        table = read_table(path)
    except UnreadableError as error:
        # A table somebody has made and not filled in yet says nothing; it is no damage.
        if error.finding.code != "file-empty":
            raise
        return _empty(name, more), []
    needed = [column.name for column in declared(name) if column.required]
    frame, findings = table.frame, [*table.findings, *_missing(table.frame, needed, path)]
    if any(finding.code == "missing-column" for finding in findings):
        return _empty(name, more), findings
    result = pd.DataFrame({column: _texts(frame, column) for column in (*columns_of(name), *more)})
    for column in declared(name):
        if column.type == "date":
            letter = _letter(frame, column.name)
            days = list(_days(result[column.name], column.name, path, letter, findings))
            result[column.name] = pd.Series(days, dtype="datetime64[us]")
    return result, findings


def _missing(frame: pd.DataFrame, needed: Sequence[str], path: Path) -> Iterator[Finding]:
    for name in needed:
        if name not in frame.columns:
            values = {"column": name, "expected": ", ".join(needed)}
            yield Finding("missing-column", file=path.name, values=values)


def _empty(name: str, more: Sequence[str]) -> pd.DataFrame:
    return empty(name).assign(**{column: pd.Series(dtype="str") for column in more})


def _texts(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[name].fillna("").astype("str").map(clean_text).astype("str")


def _days(
    texts: pd.Series, name: str, path: Path, letter: str, findings: list[Finding]
) -> Iterator[pd.Timestamp | None]:
    for row, text in enumerate(texts):
        reading = read_date(text)
        if reading.problem:
            values = {"input": name, "value": text}
            cell = f"{letter}{row + 2}"
            findings.append(Finding(reading.problem, file=path.name, cell=cell, values=values))
        yield pd.Timestamp(reading.value) if reading.value else None


def _letter(frame: pd.DataFrame, name: str) -> str:
    place = list(frame.columns).index(name) if name in frame.columns else 0
    return chr(ord("A") + place) if place < 26 else "A"
