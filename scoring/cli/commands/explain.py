"""``parindex explain``: why an item has these points."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from scoring.batch.reading import read_files
from scoring.batch.tracks import with_evidence
from scoring.cli.console import UNUSABLE, Console
from scoring.criteria import open_set
from scoring.points import score
from scoring.points.explain import explain


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the trace of one item of one unit."""
    criteria = open_set(options.criteria) if options.criteria else None
    intake = read_files([Path(options.file)], criteria)
    if intake.unreadable:
        console.report(intake.findings)
        return UNUSABLE
    sheet, doubts = with_evidence(score(intake.inputs, intake.criteria), intake, console.lang)
    why = explain(
        sheet,
        options.item,
        options.unit,
        console.lang,
        documents=intake.documents,
        links=intake.links,
    )
    for line in why.lines(console.lang):
        console.print(line)
    console.give(asdict(why))
    mine = [f for f in (*intake.findings, *sheet.findings, *doubts) if f.item_code == options.item]
    return console.report(mine)
