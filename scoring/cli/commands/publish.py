"""``parindex publish``: a result with its figures and its set, for everyone to recompute."""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.batch.publishing import publish
from scoring.cli.commands.given_files import intake_of, of_period
from scoring.cli.console import UNUSABLE, Console


def run(options: argparse.Namespace, console: Console) -> int:
    """Write the package; 2 when a file could not be read, 1 with error findings."""
    intake = of_period(intake_of(options, options.files), options)
    used = [path for path in map(Path, options.files) if path.is_file()]
    given = {name: getattr(options, name) for name in ("publisher", "licence", "spatial")}
    sheet, findings = publish(intake, Path(options.out), used, given)
    console.print(console.text("published_units", count=sheet.units["unit_code"].nunique()))
    console.wrote(options.out)
    code = console.close((*intake.findings, *findings), units=len(sheet.units))
    return UNUSABLE if intake.unreadable else code
