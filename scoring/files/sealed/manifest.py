"""The manifest: every file of a result folder or a bundle, with its size and SHA-256.

``manifest.json`` has one form for both, as UTF-8 with sorted keys and no time or machine in it::

    {
     "about": {"package": "par-index-scoring 1.0.0", "set_id": "...", "unit_code": "..."},
     "digest": "<SHA-256 of everything else here>",
     "files": [{"bytes": 12, "path": "scores.csv", "sha256": "..."}],
     "format": "parindex-manifest-2",
     "inputs": [{"bytes": 34, "path": "ledger.xlsx", "sha256": "..."}],
     "kind": "results",
     "withheld": [{"document_id": "TL003", "document_number": "9/BC-SNV", "sha256": "..."}]
    }

``kind`` is ``results`` or ``bundle``. ``inputs`` are the files the results were made from, by name
alone; ``withheld`` are the secret documents a bundle lists and does not hold. Both are empty where
they do not apply.

The digest shows accidents and careless edits. Whoever changes a file and writes a new manifest is
caught only when the receiver learnt the digest in another way.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.files.paths import open_under, path_problem, read_bytes

MANIFEST_NAME = "manifest.json"
FORMAT = "parindex-manifest-2"
RESULTS, BUNDLE = KINDS = ("results", "bundle")
# Room for a national run of a hundred thousand files; more is no manifest of ours.
MOST_BYTES = 64_000_000

_OLDER_FORMATS = ("parindex-manifest-1", "parindex-bundle")
_CHUNK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One file: its path with forward slashes, its size and its SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder of results or a bundle holds.

    Attributes
    ----------
    kind : {"results", "bundle"}
    files : tuple of Entry
    inputs : tuple of Entry
        The files it was made from, by name; empty for a bundle.
    withheld : tuple of mapping
        Secret documents that are listed and not packed.
    about : mapping of str to str
        Criteria set, unit and version; never a time or a machine.

    Examples
    --------
    >>> manifest = Manifest("results", (Entry("scores.csv", 2, "0" * 64),), about={"set_id": "a"})
    >>> read_manifest(manifest.to_bytes()) == (manifest, manifest.digest)
    True
    """

    kind: str
    files: tuple[Entry, ...]
    inputs: tuple[Entry, ...] = ()
    withheld: tuple[Mapping[str, str], ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of everything the manifest says."""
        return hashlib.sha256(_written(self._body())).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the one form in which this manifest is written."""
        return _written(self._body() | {"digest": self.digest})

    def _body(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "kind": self.kind,
            "about": dict(self.about),
            "inputs": [asdict(entry) for entry in sorted(self.inputs)],
            "files": [asdict(entry) for entry in sorted(self.files)],
            "withheld": [dict(row) for row in self.withheld],
        }


def _written(body: Mapping[str, Any]) -> bytes:
    # A hostile manifest may hold lone surrogates, which must give a digest and not an error.
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1)
    return (text + "\n").encode("utf-8", "surrogatepass")


def about(**facts: object) -> dict[str, str]:
    """Return `facts` as a manifest states them, with the version of the package."""
    known = {"package": f"par-index-scoring {__version__}"}
    return known | {name: str(value) for name, value in facts.items()}


def fingerprint(
    file: IO[bytes], limit: int | None = None, sink: IO[bytes] | None = None
) -> tuple[int, str]:
    """Return size and SHA-256 of an open file, both from reading it once.

    Parameters
    ----------
    file : binary file
    limit : int, optional
        Reading stops one byte beyond it; the size then tells that the file is longer.
    sink : binary file, optional
        Gets a copy of what was hashed.

    Examples
    --------
    >>> import io
    >>> fingerprint(io.BytesIO(b"abc"), limit=1)[0]
    2
    """
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK if limit is None else min(_CHUNK, limit + 1 - size)):
        digest.update(chunk)
        size += len(chunk)
        if sink is not None:
            sink.write(chunk)
    return size, digest.hexdigest()


def entry_of(folder: Path, name: str) -> Entry:
    """Return the entry of the file `name` below `folder`.

    Raises
    ------
    UnreadableError
        See `scoring.files.paths.open_under`.
    """
    with open_under(folder, name) as file:
        return Entry(name, *fingerprint(file))


def files_below(folder: Path, *, links: bool = False) -> list[str]:
    """Return the relative paths of all files below `folder`, sorted, without the manifest.

    A link, to a file or a folder, is named when `links` is true and never followed.
    """
    names = []
    for root, folders, files in os.walk(folder):
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        paths = [Path(root) / name for name in [*files, *linked]]
        kept = [path for path in paths if links or not path.is_symlink()]
        names += [path.relative_to(folder).as_posix() for path in kept]
    return sorted(name for name in names if name != MANIFEST_NAME)


def read_manifest(data: bytes) -> tuple[Manifest, str]:
    """Return the manifest in `data` and the digest it states.

    Nothing in it is trusted: paths must stay inside the folder, sizes and hashes must be such.

    Raises
    ------
    UnreadableError
        ``manifest-unreadable``, ``manifest-older-format`` or ``manifest-unsafe-path``.
    """
    try:
        body = json.loads(data.decode("utf-8"))
        _refuse_other_format(body["format"])
        manifest = Manifest(
            kind=body["kind"],
            files=tuple(_inside(_entry(row)) for row in body["files"]),
            inputs=tuple(_entry(row) for row in body["inputs"]),
            withheld=tuple(_texts(row) for row in body["withheld"]),
            about=_texts(body["about"]),
        )
        digest = str(body["digest"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _refused("manifest-unreadable") from None
    if manifest.kind not in KINDS or len({e.path for e in manifest.files}) < len(manifest.files):
        raise _refused("manifest-unreadable")
    return manifest, digest


def manifest_in(folder: Path) -> Manifest | None:
    """Return the manifest of a folder of results; None where there is none that can be read."""
    try:
        manifest, _ = read_manifest(read_bytes(folder / MANIFEST_NAME, MOST_BYTES))
    except UnreadableError:
        return None
    return manifest if manifest.kind == RESULTS else None


def _refuse_other_format(name: str) -> None:
    if name in _OLDER_FORMATS:
        raise _refused("manifest-older-format", format=name, current=FORMAT)
    if name != FORMAT:
        raise ValueError(name)


def _entry(row: dict[str, Any]) -> Entry:
    entry = Entry(row["path"], row["bytes"], row["sha256"])
    is_size = isinstance(entry.bytes, int) and not isinstance(entry.bytes, bool)
    if not (is_size and entry.bytes >= 0 and _HASH.fullmatch(entry.sha256)):
        raise ValueError("size or hash")
    return entry


def _inside(entry: Entry) -> Entry:
    if path_problem(entry.path) or entry.path == MANIFEST_NAME:
        raise _refused("manifest-unsafe-path", path=entry.path.encode("utf-8", "replace").decode())
    return entry


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in row.items()}


def _refused(code: str, **values: str) -> UnreadableError:
    return UnreadableError(Finding(code, MANIFEST_NAME, values=values))
