"""What a verb may write over: one rule for all of them, asked before a file takes its place.

What exists is refused unless it is told to be replaced, and then kept beside the new one; a file
that the verb was given is never written over. Files that an earlier run made and nobody changed
since may be made anew, and so may a file that would be the same.
"""

from __future__ import annotations

import contextlib
import filecmp
import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.files.manifest import MANIFEST_NAME, MOST_BYTES, RESULTS, read_manifest
from scoring.files.paths import read_bytes

KEPT_ENDING = ".bak"


@dataclass
class Overwriting:
    """The rule while one verb runs.

    Attributes
    ----------
    inputs : sequence of Path
        Files and folders that the verb was given, resolved.
    out : Path
        Where it was told to write.
    replace : bool
    earlier : mapping of Path to str
        Files that an earlier run made, by SHA-256; empty text for any content.
    kept : list of Path
        Where old files were put.
    """

    inputs: Sequence[Path] = ()
    out: Path = Path()
    replace: bool = False
    earlier: Mapping[Path, str] = field(default_factory=dict)
    kept: list[Path] = field(default_factory=list)
    _own: set[Path] = field(default_factory=set)

    def make_room(self, path: Path, content: Path | None) -> None:
        """See `make_room`."""
        place = path.parent.resolve() / path.name
        if place in self._own or not os.path.lexists(place):
            self._own.add(place)
            return
        if any(file.is_file() and file.samefile(place) for file in self.inputs if place.exists()):
            raise OutputError(Finding("output-is-input", str(path)))
        if not self._is_of_earlier_run(place):
            if any(self._is_below(place, folder) for folder in self.inputs):
                raise OutputError(Finding("output-is-input", str(path)))
            if not (content and place.is_file() and filecmp.cmp(content, place, shallow=False)):
                self._keep(place)
        self._own.add(place)

    def _is_of_earlier_run(self, place: Path) -> bool:
        digest = self.earlier.get(place)
        return digest == "" or (
            digest is not None and hashlib.sha256(place.read_bytes()).hexdigest() == digest
        )

    def _is_below(self, place: Path, folder: Path) -> bool:
        """Say whether a place lies in a folder the verb reads, its own corner there apart."""
        if place.is_dir() and (place == folder or place in folder.parents):
            return True
        return folder == place.parent or (
            folder in place.parents and folder not in self.out.parents
        )

    def _keep(self, place: Path) -> None:
        if not self.replace:
            raise OutputError(Finding("output-exists", str(place)))
        numbers = itertools.chain([""], map(str, itertools.count(2)))
        names = (place.with_name(f"{place.name}{KEPT_ENDING}{number}") for number in numbers)
        kept = next(path for path in names if not os.path.lexists(path))
        if place.is_dir():
            place.rename(kept)
        else:
            try:
                kept.hardlink_to(place)
            except OSError:  # some disks know no second names
                shutil.copy2(place, kept)
        self.kept.append(kept)


_rule: Overwriting | None = None


def adopt(rule: Overwriting | None) -> Overwriting | None:
    """Let `rule` hold in this process, and return the one that held before."""
    global _rule
    before, _rule = _rule, rule
    return before


def rule_in_force() -> Overwriting | None:
    """Return the rule that holds in this process; None outside a verb."""
    return _rule


@contextlib.contextmanager
def overwriting(rule: Overwriting) -> Iterator[Overwriting]:
    """Let `rule` hold for everything written meanwhile."""
    before = adopt(rule)
    try:
        yield rule
    finally:
        adopt(before)


def make_room(path: Path, content: Path | None = None) -> None:
    """Refuse or keep what stands at `path`, which is about to be replaced or removed.

    Parameters
    ----------
    path : Path
        A file or folder.
    content : Path, optional
        A file with what comes there; where it is the same, nothing is lost.

    Raises
    ------
    OutputError
        ``output-exists`` or ``output-is-input``.
    """
    if _rule is not None:
        _rule.make_room(path, content)


def made_earlier(folder: Path) -> dict[Path, str]:
    """Return the files in a folder of results, with the hashes that its manifest states."""
    folder = folder.resolve()
    try:
        manifest, _ = read_manifest(read_bytes(folder / MANIFEST_NAME, MOST_BYTES))
    except UnreadableError:
        return {}
    if manifest.kind != RESULTS:
        return {}
    listed = {folder / entry.path: entry.sha256 for entry in manifest.files}
    return listed | {folder / MANIFEST_NAME: ""}
