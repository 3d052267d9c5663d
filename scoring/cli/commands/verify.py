"""``parindex verify``: are results, or a bundle, as they were made?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from scoring.base.findings import Finding, has_errors
from scoring.batch.recomputed import MOST_BYTES, recheck
from scoring.batch.republished import is_published, republished
from scoring.cli.console import CLEAN, UNUSABLE, Console
from scoring.files.sealed.bundle_zip import manifest_in_zip, unpacked
from scoring.files.sealed.data_package import PACKAGE_NAME, stale_tables
from scoring.files.sealed.manifest import MANIFEST_NAME, Manifest, about, manifest_in
from scoring.files.sealed.manifest_check import verify_manifest

_OF_SETS = ("set.toml", "instrument.toml")
_OF_FILES = {
    "manifest-file-changed",
    "manifest-file-added",
    "manifest-file-missing",
    "bundle-zip-remade",
}


def run(options: argparse.Namespace, console: Console) -> int:
    """Compare a folder of results or a bundle (folder or zip) with its manifest, a set with its package."""
    if _is_set(Path(options.dir)):
        return _package(options.dir, console)
    findings = verify_manifest(options.dir, options.digest)
    # Files that were added or changed do not stop it: what comes out tells what was changed.
    manifest = _manifest(Path(options.dir)) if _readable(findings) else None
    if manifest is not None and is_published(manifest):
        return _published(Path(options.dir), manifest, findings, console)
    again = None if has_errors(findings) else recheck(Path(options.dir))
    if again is not None:
        findings = (*findings, *again.findings)
        agrees = "scores_differ" if again.findings else "scores_agree"
        agrees = agrees if again.compared or again.findings else "scores_none"
        what = ", ".join(console.text(f"compared_{kind}") for kind in again.compared)
        console.print(console.text(agrees, set=again.set_stated, what=what))
        if again.sealed:
            kinds = sorted({_shown(name) for name in again.sealed})
            console.print(console.text("sealed_only", files=", ".join(kinds)))
    told = {"recomputed_with": again.set_stated, "sealed_only": again.sealed} if again else {}
    code = console.close(findings, **{"recomputed_with": None, "sealed_only": []} | told)
    if not findings:
        console.print(console.text("verified", folder=options.dir))
        return CLEAN
    return code if Path(options.dir).exists() else UNUSABLE


def _is_set(folder: Path) -> bool:
    """Say whether a folder is a criteria set or questionnaire, which has a package and no manifest."""
    has = {name for name in (*_OF_SETS, PACKAGE_NAME, MANIFEST_NAME) if (folder / name).exists()}
    return PACKAGE_NAME in has and MANIFEST_NAME not in has and bool(has & set(_OF_SETS))


def _package(folder: str, console: Console) -> int:
    findings = stale_tables(Path(folder))
    code = console.close(findings, recomputed_with=None, sealed_only=[])
    if not findings:
        console.print(console.text("package_verified", folder=folder))
    return code


def _manifest(path: Path) -> Manifest | None:
    return manifest_in(path) if path.is_dir() else manifest_in_zip(path)


def _readable(findings: Sequence[Finding]) -> bool:
    """Say whether nothing worse was found than files that came, went or changed."""
    return {found.code for found in findings} <= _OF_FILES


def _published(
    path: Path, manifest: Manifest, findings: Sequence[Finding], console: Console
) -> int:
    """Recompute a published result from its own figures and set."""
    with unpacked(path, MOST_BYTES) as folder:
        limit = {"limit": MOST_BYTES // 1_000_000}
        too_large = Finding("published-too-large", path.name, values=limit)
        wrong = republished(folder, manifest) if folder else [too_large]
    names = {"set": manifest.about.get("set_id", ""), "made": manifest.about.get("package", "")}
    key = "published_differ" if wrong else "published_agree"
    console.print(console.text(key, **names, engine=about()["package"]))
    everything = (*findings, *wrong)
    told = {"recomputed_with": names["set"], "sealed_only": []}
    code = console.close(everything, **told)
    if not everything:
        console.print(console.text("verified", folder=str(path)))
    return code


def _shown(name: str) -> str:
    """Return a file of results as the screen names it; charts and pages by their folder.

    >>> _shown("scores/report.xlsx"), _shown("scores/charts/area-points.svg")
    ('report.xlsx', 'charts/')
    """
    first, *rest = name.split("/")[1:]
    return f"{first}/" if rest else first
