"""``parindex whatif set`` and ``whatif new``: scenarios beside what is."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd

from scoring.base.findings import Finding, findings_frame
from scoring.base.numbers import format_number
from scoring.batch.run import MAX_UNITS_WITH_CHARTS
from scoring.batch.scored import scored
from scoring.cli.commands.given_files import intake_of, of_period
from scoring.cli.console import UNUSABLE, Console
from scoring.cli.set_headline import headline
from scoring.criteria import open_set
from scoring.files.atomic import write_atomically
from scoring.files.table_files import Dialect
from scoring.outputs.charts.chances.scenario_steps import scenario_steps
from scoring.outputs.content.set_identity import chart_context
from scoring.outputs.images import ChartJob, save_charts
from scoring.outputs.machine import write_table
from scoring.outputs.naming import file_stems
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.outputs.scenario_template import scenario_workbook
from scoring.outputs.scenario_workbook import (
    alone_section,
    first_sentence,
    item_names,
    item_points,
    key_of,
    moved_items,
    scenario_results,
    shown_units,
    unit_section,
)
from scoring.outputs.section_sheets import Section
from scoring.tables import rows_of
from scoring.whatif.scenario_table import only_named, read_scenario, scenario_table
from scoring.whatif.scenarios import WhatIf, what_if

_SHOWN = 20


def make(options: argparse.Namespace, console: Console) -> int:
    """Write the workbook in which scenarios are filled in."""
    path = Path(options.out)
    write_atomically(path, scenario_workbook(open_set(options.criteria), console.lang))
    console.wrote(path)
    return console.close([])


def run(options: argparse.Namespace, console: Console) -> int:
    """Score base and scenarios, write both beside each other and show what changes."""
    intake = of_period(intake_of(options, options.files), options)
    if not len(intake.inputs):
        return console.fail([*intake.findings, Finding("rank-no-figures")])
    table, problems = _scenarios(options)
    sheet, doubts = scored(intake)
    seen = what_if(sheet, table, track=options.track)
    # What is wrong with the base is said by `score`; here it would hide what is wrong with scenarios.
    found = (*problems, *seen.findings)
    _show(seen, console)
    if options.out:
        given = [*options.files, *options.scenario]
        used = [path for path in map(Path, given) if path.is_file()]
        with results_folder(Path(options.out), used, run_facts(seen.sheet), "whatif set") as folder:
            _write(seen, found, folder, console.lang, options.csv_dialect)
        console.wrote(options.out)
    tables = {
        name: getattr(seen, name).to_dict("records")
        for name in ("units", "alone", "scores", "changes")
    }
    gaps = seen.gaps(console.lang).to_dict("records")
    about = {
        "scenarios": seen.names,
        "track": seen.sheet.track,
        "official_set": seen.is_official_set,
    }
    errors = [one for one in (*intake.findings, *doubts) if one.severity == "error"]
    code = console.close([*errors, *found], **about, **tables, gaps=gaps)
    return UNUSABLE if intake.unreadable else code


def _scenarios(options: argparse.Namespace) -> tuple[pd.DataFrame, list[Finding]]:
    """Return what files and ``--set`` suppose, in the order given, ``--set`` last."""
    parts, findings = list[pd.DataFrame](), list[Finding]()
    for name in options.scenario:
        table, problems = read_scenario(Path(name))
        parts.append(scenario_table(table))
        findings += problems
    given = pd.concat(parts, ignore_index=True) if parts else scenario_table([])
    named, problems = only_named(given, options.only)
    findings += problems
    parts = [named, scenario_table(options.set)]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[-1], findings


def _write(
    seen: WhatIf, found: tuple[Finding, ...], folder: Path, lang: str, dialect: Dialect
) -> None:
    tables = {
        "Scenario": seen.scenario.drop(columns=["file", "sheet", "cell"], errors="ignore"),
        "ScenarioChanges": seen.changes,
        "ScenarioUnits": seen.units,
        "ScenarioScores": seen.scores,
        "ScenarioGaps": seen.gaps(lang),
        "Findings": findings_frame(found, lang),
    }
    if len(seen.names) > 1:
        tables["ScenarioAlone"] = seen.alone
    for name, table in tables.items():
        write_table(table, name, folder, seen.sheet.criteria.meta.decimals, dialect)
    write_atomically(folder / "scenario.xlsx", scenario_results(seen, lang))
    # What is supposed comes from no unit: the files are those of the figures as they are.
    source = chart_context(seen.base, lang).source
    context = replace(chart_context(seen.sheet, lang), source=source)
    items, stems = seen.base.criteria.items, file_stems(seen.base.keys)
    units = seen.base.keys[:MAX_UNITS_WITH_CHARTS]
    jobs = [ChartJob(scenario_steps, folder / "scenario-steps", (seen.scores, items),
                     {"context": context})]  # fmt: skip
    moved = seen.scores[seen.scores["points_change"].abs() > 0]
    for unit in units if len(units) > 1 else ():
        # A unit that does not move has no steps.
        if unit.unit_code in set(moved["unit_code"]):
            about = {"context": context, "unit_code": unit}
            path = folder / "charts" / stems[unit] / "scenario-steps"
            jobs.append(ChartJob(scenario_steps, path, (seen.scores, items), about))
    save_charts(jobs)


def _show(seen: WhatIf, console: Console) -> None:
    """Print what the scenario comes to, then units and the items that change."""
    headline(seen.sheet.criteria, console)
    if not seen.is_official_set:
        console.print(console.text("scenario_not_official"))
    track = console.text(f"track_{seen.sheet.track}")
    console.print(console.text("page_on_track", track=track))
    console.print(first_sentence(seen, console.lang))
    console.print()
    _show_section(unit_section(seen, console.lang), "  rrr  rr", seen, console)
    if len(seen.names) > 1:
        console.print()
        _show_section(alone_section(seen, console.lang), "  rrr r", seen, console)
    moved = moved_items(seen)
    if not len(moved):
        return
    console.print()
    names = item_names(seen, console.lang)
    decimals = seen.base.criteria.meta.decimals
    several, units = len(seen.base.units) > 1, shown_units(seen)
    told = [
        (f"{units[key_of(row)]} · " * several + f"{row.code}  {names[row.code]}",
         *(_text(cell, decimals, console) for cell in item_points(row, console.lang)))
        for row in list(rows_of(moved))[:_SHOWN]
    ]  # fmt: skip
    heads = console.heads("scenario_head_", "item", "now", "then", "change")
    console.table(heads, told, " rrr")
    if len(moved) > _SHOWN:
        more = {"count": len(moved) - _SHOWN, "file": "scenario-scores.csv"}
        console.print(console.text("more_units_in", **more))


def _show_section(section: Section, sides: str, seen: WhatIf, console: Console) -> None:
    decimals = seen.base.criteria.meta.decimals
    rows = [tuple(_text(cell, decimals, console) for cell in row) for row in section.rows[:_SHOWN]]
    console.table(list(section.heads), rows, sides)
    if len(section.rows) > _SHOWN:
        more = {"count": len(section.rows) - _SHOWN, "file": f"scenario-{section.key}.csv"}
        console.print(console.text("more_units_in", **more))


def _text(cell: object, decimals: int, console: Console) -> str:
    if isinstance(cell, float):
        return "—" if cell != cell else format_number(cell, decimals, console.lang)
    return str(cell)
