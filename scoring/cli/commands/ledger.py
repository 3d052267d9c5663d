"""``parindex ledger ...``: blank workbooks and their check."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.batch.reading import read_files
from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.criteria import open_set
from scoring.points import score


def new(options: argparse.Namespace, console: Console) -> int:
    """Write a blank ledger for one unit and year."""
    from scoring.evidence.ledger import write_ledger

    criteria = open_set(options.criteria)
    path = Path(options.out or f"evidence/{options.unit}-{options.year}/ledger.xlsx")
    write_ledger(path, criteria, options.unit, options.name, options.year, lang=console.lang)
    console.print(str(path))
    console.give({"ledger": str(path)})
    return CLEAN


def check(options: argparse.Namespace, console: Console) -> int:
    """Check ledgers: their form and everything scoring finds in them."""
    criteria = open_set(options.criteria) if options.criteria else None
    intake = read_files([Path(name) for name in options.files], criteria)
    sheet = score(intake.inputs, intake.criteria)
    findings = (*intake.findings, *sheet.findings)
    console.give({"findings": console.findings_json(findings)})
    code = console.report(findings)
    for unit in sheet.index.to_dict("records"):
        console.print(
            console.text(
                "ledger_progress",
                unit=unit["unit_name"] or unit["unit_code"],
                scored=unit["items_scored"],
                items=unit["items_applicable"],
            )
        )
    return UNUSABLE if intake.unreadable else code
