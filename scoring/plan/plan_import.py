"""Import a reform plan: tasks, targets and reports, with every line accounted for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from scoring.base.findings import Finding
from scoring.official.deadlines import read_once
from scoring.official.wording import plain
from scoring.plan.blocks import PlanDocument, read_plan_document
from scoring.plan.drafts import Reading
from scoring.plan.plan_deadlines import deadline_findings
from scoring.plan.plan_reports import report_table
from scoring.plan.target_lines import target_findings, target_table
from scoring.plan.targets_by_year import cells_without_figure
from scoring.plan.task_cells import read_task_cells
from scoring.plan.task_list import read_task_list
from scoring.plan.task_rows import read_task_table
from scoring.plan.tasks import task_table
from scoring.plan.title_page import Heading, heading_findings, read_heading
from scoring.tables import rows_of, table_of

_UNKNOWN_YEAR = 0


@dataclass(frozen=True)
class Plan:
    """A plan as tables.

    Attributes
    ----------
    name : str
        Name of the file.
    heading : Heading
        Title, year and date of issue.
    year : int
        Year of the plan: given, read from its title or, with a finding, from its deadlines.
    tasks, targets, reports : DataFrame
        Tables ``PlanTasks``, ``PlanTargets`` and ``PlanReports`` (see `scoring.tables`).
    lines : DataFrame
        One row per line of the document: `line`, `place`, `role` (``text``, ``header``, ``area``,
        ``task``, ``continuation``, ``page-number``, ``unplaced``), `task_code`, `text`.
    findings : tuple of Finding

    Examples
    --------
    >>> from scoring.plan import document_from_text
    >>> text = '''STT|Nhiệm vụ|Sản phẩm|Chủ trì|Thời hạn
    ... 1|Rà soát|Báo cáo|Văn phòng|Quý II/2026'''
    >>> plan = plan_from_document(document_from_text(text.replace("|", chr(9))), 2026)
    >>> plan.year, plan.tasks["task"].tolist(), plan.lines["role"].tolist()
    (2026, ['Rà soát'], ['header', 'task'])
    """

    name: str
    heading: Heading
    year: int
    tasks: pd.DataFrame = field(repr=False)
    targets: pd.DataFrame = field(repr=False)
    reports: pd.DataFrame = field(repr=False)
    lines: pd.DataFrame = field(repr=False)
    findings: tuple[Finding, ...] = ()


def import_plan(path: Path, year: int | None = None, lang: str = "vi") -> Plan:
    """Read a reform plan from a file.

    Parameters
    ----------
    path : Path
        ``.docx``, ``.xlsx`` or extracted text.
    year : int, optional
        Year of the plan, where its title does not say or says it wrongly.
    lang : str
        Language of the places ("dòng 12").

    Returns
    -------
    Plan

    Raises
    ------
    UnreadableError
        The file cannot be read at all; its `finding` says why.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "ke-hoach.txt")
    >>> text = '''STT|Nhiệm vụ|Sản phẩm|Chủ trì|Thời hạn
    ... 1|Rà soát văn bản|Báo cáo|Văn phòng|Trong tháng 6/2026'''
    >>> _ = path.write_text(text.replace("|", chr(9)), "utf-8")
    >>> plan = import_plan(path, 2026)
    >>> plan.tasks[["task", "lead_unit", "due_on"]].astype(str).values.tolist()
    [['Rà soát văn bản', 'Văn phòng', '2026-06-30']]
    """
    return plan_from_document(read_plan_document(Path(path), lang), year)


def plan_from_document(document: PlanDocument, year: int | None = None) -> Plan:
    """Read a reform plan from a stream of blocks.

    The shape is found by trying: a table with a heading, a table with one cell per line, a list
    with labelled bullets. Nothing of the task part is dropped; what has no place is a finding.

    Examples
    --------
    >>> from scoring.plan.blocks import document_from_text
    >>> text = "STT\\tNhiệm vụ\\tSản phẩm\\tChủ trì\\tThời hạn\\nI\\tCẢI CÁCH THỂ CHẾ\\t\\t\\t\\n"
    >>> plan = plan_from_document(document_from_text(text + "1\\tRà soát\\tBáo cáo\\tVăn phòng\\tQuý I"), 2024)
    >>> plan.tasks[["task_code", "area_code", "lead_unit", "due_on"]].astype(str).values.tolist()
    [['I.1', 'institutions', 'Văn phòng', '2024-03-31']]
    """
    heading = read_heading(document.blocks)
    reading = _read(document)
    found = [*document.findings, *reading.findings, *heading_findings(heading, year)]
    chosen, year_findings = _year_of(year, heading, reading)
    tasks, number_findings, codes = task_table(reading.drafts, chosen)
    lines = _line_table(document, reading, codes)
    targets = target_table(lines, tasks, chosen, document.blocks)
    reports = report_table(lines, chosen)
    found += [*year_findings, *number_findings, *_deadline_findings(tasks, heading)]
    found += [*target_findings(targets, lines), *cells_without_figure(document.blocks)]
    findings = tuple(finding.at(file=document.name) for finding in found)
    return Plan(document.name, heading, chosen, tasks, targets, reports, lines, findings)


def _read(document: PlanDocument) -> Reading:
    for reader in (read_task_table, read_task_cells, read_task_list):
        reading = reader(document.blocks)
        if reading.drafts:
            return reading
    reading = Reading(roles={block.line: "text" for block in document.blocks})
    reading.findings.append(Finding("plan-without-tasks"))
    return reading


def _year_of(year: int | None, heading: Heading, reading: Reading) -> tuple[int, list[Finding]]:
    """Return the year given, the year of the title, or the one most deadlines name."""
    said = heading.year if year is None else year
    if said is not None:
        return int(said), []
    named = Counter(
        deadline.due_on.year
        for draft in reading.drafts
        for deadline in read_once(draft.text("deadline"), None)
        if deadline.kind == "date" and deadline.due_on
    )
    if not named:
        return _UNKNOWN_YEAR, []
    likely = named.most_common(1)[0][0]
    return likely, [Finding("plan-year-inferred", values={"year": likely})]


def _deadline_findings(tasks: pd.DataFrame, heading: Heading) -> list[Finding]:
    findings = []
    for task in rows_of(tasks[tasks["year"] != _UNKNOWN_YEAR]):
        deadlines = read_once(task.deadline_text, task.year)
        for finding in deadline_findings(deadlines, task.year, heading.issued_from):
            values = dict(finding.values) | {"task": task.task_code}
            findings.append(Finding(finding.code, cell=task.source_place, values=values))
    return findings


def _line_table(document: PlanDocument, reading: Reading, codes: list[str]) -> pd.DataFrame:
    owners = {
        block.line: code
        for draft, code in zip(reading.drafts, codes, strict=True)
        for block in draft.blocks
    }
    rows = []
    owner = ""
    for block in document.blocks:
        role = reading.roles.get(block.line, "unplaced")
        owner = owners.get(block.line, owner if role in ("task", "continuation") else "")
        rows.append((block.line, block.place, role, owner, plain(block.text)))
    return table_of(rows, "PlanLines")
