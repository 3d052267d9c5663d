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
        findings = (*findings, *again.findings)
        agrees = "scores_differ" if again.findings else "scores_agree"
        console.print(console.text(agrees, set=again.set_stated))
        if again.sealed:
            kinds = sorted({_shown(name) for name in again.sealed})
            console.print(console.text("sealed_only", files=", ".join(kinds)))
    told = {"recomputed_with": again.set_stated, "sealed_only": again.sealed} if again else {}
    code = console.close(findings, **{"recomputed_with": None, "sealed_only": []} | told)
    if not findings:
        console.print(console.text("verified", folder=options.dir))
        return CLEAN
    return code if Path(options.dir).exists() else UNUSABLE


def _shown(name: str) -> str:
    """Return a file of results as the screen names it; charts and pages by their folder.

    >>> _shown("scores/report.xlsx"), _shown("scores/charts/area-points.svg")
    ('report.xlsx', 'charts/')
    """
    first, *rest = name.split("/")[1:]
    return f"{first}/" if rest else first
