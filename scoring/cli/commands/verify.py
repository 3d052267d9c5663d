"""``parindex verify``: are results, or a bundle, as they were made?"""

from __future__ import annotations

import argparse
from pathlib import Path

from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.evidence.bundle import MANIFEST_NAME as BUNDLE_MANIFEST
from scoring.evidence.bundle import verify_bundle
from scoring.outputs.manifest import verify_manifest

_BUNDLE_MARK = b"parindex-bundle"


def run(options: argparse.Namespace, console: Console) -> int:
    """Compare a folder of results or a bundle (folder or zip) with its manifest."""
    path = Path(options.dir)
    if _is_bundle(path):
        findings = list(verify_bundle(path, options.digest))
    else:
        findings = verify_manifest(path)
    console.give({"findings": console.findings_json(findings)})
    if not findings:
        console.print(console.text("verified", folder=options.dir))
        return CLEAN
    code = console.report(findings)
    return UNUSABLE if not path.exists() else code


def _is_bundle(path: Path) -> bool:
    """Tell a bundle from a folder of results by the first bytes of its manifest."""
    if path.is_file():
        return True
    try:
        with (path / BUNDLE_MANIFEST).open("rb") as file:
            return _BUNDLE_MARK in file.read(100_000)
    except OSError:
        return False
