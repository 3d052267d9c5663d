"""``parindex plan link / feed / completion``: from the plan to points, grades and ranks."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd

from scoring.analysis import gap_table, with_lead_units
from scoring.analysis.completion import Collective, Completion, task_completion
from scoring.base.dates import format_date
from scoring.base.errors import UsageError
from scoring.base.findings import Finding
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE
from scoring.batch.run import chart_context
from scoring.cli.commands.given_files import day_looked_at, day_of
from scoring.cli.console import Console
from scoring.cli.set_headline import headline
from scoring.criteria import CriteriaSet, open_set
from scoring.evidence.long_table import read_long_table
from scoring.files.table_files import write_csv
from scoring.files.whole_folder import whole_folder
from scoring.outputs.charts.bullet import bullet
from scoring.outputs.charts.heatmap import heatmap
from scoring.outputs.charts.points_at_risk import points_at_risk
from scoring.outputs.images import save_figure
from scoring.plan import plan_status, suggest_items
from scoring.plan.feeding.feed_figures import inputs_from_plan
from scoring.plan.feeding.record import PlanRecord, confirmed_links, read_feeds, read_record
from scoring.points import score
from scoring.tables import columns_of, empty, rows_of
from scoring.tables.merging import merge_inputs

_BESIDE = ("progress", "links", "reports", "units")


def link(options: argparse.Namespace, console: Console) -> int:
    """Propose which items each task serves; a person puts an x where it is right."""
    record, findings = _record(options, console)
    proposed = suggest_items(record.tasks, open_set(options.criteria).items)
    linked = confirmed_links(record).assign(confirmed="x")
    table = proposed.merge(linked, on=["task_code", "item_code"], how="outer")
    table = table.fillna({"confirmed": "", "item_name": ""})
    order = {code: place for place, code in enumerate(record.tasks["task_code"])}
    named = table.assign(task=table["task_code"].map(record.tasks.set_index("task_code")["task"]))
    places = named["task_code"].map(order).sort_values(kind="stable").index
    columns = ["task_code", "item_code", "confirmed", "task", "item_name", "likeness"]
    write_csv(named.loc[places, columns], Path(options.out))
    console.print(console.text("links_proposed", count=len(proposed), file=options.out))
    return console.close(findings, links=named[columns].to_dict("records"))


def feed(options: argparse.Namespace, console: Console) -> int:
    """Fill the inputs that the plan decides, score, and say who can still win what by when."""
    record, findings = _record(options, console)
    criteria = open_set(options.criteria)
    day = day_looked_at(options)
    if (feeds_file := _beside(options.feeds, options, "feeds.csv")) is None:
        raise UsageError(f"--feeds FILE: {Path(options.file).name} is no folder with a feeds.csv")
    feeds, problems = read_feeds(feeds_file)
    entered, reading = _figures(options.inputs, options, "inputs.csv", criteria)
    unit = _unit(options, record, entered)
    fed, gaps_in_plan = inputs_from_plan(criteria, record, feeds, day, unit)
    merged, contradictions = merge_inputs(entered, fed)
    findings += [*problems, *reading, *gaps_in_plan, *contradictions]
    headline(criteria, console)
    _show_fed(fed, criteria, day, console)
    with whole_folder(Path(options.out)) as folder:
        findings += _write_fed(merged, fed, criteria, record, day, folder, console)
    told = fed[["item_code", "input", "sheet", "value", "choice", "happened_on"]]
    console.wrote(options.out)
    return console.close(findings, on=day, fed=told.to_dict("records"))


def _record(options: argparse.Namespace, console: Console) -> tuple[PlanRecord, list[Finding]]:
    given = {name: getattr(options, name, None) for name in _BESIDE}
    paths = {name: Path(text) for name, text in given.items() if text}
    record, findings = read_record(Path(options.file), options.year, console.lang, **paths)
    issued = getattr(options, "issued_on", None)
    return (replace(record, issued_on=day_of(issued)) if issued else record), findings


def _beside(given: str | None, options: argparse.Namespace, file: str) -> Path | None:
    """Return the file given, or `file` in the plan's folder; None where the plan is one file."""
    place = Path(options.file)
    return Path(given) if given else place / file if place.is_dir() else None


