"""``parindex report``: the leadership pack of one unit or many."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scoring.analysis.rank_changes import not_last_year
from scoring.base.findings import Finding
from scoring.batch.run import compute
from scoring.batch.submissions import read_files
from scoring.cli.commands.given_files import day_of, intake_of, last_year_named, of_period
from scoring.cli.commands.plans.given_plans import given_plan_results
from scoring.cli.console import UNUSABLE, Console
from scoring.criteria import CriteriaSet, open_set
from scoring.criteria.mapping import read_mapping
from scoring.evidence.targets_table import read_targets
from scoring.files.declared_tables import read_typed
from scoring.files.table_files import read_table
from scoring.outputs.pack import FORMATS, write_report
from scoring.outputs.province_report.province_content import province_content
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.points import ScoreSheet, score


def run(options: argparse.Namespace, console: Console) -> int:
    """Write page, Word report, workbook, PDF and slide from the same content."""
    last_year_named(options)
    intake = of_period(intake_of(options, options.files), options)
    targets = read_targets(Path(options.targets))[0] if options.targets else None
    as_of = day_of(options.on) if options.on else None
    result = compute(intake, targets, console.lang, options.track, as_of)
    earlier = _Earlier.of(options, result.sheet)
    province, doubts = None, list(earlier.findings)
    plans = given_plan_results(options, set(result.sheet.units["unit_code"]), doubts)
    if len(result.sheet.units) > 1:
        province = province_content(
            result.sheet, result.gaps, result.targets, lang=console.lang,
            last_scores=earlier.scores, last_set=earlier.criteria, mapping=earlier.mapping,
            plan_results=plans.get(""),
        )  # fmt: skip
        doubts += province.findings
    out, used = Path(options.out), [path for path in map(Path, options.files) if path.is_file()]
    with (
        console.progress("reporting") as step,
        results_folder(out, used, run_facts(result.sheet), "report") as folder,
    ):
        written = write_report(
            result,
            folder,
            console.lang,
            units=_listed(options.unit) or None,
            formats=_listed(options.formats) or FORMATS,
            last_year=earlier.sheet,
            as_of=as_of,
            province=province,
            plans=plans,
            on_done=step,
        )
    written = [out / path.relative_to(folder) for path in written]
    for path in written:
        console.print(str(path))
    console.give({"files": [str(path) for path in written]})
    code = console.report([*result.findings, *doubts])
    return UNUSABLE if intake.unreadable else code


@dataclass(frozen=True)
class _Earlier:
    """Last year as the command line gave it; `sheet` only where its figures were given, by this set."""

    scores: pd.DataFrame | None = None
    criteria: CriteriaSet | None = None
    mapping: pd.DataFrame | None = None
    sheet: ScoreSheet | None = None
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, options: argparse.Namespace, now: ScoreSheet) -> _Earlier:
        if not options.last_year:
            return cls()
        path = Path(options.last_year)
        criteria = open_set(options.last_set) if options.last_set else now.criteria
        mapping, doubts = None, list[Finding]()
        if options.mapping:
            mapping, doubts = read_mapping(Path(options.mapping), criteria, now.criteria)
        if _holds_scores(path):
            scores, found = read_typed(path, "Scores")
            return cls(scores, criteria, mapping, None, (*found, *doubts))
        intake = read_files([path], criteria)
        sheet = score(intake.inputs, intake.criteria)
        # The page of one unit takes the sheet as it is; the report of many judges the scores itself.
        wrong = not_last_year(sheet.scores, criteria, now.units)
        found = [*intake.findings, *doubts, *(wrong if len(now.units) == 1 else ())]
        is_same = not wrong and criteria.fingerprint == now.criteria.fingerprint
        return cls(sheet.scores, criteria, mapping, sheet if is_same else None, tuple(found))


def _holds_scores(path: Path) -> bool:
    """Say whether a file is a table of points, not of figures."""
    if path.suffix.lower() not in (".csv", ".parquet"):
        return False
    return {"code", "level", "max_points"} <= set(read_table(path).frame.columns)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
