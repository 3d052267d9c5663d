"""``parindex rank``: places and grades of all units, with the annex of the decision."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from scoring.analysis import ranking
from scoring.analysis.rank_changes import area_leaders, rank_changes
from scoring.base.findings import Finding, findings_frame
from scoring.batch.scored import compute
from scoring.cli.commands.given_files import intake_of, last_year_named, of_period
from scoring.cli.commands.plans.given_plans import given_plan_results
from scoring.cli.console import UNUSABLE, Console
from scoring.cli.set_headline import headline
from scoring.criteria import open_set
from scoring.criteria.mapping import read_mapping
from scoring.files.atomic import write_atomically
from scoring.files.declared_tables import read_typed
from scoring.files.table_files import Dialect
from scoring.outputs.content.target_rows import plan_targets
from scoring.outputs.machine import table_csv
from scoring.outputs.ranking_annex.annex_content import Annex, annex_content
from scoring.outputs.ranking_annex.annex_files import annex_word, annex_workbook
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.points import ScoreSheet
from scoring.points.grade_reasons import grade_reasons
from scoring.tables import tables

_SHOWN = 40


def run(options: argparse.Namespace, console: Console) -> int:
    """Rank units, write tables and the annex; 1 with error findings, 2 for unreadable files."""
    last_year_named(options)
    intake = of_period(intake_of(options, options.files), options)
    if not len(intake.inputs):
        # An annex without a unit would look like a result.
        return console.fail([*intake.findings, Finding("rank-no-figures")])
    result = compute(intake, None, console.lang, options.track)
    sheet = result.sheet
    unranked = dict(_reasoned(text) for text in options.unranked)
    table, findings = ranking(sheet, unranked=unranked)
    changes, doubts = _changes(options, sheet, unranked)
    plans = given_plan_results(options, set(sheet.units["unit_code"]), doubts)
    found = (*result.findings, *findings, *doubts)
    told = {
        "Ranking": table,
        "GradeReasons": grade_reasons(sheet, console.lang),
        "AreaLeaders": area_leaders(sheet, unranked),
        **({} if changes is None else {"RankChanges": changes}),
        "Findings": findings_frame(found, console.lang),
    }
    parts = (told["Ranking"], told["GradeReasons"], told["AreaLeaders"], changes)
    annex = annex_content(
        sheet, *parts, lang=console.lang, plan=plan_targets(plans.get(""), console.lang)
    )
    folder, files = Path(options.out), [*options.files]
    files += filter(None, [options.last_year, options.mapping])
    used = [
        path for path in map(Path, files) if path.is_file() and path.name not in intake.unreadable
    ]
    with results_folder(folder, used, run_facts(sheet), "rank") as new:
        _write(told, annex, new, sheet.criteria.meta.decimals, options.csv_dialect)
    _show(sheet, annex, told, console)
    console.wrote(folder)
    code = console.report(found, folder / "findings.csv")
    return UNUSABLE if intake.unreadable else code


def _reasoned(text: str) -> tuple[str, str]:
    """Return the code and the reason of a unit that takes no place."""
    code, _, reason = text.partition("=")
    return code.strip(), reason.strip()


def _changes(
    options: argparse.Namespace, sheet: ScoreSheet, unranked: dict[str, str]
) -> tuple[pd.DataFrame | None, list[Finding]]:
    if not options.last_year:
        return None, []
    last, problems = read_typed(Path(options.last_year), "Scores")
    older = open_set(options.last_set) if options.last_set else None
    mapping = None
    if options.mapping:
        mapping, found = read_mapping(
            Path(options.mapping), older or sheet.criteria, sheet.criteria
        )
        problems = [*problems, *found]
    changes, findings = rank_changes(sheet, last, older, unranked, mapping)
    return changes, [*problems, *findings]


def _write(
    told: dict[str, pd.DataFrame], annex: Annex, folder: Path, decimals: int, dialect: Dialect
) -> None:
    for name, table in told.items():
        data = table_csv(table, name, decimals, dialect)
        write_atomically(folder / tables()[name].file, data)
    write_atomically(folder / "ranking.docx", annex_word(annex))
    write_atomically(folder / "ranking.xlsx", annex_workbook(annex))


def _show(sheet: ScoreSheet, annex: Annex, told: dict[str, pd.DataFrame], console: Console) -> None:
    """Print the ranks of each block and who cannot be told apart, or give all as JSON."""
    names = {"Ranking": "ranking", "GradeReasons": "grade_reasons", "AreaLeaders": "area_leaders"}
    names |= {"RankChanges": "rank_changes", "Findings": "findings"}
    meta = sheet.criteria
    about = {
        "set": meta.set_id,
        "set_version": meta.meta.version,
        "set_fingerprint": meta.fingerprint,
    }
    console.give(about | {names[name]: table.to_dict("records") for name, table in told.items()})
    headline(sheet.criteria, console)
    for section in annex.sections:
        if section.key in ("ranks", "alike"):
            console.print()
            console.print(section.title)
            rows = [tuple(annex.shown(cell) for cell in row) for row in section.rows[:_SHOWN]]
            right = "".join(
                "r" if head == annex.say("annex_head_index") else " " for head in section.heads
            )
            console.table(list(section.heads), rows, right)
            if len(section.rows) > _SHOWN:
                more = len(section.rows) - _SHOWN
                console.print(console.text("more_units", count=more, file="ranking.xlsx"))
    for line in annex.notes:
        console.print(line)
