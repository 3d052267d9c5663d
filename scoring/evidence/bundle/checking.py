"""Check a bundle on another machine: name every file missing, added, changed or renamed."""

from __future__ import annotations

import hashlib
import os
import unicodedata
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import IO, Protocol

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.evidence.bundle.manifest import (
    MANIFEST_NAME,
    MAX_MANIFEST,
    Entry,
    Manifest,
    read_manifest,
)
from scoring.files.paths import open_under, path_problem

_CHUNK = 1 << 20
_MAX_ENTRIES = 400_000
_UNREADABLE = "?"


class _Holder(Protocol):
    """A bundle as names that can be opened."""

    def names(self) -> list[str]: ...

    def open(self, name: str) -> IO[bytes]: ...


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> list[str]:
        found = []
        for folder, folders, files in os.walk(self._root):
            # A link to a folder is an entry of its own, never a way to elsewhere.
            linked = [name for name in folders if (Path(folder) / name).is_symlink()]
            found += [
                Path(folder, name).relative_to(self._root).as_posix() for name in files + linked
            ]
        return found

    def open(self, name: str) -> IO[bytes]:
        return open_under(self._root, name)


class _Zip:
    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package

    def names(self) -> list[str]:
        return [entry.filename for entry in self._package.infolist() if not entry.is_dir()]

    def open(self, name: str) -> IO[bytes]:
        return self._package.open(name)


def verify_bundle(path: Path, digest: str | None = None) -> tuple[Finding, ...]:
    """Compare a bundle with its manifest.

    Parameters
    ----------
    path : Path
        The folder or the zip. It may come from anyone: no entry is written anywhere, and none is
        read further than the size its manifest states.
    digest : str, optional
        The digest that the sender told; without it, someone may have replaced files and manifest
        together.

    Returns
    -------
    tuple of Finding
        Empty when every file is as it was packed. Never raises for what the bundle holds.
    """
    path = Path(path)
    try:
        if path.is_dir():
            return _checked(_Folder(path), str(path), digest)
        with zipfile.ZipFile(path) as package:
            return _checked(_Zip(package), str(path), digest)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return (Finding("bundle-unreadable", str(path)),)


def _checked(holder: _Holder, file: str, told: str | None) -> tuple[Finding, ...]:
    names = holder.names()
    if len(names) > _MAX_ENTRIES:
        return (Finding("bundle-unreadable", file),)
    if MANIFEST_NAME not in names:
        return (Finding("bundle-without-manifest", file),)
    data = _content(holder, MANIFEST_NAME, MAX_MANIFEST)
    read = read_manifest(data) if data is not None else None
    if data is None or read is None:
        return (Finding("bundle-manifest-broken", file),)
    manifest, stated = read
    findings = _manifest_findings(manifest, stated, data, told, file)
    return (*findings, *_file_findings(holder, names, manifest))


def _manifest_findings(
    manifest: Manifest, stated: str, data: bytes, told: str | None, file: str
) -> list[Finding]:
    findings = []
    # A manifest has one written form, so any other byte in it was put there later.
    if stated != manifest.digest or data != manifest.to_bytes():
        findings.append(Finding("bundle-manifest-tampered", file))
    if told is not None and told.strip().lower() != manifest.digest:
        values = {"told": told.strip()[:16], "actual": manifest.digest[:16]}
        findings.append(Finding("bundle-digest-differs", file, values=values))
    return findings


def _file_findings(holder: _Holder, names: list[str], manifest: Manifest) -> list[Finding]:
    findings: list[Finding] = []
    composed = Counter(_composed(name) for name in names)
    findings += [Finding("bundle-entry-twice", name) for name, n in composed.items() if n > 1]
    actual = {_composed(name): name for name in names}
    expected = {_composed(entry.path): entry for entry in manifest.files}
    missing = {name: entry for name, entry in expected.items() if name not in actual}
    added = sorted(actual.keys() - expected.keys() - {MANIFEST_NAME})
    for name in sorted(actual.keys() & expected.keys()):
        if _digest(holder, actual[name], expected[name].bytes) != expected[name].sha256:
            findings.append(Finding("bundle-file-changed", name))
    findings += _moved(holder, missing, [(name, actual[name]) for name in added])
    return findings


def _moved(
    holder: _Holder, missing: dict[str, Entry], added: list[tuple[str, str]]
) -> list[Finding]:
    """Pair what is missing with what was added: the same content under another name."""
    findings: list[Finding] = []
    limit = max((entry.bytes for entry in missing.values()), default=0)
    for name, actual in added:
        content = _digest(holder, actual, limit) if missing else ""
        old = next((old for old, entry in missing.items() if entry.sha256 == content), None)
        if old is not None:
            del missing[old]
            findings.append(Finding("bundle-file-renamed", name, values={"old": old}))
        elif problem := path_problem(name):
            findings.append(problem.at(file=name.encode("utf-8", "replace").decode()))
        else:
            findings.append(Finding("bundle-file-added", name))
    findings += [Finding("bundle-file-missing", name) for name in sorted(missing)]
    return findings


def _digest(holder: _Holder, name: str, limit: int) -> str:
    """Hash an entry, giving up one byte beyond `limit`: a longer one is not the one packed."""
    digest, size = hashlib.sha256(), 0
    try:
        with holder.open(name) as file:
            while chunk := file.read(min(_CHUNK, limit + 1 - size)):
                digest.update(chunk)
                size += len(chunk)
                if size > limit:
                    return _UNREADABLE
    except (UnreadableError, OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError):
        return _UNREADABLE
    except (NotImplementedError, ValueError):
        return _UNREADABLE
    return digest.hexdigest()


def _content(holder: _Holder, name: str, limit: int) -> bytes | None:
    try:
        with holder.open(name) as file:
            data = file.read(limit + 1)
    except (UnreadableError, OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError):
        return None
    except (NotImplementedError, ValueError):
        return None
    return data if len(data) <= limit else None


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
