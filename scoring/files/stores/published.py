"""Results at an address: written into a folder of this system, and put there once they are whole.

A store cannot let one folder take the place of another. So its manifest goes first and the new one
comes last, and meanwhile a note beside them tells which files are those of runs, so that the next
run may finish what one that was killed had begun.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scoring.base.errors import OutputError, UnreadableError
from scoring.files.left_behind import scratch_folder
from scoring.files.overwriting import made_earlier, overwriting, rule_in_force
from scoring.files.sealed.manifest import (
    MANIFEST_NAME,
    MOST_BYTES,
    RESULTS,
    Entry,
    Manifest,
    entry_of,
    files_below,
    manifest_in,
    read_manifest,
)
from scoring.files.stores.addresses import Address
from scoring.files.stores.store_path import StorePath

UNFINISHED = "manifest.unfinished.json"
# What others put there is not fetched: a file of these bytes stands for it.
_STANDS_FOR = b"parindex stands for\n"
_AT_ONCE = 8


@contextlib.contextmanager
def results_at(address: Address, before: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Give a folder of this system with the results at `address`; what becomes of it is put there.

    A run writes into a folder as ever. For a store it is a copy, under the same rule on what may
    be written over, which is published when the run has succeeded and removed in any case.

    Parameters
    ----------
    address : Address
    before : callable
        Called before anything is changed in a store.

    Raises
    ------
    OutputError
        ``address-not-written``, and what the run raises.
    UnreadableError
        Where the results that are there cannot be read.
    """
    if address.is_local:
        yield address.path
        return
    with scratch_folder() as scratch:
        folder = Path(scratch).resolve() / "results"
        brought = _brought(address, folder)
        with _ruled_at(address, folder):
            yield folder
        _publish(address, folder, brought, before)


@dataclass(frozen=True)
class _Brought:
    """What was at an address: files as they were brought, the manifests of the runs that made them,
    and whether one of these was stopped while it put them there."""

    notes: list[Manifest]
    files: set[Entry]
    is_unfinished: bool


def _brought(address: Address, folder: Path) -> _Brought:
    """Bring the results at an address into a new folder."""
    folder.mkdir(parents=True)
    listed, _ = address.listing()
    names = [one.name for one in listed if one.name != UNFINISHED]
    notes = _notes(address, {one.name for one in listed})
    made: dict[str, set[Entry]] = {}
    for entry in (entry for manifest in notes for entry in manifest.files):
        made.setdefault(entry.path, set()).add(entry)

    def bring(name: str) -> Entry:
        is_ours = name in made or name == MANIFEST_NAME
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            if not is_ours:
                file.write(_STANDS_FOR + name.encode())
            else:
                with address.opened(name) as stored:
                    while chunk := stored.read(1 << 20):
                        file.write(chunk)
        return entry_of(folder, name)

    found = set(_each(bring, names))
    is_unfinished = len(names) < len(listed)
    if is_unfinished:
        # The files of either run are those of runs, whatever was there when it was stopped.
        own = tuple(sorted(one for one in found if one in made.get(one.path, ())))
        about = notes[-1].about if notes else {}
        told = {"made_by": about["made_by"]} if "made_by" in about else {}
        (folder / MANIFEST_NAME).write_bytes(Manifest(RESULTS, own, about=told).to_bytes())
    return _Brought(notes, found, is_unfinished)


def _notes(address: Address, names: Collection[str]) -> list[Manifest]:
    """Return the manifest there, and those of a run that was stopped and of the one before it."""
    texts: list[str | bytes] = []
    if UNFINISHED in names:
        with contextlib.suppress(ValueError):
            told = json.loads(address.read(UNFINISHED, 4 * MOST_BYTES))
            texts += told if isinstance(told, list) else []
    if MANIFEST_NAME in names:
        texts.append(address.read(MANIFEST_NAME, MOST_BYTES))
    found = []
    for text in texts:
        with contextlib.suppress(UnreadableError):
            found.append(read_manifest(text if isinstance(text, bytes) else str(text).encode())[0])
    return found


def _publish(address: Address, folder: Path, brought: _Brought, before: Callable[[], None]) -> None:
    """Put what changed in the folder at the address: there is no manifest until all is there."""
    new = {entry_of(folder, name) for name in [*files_below(folder), MANIFEST_NAME]
           if (folder / name).is_file()}  # fmt: skip
    changed = sorted(entry.path for entry in new - brought.files)
    if not changed and not brought.is_unfinished:
        return
    made = {entry for note in brought.notes for entry in note.files} & brought.files
    stated = manifest_in(folder)
    listed = {entry.path for entry in stated.files} if stated else set()
    gone = {entry.path for entry in brought.files - made} - {entry.path for entry in new}
    gone |= {entry.path for entry in made} - listed
    before()
    notes = [note.to_bytes().decode() for note in (*brought.notes, stated) if note]
    address.write(UNFINISHED, json.dumps(notes).encode())
    address.remove(MANIFEST_NAME)
    sources = {name: _stood_for(folder / name) for name in changed}
    # First what others put there gets its new name, then something else gets the old one.
    _each(lambda name: address.copy(str(sources[name]), name), filter(sources.get, changed))
    rest = [name for name in changed if not sources[name] and name != MANIFEST_NAME]
    _each(lambda name: address.write(name, folder / name), rest)
    address.write(MANIFEST_NAME, folder / MANIFEST_NAME)
    _each(address.remove, sorted(gone))
    address.remove(UNFINISHED)


def _stood_for(path: Path) -> str:
    """Return the name of the file at the address that a file stands for; empty where it is itself."""
    with path.open("rb") as file:
        if file.read(len(_STANDS_FOR)) != _STANDS_FOR:
            return ""
        return file.read().decode()


def _each(work: Callable[[str], Any], names: Iterable[str]) -> list[Any]:
    # A store answers many at once, and a run may write a page for each of hundreds of units.
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(work, names))


@contextlib.contextmanager
def _ruled_at(address: Address, folder: Path) -> Iterator[None]:
    """Let the rule on what may be written over hold for the copy, and speak of the address."""
    rule = rule_in_force()
    own = rule and replace(rule, out=folder, earlier=made_earlier(folder), kept=[], findings=[])

    def shown(text: str) -> str:
        return text.replace(str(folder), address.text)

    try:
        with overwriting(own) if own else contextlib.nullcontext():
            yield
    except OutputError as problem:
        if problem.finding.code in ("output-exists", "output-is-input"):
            raise OutputError(problem.finding.at(file=shown(problem.finding.file))) from None
        raise
    if rule and own:
        rule.kept += [StorePath(shown(str(path))) for path in own.kept]
        rule.findings += [found.at(file=shown(found.file)) for found in own.findings]
