"""Compare a folder of results or a bundle with its manifest, wherever it came from."""

from __future__ import annotations

import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.paths import open_under, path_problem
from scoring.files.sealed.bundle_zip import foreign_parts, is_as_packed
from scoring.files.sealed.manifest import (
    BUNDLE,
    MANIFEST_NAME,
    MOST_BYTES,
    Entry,
    Manifest,
    files_below,
    fingerprint,
    read_manifest,
)

_MOST_ENTRIES = 400_000
# What reading an entry of a hostile or damaged zip can raise.
_DAMAGE = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class _Holding:
    """A folder or a zip as names that can be opened."""

    names: list[str]
    open: Callable[[str], IO[bytes]]


def verify_manifest(path: Path | str, digest: str | None = None) -> tuple[Finding, ...]:
    """Compare a folder of results or a bundle, as a folder or a zip, with its manifest.

    Parameters
    ----------
    path : Path or str
        It may come from anyone: nothing is written, links are not followed, and no file is read
        further than the size its manifest states.
    digest : str, optional
        The digest that the sender told; without it, someone may have replaced files and manifest
        together.

    Returns
    -------
    tuple of Finding
        Empty when every file is as it was made. Never raises for what it finds.
    """
    path = Path(path)
    try:
        if path.is_dir():
            names = files_below(path, links=True)
            return tuple(_compared(_Holding(names, lambda name: open_under(path, name)), digest))
        with zipfile.ZipFile(path) as package:
            return tuple(_zip_findings(path, package, digest))
    except UnreadableError as problem:
        return (problem.finding,)
    except _DAMAGE:
        return (Finding("bundle-unreadable", str(path)),)


def _zip_findings(path: Path, package: zipfile.ZipFile, told: str | None) -> Iterator[Finding]:
    """Yield what is wrong with a zip; how it was zipped is said where nothing else is."""
    names = [entry.filename for entry in package.infolist() if not entry.is_dir()]
    holding = _Holding(names, package.open)
    findings = [*_compared(holding, told), *foreign_parts(package)]
    yield from findings
    if not findings and not is_as_packed(path, package, read_manifest(_manifest_bytes(holding))[0]):
        yield Finding("bundle-zip-remade", path.name)


def _compared(holding: _Holding, told: str | None) -> Iterator[Finding]:
    if len(holding.names) > _MOST_ENTRIES:
        raise ValueError("too many entries")
    data = _manifest_bytes(holding)
    manifest, stated = read_manifest(data)
    # A manifest has one written form, so any other byte in it was put there later.
    if stated != manifest.digest or data != manifest.to_bytes():
        yield Finding("manifest-tampered", MANIFEST_NAME)
    if told is not None and told.strip().lower() != manifest.digest:
        values = {"told": told.strip()[:16], "actual": manifest.digest[:16]}
        yield Finding("manifest-digest-differs", MANIFEST_NAME, values=values)
    if not manifest.files:
        yield Finding("manifest-empty", MANIFEST_NAME)
    yield from _file_findings(holding, manifest)


def _manifest_bytes(holding: _Holding) -> bytes:
    try:
        with holding.open(MANIFEST_NAME) as file:
            data = file.read(MOST_BYTES + 1)
    except KeyError:
        raise UnreadableError(Finding("manifest-missing", MANIFEST_NAME)) from None
    except UnreadableError as problem:
        missing = problem.finding.code == "file-missing"
        code = "manifest-missing" if missing else "manifest-unreadable"
        raise UnreadableError(Finding(code, MANIFEST_NAME)) from None
    except _DAMAGE:
        data = b""
    if len(data) > MOST_BYTES:
        raise UnreadableError(Finding("manifest-unreadable", MANIFEST_NAME))
    return data


def _file_findings(holding: _Holding, manifest: Manifest) -> Iterator[Finding]:
    composed = Counter(_composed(name) for name in holding.names)
    yield from (Finding("manifest-entry-twice", name) for name, n in composed.items() if n > 1)
    actual = {_composed(name): name for name in holding.names}
    expected = {_composed(entry.path): entry for entry in manifest.files}
    missing = {name: entry for name, entry in expected.items() if name not in actual}
    for name in sorted(actual.keys() & expected.keys()):
        yield from _difference(holding, actual[name], expected[name])
    added = sorted(actual.keys() - expected.keys() - {MANIFEST_NAME})
    yield from _moved(holding, manifest, missing, [(name, actual[name]) for name in added])


def _difference(holding: _Holding, name: str, entry: Entry) -> Iterator[Finding]:
    found = _fingerprint(holding, name, entry.bytes)
    if isinstance(found, Finding):
        yield found.at(file=entry.path)
    elif found != (entry.bytes, entry.sha256):
        yield Finding("manifest-file-changed", entry.path, values={"expected": entry.bytes})


def _moved(
    holding: _Holding, manifest: Manifest, missing: dict[str, Entry], added: list[tuple[str, str]]
) -> Iterator[Finding]:
    """Pair what is missing with what was added: the same content under another name."""
    # Figures may lie in the folder of the results that were made from them.
    inputs = {(entry.bytes, entry.sha256) for entry in manifest.inputs}
    limit = max((entry.bytes for entry in (*missing.values(), *manifest.inputs)), default=0)
    for name, actual in added:
        content = _fingerprint(holding, actual, limit) if missing or inputs else None
        if content in inputs:
            continue
        old = next((o for o, e in missing.items() if (e.bytes, e.sha256) == content), None)
        if old is not None:
            del missing[old]
            yield Finding("manifest-file-renamed", name, values={"old": old})
        elif problem := path_problem(name):
            yield problem.at(file=name.encode("utf-8", "replace").decode())
        else:
            is_bundle = manifest.kind == BUNDLE
            yield Finding("bundle-file-added" if is_bundle else "manifest-file-added", name)
    yield from (Finding("manifest-file-missing", name) for name in sorted(missing))


def _fingerprint(holding: _Holding, name: str, limit: int) -> tuple[int, str] | Finding | None:
    """Return size and hash of a file, why it was not opened, or None for a damaged entry."""
    try:
        with holding.open(name) as file:
            return fingerprint(file, limit)
    except UnreadableError as problem:
        return problem.finding
    except _DAMAGE:
        return None


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
