"""``parindex report``: the leadership pack of one unit or many."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.batch.run import compute
from scoring.batch.submissions import read_files
from scoring.cli.commands.given_files import day_of, intake_of, of_period
from scoring.cli.console import UNUSABLE, Console
from scoring.evidence.targets_table import read_targets
from scoring.outputs.pack import FORMATS, write_report
from scoring.outputs.results_manifest import results_folder, run_facts
from scoring.points import score


def run(options: argparse.Namespace, console: Console) -> int:
    """Write page, Word report, workbook, one-page PDF and slide from the same content."""
    intake = of_period(intake_of(options, options.files), options)
    targets = read_targets(Path(options.targets))[0] if options.targets else None
    result = compute(intake, targets, console.lang, options.track)
    last_year = None
    if options.last_year:
        earlier = read_files([Path(options.last_year)], intake.criteria)
        last_year = score(earlier.inputs, earlier.criteria)
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
            last_year=last_year,
            as_of=day_of(options.on) if options.on else None,
            on_done=step,
        )
    written = [out / path.relative_to(folder) for path in written]
    for path in written:
        console.print(str(path))
    console.give({"files": [str(path) for path in written]})
    code = console.report(result.findings)
    return UNUSABLE if intake.unreadable else code


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
