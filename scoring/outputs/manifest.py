"""The manifest: what a run was made from and the fingerprint of every file it made.

It shows that a folder of results is whole and unchanged. Its own checksum finds accidents and
careless edits; who must prove authorship signs ``manifest.json`` as any other document.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.atomic import write_atomically
from scoring.files.paths import open_under, path_problem, read_bytes, unreadable

MANIFEST_NAME = "manifest.json"
FORMAT = "parindex-manifest-1"
DISTRIBUTION = "par-index-scoring"

_CHUNK = 1 << 20
# Room for a national run of a hundred thousand files; more is no manifest of ours.
_MOST_BYTES = 64 << 20


def write_manifest(
    folder: Path | str,
    inputs: Iterable[Path | str],
    set_id: str,
    set_version: str,
    set_fingerprint: str,
    *,
    made_on: str | None = None,
) -> Path:
    """Write ``manifest.json`` for all files of `folder`.

    Parameters
    ----------
    folder : Path or str
        Where the results are; sub-folders count, links do not.
    inputs : iterable of Path
        The files the results were made from; only their names are kept, not where they lie.
    set_id, set_version, set_fingerprint : str
        The criteria set.
    made_on : str, optional
        A date to record. Without it the same results give the same manifest on any day.

    Raises
    ------
    UnreadableError
        When an input or an output cannot be read.
    OutputError
        When the manifest cannot be written.
    """
    folder = Path(folder)
    content: dict[str, Any] = {
        "format": FORMAT,
        "package": {"name": DISTRIBUTION, "version": package_version()},
        "criteria_set": {"id": set_id, "version": set_version, "fingerprint": set_fingerprint},
        "inputs": sorted((_input(Path(path)) for path in inputs), key=lambda entry: entry["name"]),
        "outputs": [_entry(folder, path) for path in _files_below(folder)],
    }
    if made_on is not None:
        content["made_on"] = made_on
    content["checksum"] = _checksum(content)
    path = folder / MANIFEST_NAME
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    return path


def verify_manifest(folder: Path | str) -> list[Finding]:
    """Check the files of `folder` against its manifest.

    Returns
    -------
    list of Finding
        Empty when everything is as it was made. Otherwise ``manifest-missing``,
        ``manifest-unreadable``, ``manifest-tampered``, ``manifest-unsafe-path``,
        ``manifest-file-missing``, ``manifest-file-changed`` or ``manifest-file-added``, each with
        the file it concerns. A path that leads out of the folder is never opened.
    """
    folder = Path(folder)
    try:
        content = _read(folder)
    except UnreadableError as problem:
        return [problem.finding]
    findings = []
    if content.get("checksum") != _checksum(content):
        findings.append(Finding("manifest-tampered", file=MANIFEST_NAME))
    known: set[str] = set()
    for entry in content["outputs"]:
        known.add(entry["path"])
        findings += _differences(folder, entry)
    added = [path for path in _files_below(folder, links=True) if path not in known]
    return findings + [Finding("manifest-file-added", file=path) for path in added]


def package_version() -> str:
    """Return the version of the installed package, ``unknown`` when it is not installed."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "unknown"


def _checksum(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "checksum"}
    # surrogates may stand in a hostile file; they must give a checksum too, not an error
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _input(path: Path) -> dict[str, Any]:
    size, sha256 = _fingerprint(path.parent, path.name) if path.is_file() else _missing(path)
    return {"name": path.name, "size": size, "sha256": sha256}


def _missing(path: Path) -> tuple[int, str]:
    raise UnreadableError(unreadable(path, FileNotFoundError()))


def _entry(folder: Path, name: str) -> dict[str, Any]:
    size, sha256 = _fingerprint(folder, name)
    return {"path": name, "size": size, "sha256": sha256}


def _fingerprint(folder: Path, name: str) -> tuple[int, str]:
    """Return size and SHA-256 of a file, both of the same opening of it."""
    digest, size = hashlib.sha256(), 0
    with open_under(folder, name) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _files_below(folder: Path, *, links: bool = False) -> list[str]:
    """Return the files below `folder` by relative path, without the manifest itself."""
    names = []
    for root, folders, files in os.walk(folder):
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in [*files, *linked]:
            path = Path(root) / name
            if links or not path.is_symlink():
                names.append(path.relative_to(folder).as_posix())
    return sorted(name for name in names if name != MANIFEST_NAME)


def _read(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST_NAME
    if not os.path.lexists(path):
        raise UnreadableError(Finding("manifest-missing", file=MANIFEST_NAME))
    data = read_bytes(path, _MOST_BYTES)
    try:
        content = json.loads(data.decode("utf-8")) if len(data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not _has_shape(content):
        raise UnreadableError(Finding("manifest-unreadable", file=MANIFEST_NAME))
    return content


def _has_shape(content: dict[str, Any]) -> bool:
    if content.get("format") != FORMAT:
        return False
    outputs = content.get("outputs")
    return isinstance(outputs, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("path"), str)
        and isinstance(entry.get("size"), int)
        and isinstance(entry.get("sha256"), str)
        for entry in outputs
    )


def _differences(folder: Path, entry: Mapping[str, Any]) -> list[Finding]:
    path = entry["path"]
    if path_problem(path):
        return [Finding("manifest-unsafe-path", file=MANIFEST_NAME, values={"path": path})]
    try:
        size, sha256 = _fingerprint(folder, path)
    except UnreadableError as problem:
        if problem.finding.code == "file-missing":
            return [Finding("manifest-file-missing", file=path)]
        return [problem.finding.at(file=path)]
    if (size, sha256) != (entry["size"], entry["sha256"]):
        sizes = {"expected": entry["size"], "found": size}
        return [Finding("manifest-file-changed", file=path, values=sizes)]
    return []
