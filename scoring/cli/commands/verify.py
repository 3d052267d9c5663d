"""``parindex verify``: are the results as they were made?"""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.cli.console import CLEAN, Console
from scoring.outputs.manifest import verify_manifest


def run(options: argparse.Namespace, console: Console) -> int:
    """Compare a folder of results with its manifest."""
    findings = verify_manifest(Path(options.dir))
    console.give({"findings": console.findings_json(findings)})
    if not findings:
        console.print(console.text("verified", folder=options.dir))
        return CLEAN
    return console.report(findings)
