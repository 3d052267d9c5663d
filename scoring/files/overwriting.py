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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scoring.base.errors import OutputError
from scoring.base.findings import Finding
from scoring.files.sealed.manifest import MANIFEST_NAME, manifest_in

KEPT_ENDING = ".bak"
# Where something is to be written, and a file with what is to come there.
Place = tuple[Path, Path | None]


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
    findings : list of Finding
        What else the person should know of the place written to.
    """

    inputs: Sequence[Path] = ()
    out: Path = Path()
    replace: bool = False
    earlier: Mapping[Path, str] = field(default_factory=dict)
    kept: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _own: set[Path] = field(default_factory=set)

    def make_room(self, *places: Place) -> None:
        """See `make_room`."""
        resolved = [(path.parent.resolve() / path.name, content) for path, content in places]
        kept = [place for place, content in resolved if self._is_kept(place, content)]
        for place in kept:
            self._keep(place)
        self._own.update(place for place, _ in resolved)

    def _is_kept(self, place: Path, content: Path | None) -> bool:
        """Say whether something stands at a place that must be kept beside it, or refuse."""
        if place in self._own or not os.path.lexists(place):
            return False
        if any(file.is_file() and file.samefile(place) for file in self.inputs if place.exists()):
            raise OutputError(Finding("output-is-input", str(place)))
        if self._is_of_earlier_run(place):
            return False
        if any(self._is_below(place, folder) for folder in self.inputs):
            raise OutputError(Finding("output-is-input", str(place)))
        if content and place.is_file() and filecmp.cmp(content, place, shallow=False):
            return False
        if not self.replace:
            raise OutputError(Finding("output-exists", str(place)))
        return True

    def room_for_whole(self, folder: Path) -> Path | None:
        """See `room_for_whole`."""
        if not self._is_kept(folder, None):
            return None
        self.kept.append(free_name(folder))
        return self.kept[-1]

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
        # A run that was stopped in between may have kept it already.
        if place.is_file() and any(map(place.samefile, _kept_before(place))):
            return
        kept = free_name(place)
        if place.is_dir():
            place.rename(kept)
        else:
            try:
                kept.hardlink_to(place)
            except OSError:  # some disks know no second names
                shutil.copy2(place, kept)
        self.kept.append(kept)


def _kept_names(place: Path) -> Iterator[Path]:
    numbers = itertools.chain([""], map(str, itertools.count(2)))
    return (place.with_name(f"{place.name}{KEPT_ENDING}{number}") for number in numbers)


def _kept_before(place: Path) -> Iterator[Path]:
    return itertools.takewhile(Path.is_file, _kept_names(place))


def free_name(place: Path) -> Path:
    """Return the name under which what stands at a place is kept beside the new one."""
    return next(path for path in _kept_names(place) if not os.path.lexists(path))


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


@contextlib.contextmanager
def ruled(inputs: Iterable[Path], out: Path, *, replace: bool = False) -> Iterator[None]:
    """Let the rule hold outside a verb too; in a verb its own does."""
    own = Overwriting([path.resolve() for path in inputs], out.resolve(), replace)
    own.earlier = made_earlier(out)
    with overwriting(_rule or own):
        yield


def note(finding: Finding) -> None:
    """Tell the person something of the place written to, where a verb listens."""
    if _rule is not None:
        _rule.findings.append(finding)


@contextlib.contextmanager
def noted() -> Iterator[list[Finding]]:
    """Give, at the end, what was noted meanwhile, for somebody else to tell."""
    found: list[Finding] = []
    before = len(_rule.findings) if _rule is not None else 0
    yield found
    if _rule is not None:
        found += _rule.findings[before:]
        del _rule.findings[before:]


def make_room(*places: Place) -> None:
    """Refuse or keep what stands at places that are about to be written over or removed.

    Parameters
    ----------
    places : pairs of Path
        A file or folder, and a file with what comes there, if any: where both are the same,
        nothing is lost. One that is refused leaves all of them as they are.

    Raises
    ------
    OutputError
        ``output-exists`` or ``output-is-input``.
    """
    if _rule is not None:
        _rule.make_room(*places)


def room_for_whole(folder: Path) -> Path | None:
    """Refuse what stands at `folder`, or return where it is to be kept, if it must be."""
    return _rule.room_for_whole(folder) if _rule is not None else None


def made_earlier(folder: Path) -> dict[Path, str]:
    """Return the files in a folder of results, with the hashes that its manifest states."""
    folder = folder.resolve()
    if (manifest := manifest_in(folder)) is None:
        return {}
    listed = {folder / entry.path: entry.sha256 for entry in manifest.files}
    return listed | {folder / MANIFEST_NAME: ""}
