"""``parindex appraise anomalies``: what is worth a second look, and how usual it is."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from scoring.analysis.anomalies import find_anomalies
from scoring.base.findings import Finding, findings_frame
from scoring.base.labels import Label
from scoring.base.values import ANOMALY_KINDS
from scoring.batch.scored import scored
from scoring.batch.submissions import Intake
from scoring.cli.commands.given_files import intake_of, last_year_named, of_period
from scoring.cli.console import UNUSABLE, Console
from scoring.criteria import open_set
from scoring.files.atomic import write_atomically
from scoring.files.declared_tables import read_typed
from scoring.outputs.anomalies_workbook import anomalies_workbook
from scoring.outputs.machine import write_table
from scoring.outputs.results_manifest import results_folder


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the table and the workbook, and print what was found of each kind."""
    last_year_named(options)
    intake = of_period(intake_of(options, options.files), options)
    if not len(intake.inputs):
        # A table without a row would look as if there were nothing to see.
        return console.fail([*intake.findings, Finding("anomalies-no-figures")])
    last, problems = _last_year(options)
    older = open_set(options.last_set) if options.last_set else None
    sheet, doubts = scored(intake)
    table, looked = find_anomalies(sheet, handed_in(intake), last, older, console.lang)
    found = [*intake.findings, *sheet.findings, *doubts, *problems, *looked]
    names = [*options.files, *filter(None, [options.last_year])]
    used = [
        path for path in map(Path, names) if path.is_file() and path.name not in intake.unreadable
    ]
    with results_folder(Path(options.out), used, sheet.criteria, "appraise anomalies") as folder:
        decimals, dialect = sheet.criteria.meta.decimals, options.csv_dialect
        write_table(table, "Anomalies", folder, decimals, dialect)
        write_table(findings_frame(found, console.lang), "Findings", folder, decimals, dialect)
        book = anomalies_workbook(table, looked, sheet.criteria, console.lang)
        write_atomically(folder / "anomalies.xlsx", book)
    _show(table, looked, console)
    console.wrote(options.out)
    code = console.report(found, Path(options.out) / "findings.csv")
    return UNUSABLE if intake.unreadable else code


def _last_year(options: argparse.Namespace) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Return the scores of last year, where they are given."""
    return read_typed(Path(options.last_year), "Scores") if options.last_year else (None, [])


def handed_in(intake: Intake) -> dict[str, pd.DataFrame]:
    """Return what units handed in beside their figures, as `find_anomalies` takes it."""
    told = {"claims": intake.claims, "documents": intake.documents, "links": intake.links}
    return told if intake.proof is None else told | {"requirements": intake.proof.requirements}


def _show(table: pd.DataFrame, looked: list[Finding], console: Console) -> None:
    counts = table["kind"].value_counts()
    seen = {str(one.values["kind"]) for one in looked if one.code == "anomalies-looked"}
    rows = [
        (
            console.text(f"anomaly_kind_{kind}"),
            str(counts.get(kind, 0)) if str(Label(f"anomaly_kind_{kind}")) in seen else "—",
        )
        for kind in ANOMALY_KINDS
    ]
    console.give({"anomalies": table.to_dict("records")})
    console.table(console.heads("appraise_anomalies_", "kind", "count"), rows, " r")
    console.print(console.text("anomalies_no_verdict"))
