"""``parindex plan ...``: a reform plan as data, its check, its progress and its calendar."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import pandas as pd

from scoring.base.dates import format_date
from scoring.base.text import shortened
from scoring.cli.commands.given_files import chosen_set, day_looked_at, day_of
from scoring.cli.console import Console
from scoring.files.table_files import write_csv
from scoring.files.whole_folder import whole_folder
from scoring.outputs.charts.plans.calendar_year import calendar_year
from scoring.outputs.charts.plans.gantt import gantt
from scoring.outputs.images import save_figure
from scoring.outputs.theme import ChartContext
from scoring.plan import (
    Plan,
    area_counts,
    check_plan,
    plan_calendar,
    plan_status,
    status_by_task,
    status_by_unit,
    write_calendar,
    year_chart_table,
)
from scoring.plan.feeding.feed_figures import record_findings
from scoring.plan.feeding.record import open_plan, read_record, read_units, unit_names
from scoring.tables import rows_of


def import_file(options: argparse.Namespace, console: Console) -> int:
    """Write a plan's tasks, targets, reports and lines as tables; say what was not placed."""
    plan = open_plan(Path(options.file), options.year, console.lang)
    folder = Path(options.out)
    tables = {"tasks": plan.tasks, "targets": plan.targets, "reports": plan.reports}
    with whole_folder(folder) as new:
        for name, table in (tables | {"lines": plan.lines}).items():
            write_csv(table, new / f"{name}.csv")
    _show_counts(plan, console)
    console.wrote(folder)
    counts = {"tasks": len(plan.tasks), "targets": len(plan.targets)}
    return console.close(plan.findings, plan=plan.name, year=plan.year, **counts)


def _show_counts(plan: Plan, console: Console) -> None:
    console.print(f"{plan.heading.title} ({plan.year})")
    _table(area_counts(plan.tasks)[["area_number", "area_name", "tasks", "numbers"]], console)
    tasks, targets, reports = map(len, (plan.tasks, plan.targets, plan.reports))
    console.print(console.text("plan_found", tasks=tasks, targets=targets, reports=reports))


def _table(frame: pd.DataFrame, console: Console) -> None:
    """Print a table with the reader's column names, numbers to the right."""
    right = "".join("r" if kind.kind in "iuf" else " " for kind in frame.dtypes)
    rows = [[str(cell) or "—" for cell in row] for row in frame.itertuples(index=False)]
    console.table(console.heads("column_plan_", *frame.columns), rows, right)


def check(options: argparse.Namespace, console: Console) -> int:
    """Check a plan, and its links with a criteria set where one is named."""
    plan = open_plan(Path(options.file), options.year, console.lang)
    criteria = chosen_set(options)
    issued = day_of(options.issued_on) if options.issued_on else None
    due = day_of(options.issue_due_on) if options.issue_due_on else None
    units, problems = read_units(Path(options.units)) if options.units else (None, [])
    names = None if units is None else unit_names(units)
    items = criteria.items if criteria else None
    found = check_plan(plan, items, names, issued_on=issued, issue_due_on=due)
    if not (findings := (*problems, *found)):
        console.print(console.text("plan_is_sound", plan=plan.name))
    return console.close(findings)


def status(options: argparse.Namespace, console: Console) -> int:
    """Say what is done, due soon, overdue or waiting on a day, and by lead unit."""
    given = Path(options.progress) if options.progress else None
    record, findings = read_record(Path(options.file), options.year, console.lang, progress=given)
    tasks, progress = record.tasks, record.progress
    findings = [*findings, *record_findings(record)]
    day = day_looked_at(options)
    table = plan_status(tasks, progress, day)
    console.print(console.text("plan_status_on", day=format_date(day, console.lang)))
    _table(status_by_unit(table).drop(columns="done_share"), console)
    console.print()
    _show_urgent(status_by_task(table), console)
    console.give({"on": day, "tasks": table.to_dict("records")})
    if options.out:
        with whole_folder(Path(options.out)) as folder:
            write_csv(table, folder / "status.csv")
            _draw(tasks, day, progress, folder, console)
        console.wrote(options.out)
    return console.report(findings)


def _show_urgent(tasks: pd.DataFrame, console: Console) -> None:
    urgent = tasks[tasks["status"].isin(("overdue", "due-soon"))]
    rows = [
        (
            row.task_code,
            console.text(f"plan_status_{row.status}"),
            "—" if pd.isna(row.due_on) else format_date(row.due_on.date(), console.lang),
            shortened(row.task, 70),
        )
        for row in rows_of(urgent)
    ]
    if rows:
        heads = console.heads("column_plan_", "task", "status", "due_on", "task_name")
        console.table(heads, rows)


def calendar(options: argparse.Namespace, console: Console) -> int:
    """Write the plan's year as .ics, .xlsx and charts."""
    folder, path = Path(options.out), Path(options.file)
    plan = open_plan(path, options.year, console.lang)
    tasks = plan.tasks
    events = plan_calendar(tasks, plan.reports, console.lang)
    with whole_folder(folder) as new:
        write_calendar(events, new, plan.heading.title or path.stem, console.lang)
        _draw(tasks, None, None, new, console, plan.year)
    console.print(console.text("calendar_events", count=len(events)))
    console.give({"events": events.to_dict("records")})
    console.wrote(folder)
    return console.report(plan.findings)


def _draw(
    tasks: pd.DataFrame,
    day: dt.date | None,
    progress: pd.DataFrame | None,
    folder: Path,
    console: Console,
    year: int | None = None,
) -> None:
    # A plan without tasks may say its year; where it does not, its charts have none.
    year = int(tasks["year"].max()) if len(tasks) else year or None
    bars = year_chart_table(tasks, day or dt.date(year or dt.MINYEAR, 1, 1), progress)
    context = ChartContext(lang=console.lang, year=year)
    save_figure(calendar_year(bars, year=year, context=context), folder / "year")
    first: int | None = 0
    page = 1
    # A whole paragraph beside a bar hides the bars; the code leads to the full text.
    brief = [f"{code} {shortened(task, 90)}" for code, task in bars[["task_code", "task"]].values]
    while first is not None:
        figure = gantt(bars.assign(task=brief), as_of=day, context=context, first_row=first)
        save_figure(figure, folder / f"gantt-{page}")
        first, page = figure.next_row, page + 1