def _figures(
    given: str | None, options: argparse.Namespace, file: str, criteria: CriteriaSet
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the figures given, or those in the plan's folder where there are any."""
    path = _beside(given, options, file)
    if path and (given or path.is_file()):
        return read_long_table(path, criteria)
    return empty("Inputs"), []


def _unit(
    options: argparse.Namespace, record: PlanRecord, entered: pd.DataFrame
) -> dict[str, object]:
    """Return the unit whose plan it is: the one named, or the only one that entered figures."""
    units = entered[["unit_code", "unit_name", "block", "year", "period"]].drop_duplicates(
        ["unit_code", "year", "period"]
    )
    if options.unit:
        units = units[units["unit_code"] == options.unit]
    if len(units) == 1:
        return {str(name): value for name, value in units.iloc[0].items()}
    if not options.unit:
        raise UsageError(f"--unit CODE: {len(units)} units have entered figures")
    year = options.year or (int(record.tasks["year"].max()) if len(record.tasks) else 0)
    return {"unit_code": options.unit, "year": year}


def _show_fed(fed: pd.DataFrame, criteria: CriteriaSet, day: dt.date, console: Console) -> None:
    console.print(console.text("fed_on", count=len(fed), day=format_date(day, console.lang)))
    labels = {
        (code, entry.name): entry.label(console.lang)
        for code, rule in criteria.rules.items()
        for entry in rule.spec.inputs
    }
    rows = [
        (
            row.item_code,
            labels[row.item_code, row.input],
            _figure(row.value, row.choice, row.happened_on, console),
            row.sheet,
        )
        for row in rows_of(fed)
    ]
    if rows:
        console.table(
            console.heads("", "item", "fed_input", "fed_figure", "fed_source"), rows, "  r "
        )


def _figure(value: float, choice: str, happened: pd.Timestamp, console: Console) -> str:
    if pd.notna(value):
        return format_number(float(value), lang=console.lang)
    if pd.notna(happened):
        return format_date(happened.date(), console.lang)
    return console.text(choice)


def _write_fed(
    merged: pd.DataFrame,
    fed: pd.DataFrame,
    criteria: CriteriaSet,
    record: PlanRecord,
    day: dt.date,
    folder: Path,
    console: Console,
) -> list[Finding]:
    """Write the merged inputs, and the gaps with who leads and by when; return what scoring found."""
    write_csv(merged[columns_of("Inputs")], folder / "inputs.csv")
    write_csv(fed.rename(columns={"sheet": "feed"}), folder / "fed.csv")
    sheet = score(merged, criteria)
    status = plan_status(record.tasks, record.progress, day)
    gaps = with_lead_units(
        gap_table(sheet, lang=console.lang), record.tasks, confirmed_links(record), status
    )
    write_csv(gaps, folder / "gaps.csv")
    figure = points_at_risk(gaps, as_of=day, context=chart_context(sheet, console.lang))
    save_figure(figure, folder / "points-at-risk")
    return list(sheet.findings)


def completion(options: argparse.Namespace, console: Console) -> int:
    """Grade and rank the internal units by how they kept the plan."""
    record, findings = _record(options, console)
    criteria = open_set(options.criteria)
    day = day_looked_at(options)
    given, problems = _figures(options.given, options, "completion.csv", criteria)
    plan = (record.tasks, record.progress, record.units)
    collective: Collective = options.collective
    result = task_completion(criteria, *plan, day, given=given, collective=collective)
    findings += [*problems, *result.findings]
    headline(criteria, console)
    console.print(console.text("completion_on", day=format_date(day, console.lang)))
    table = _completion_table(result, criteria, console)
    _show_completion(table, console)
    if options.out:
        with whole_folder(Path(options.out)) as folder:
            _write_completion(result, table, folder, console)
        console.wrote(options.out)
    status, units = criteria.meta.status, table.to_dict("records")
    return console.close(findings, on=day, set=criteria.set_id, set_status=status, units=units)


def _completion_table(result: Completion, criteria: CriteriaSet, console: Console) -> pd.DataFrame:
    """Return rank, unit, counts, points and grade as people read them, best first."""
    grades = {grade.code: grade.label(console.lang) for grade in criteria.meta.grades}
    columns = ["unit_code", "block", "points", "grade", "rank", "rank_of", "rank_state"]
    table = result.ranking[columns].merge(result.counts, on="unit_code", how="left")
    return table.assign(
        points=round_points(table["points"].to_numpy(), criteria.meta.decimals),
        grade=table["grade"].map(grades).fillna(""),
    )


def _show_completion(table: pd.DataFrame, console: Console) -> None:
    names = ("rank", "unit", "due", "on_time", "late", "missed", "points", "grade")
    rows = [
        (
            console.text(f"rank_state_{row.rank_state}")
            if pd.isna(row.rank)
            else f"{row.rank}/{row.rank_of}",
            row.unit_code if pd.isna(row.unit_name) else row.unit_name,
            # Of a unit that stands in no list of units, but in what people gave, no task is counted.
            *(
                "–" if pd.isna(n) else f"{n:.0f}"
                for n in (getattr(row, name) for name in names[2:6])
            ),
            "–" if pd.isna(row.points) else format_number(row.points, 2, console.lang),
            row.grade,
        )
        for row in rows_of(table)
    ]
    console.table(console.heads("column_completion_", *names), rows, "  rrrrr ")


def _write_completion(
    result: Completion, table: pd.DataFrame, folder: Path, console: Console
) -> None:
    write_csv(table, folder / "completion.csv")
    scores, items = result.sheet.scores, result.sheet.criteria.items
    context = chart_context(result.sheet, console.lang)
    if len(scores):
        # Points taken off would be dark where a unit did badly; the table shows them.
        earned = [*(node.code for node in result.sheet.criteria.areas), INDEX_CODE]
        shown = scores[scores["code"].isin(earned)]
        save_figure(heatmap(shown, items, context=context), folder / "completion-heatmap")
        save_figure(bullet(scores, items, context=context), folder / "completion-bullet")
