"""``parindex verify``: are results, or a bundle, as they were made?"""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.files.manifest_check import verify_manifest


def run(options: argparse.Namespace, console: Console) -> int:
    """Compare a folder of results or a bundle (folder or zip) with its manifest."""
    findings = verify_manifest(options.dir, options.digest)
    code = console.close(findings)
    if not findings:
        console.print(console.text("verified", folder=options.dir))
        return CLEAN
    return code if Path(options.dir).exists() else UNUSABLE
