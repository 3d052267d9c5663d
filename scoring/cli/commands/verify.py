"""``parindex verify``: are results, or a bundle, as they were made?"""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.base.findings import has_errors
from scoring.batch.recomputed import recheck
from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.files.manifest_check import verify_manifest


def run(options: argparse.Namespace, console: Console) -> int:
    """Compare a folder of results or a bundle (folder or zip) with its manifest."""
    findings = verify_manifest(options.dir, options.digest)
    again = None if has_errors(findings) else recheck(Path(options.dir))
    if again is not None:
        findings = (*findings, *again[1])
        agrees = "scores_differ" if again[1] else "scores_agree"
        console.print(console.text(agrees, set=again[0]))
    code = console.close(findings, recomputed_with=again[0] if again else None)
    if not findings:
        console.print(console.text("verified", folder=options.dir))
        return CLEAN
    return code if Path(options.dir).exists() else UNUSABLE
