"""The list of a bundle's files with sizes and hashes, which carries a digest of its own.

The digest shows a manifest changed by accident or by someone careless. Someone who changes a
file and makes a new manifest is only caught by telling the receiver the digest another way.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from scoring import __version__
from scoring.files.paths import path_problem

MANIFEST_NAME = "manifest.json"
FORMAT = "parindex-bundle"
FORMAT_VERSION = 1
MAX_MANIFEST = 64_000_000
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A packed file: its path in the bundle, its size and its SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle holds, and which secret documents it holds back."""

    files: tuple[Entry, ...]
    withheld: tuple[dict[str, str], ...] = ()
    about: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of everything the manifest says; tell it to the receiver another way."""
        canonical = json.dumps(self._body(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode("utf-8")).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the one form in which this manifest is written."""
        body = self._body() | {"digest": self.digest}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1)
        return (text + "\n").encode("utf-8")

    def _body(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "about": dict(self.about),
            "files": [asdict(entry) for entry in sorted(self.files)],
            "withheld": list(self.withheld),
        }


def about(**facts: object) -> tuple[tuple[str, str], ...]:
    """Return facts for a manifest, with the version that made it; never a time or a machine."""
    known = {"package": f"par-index-scoring {__version__}"}
    return tuple(sorted((known | {name: str(value) for name, value in facts.items()}).items()))


def read_manifest(data: bytes) -> tuple[Manifest, str] | None:
    """Return the manifest in `data` and the digest it states, or None when it is none.

    Nothing in it is trusted: paths must stay inside the bundle, sizes and hashes must be such.
    """
    try:
        body = json.loads(data.decode("utf-8"))
        if body["format"] != FORMAT or body["format_version"] != FORMAT_VERSION:
            return None
        files = tuple(_entry(row) for row in body["files"])
        withheld = tuple(_texts(row) for row in body["withheld"])
        facts = tuple(sorted(_texts(body["about"]).items()))
        digest = str(body["digest"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if len({entry.path for entry in files}) < len(files):
        return None
    return Manifest(files, withheld, facts), digest


def _entry(row: dict[str, Any]) -> Entry:
    entry = Entry(row["path"], row["bytes"], row["sha256"])
    is_size = isinstance(entry.bytes, int) and not isinstance(entry.bytes, bool)
    if not (is_size and entry.bytes >= 0 and _HASH.fullmatch(entry.sha256)):
        raise ValueError("size or hash")
    if path_problem(entry.path) or entry.path == MANIFEST_NAME:
        raise ValueError("path")
    return entry


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in row.items()}
