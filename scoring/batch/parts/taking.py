"""Taking in one ledger: the whole of a task, the same wherever it is done and however often."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from scoring import __version__
from scoring.base.errors import FileError, UnreadableError
from scoring.base.findings import Finding
from scoring.base.memory import collector_at_rest
from scoring.batch.engines.engine import Outcome, Task
from scoring.batch.parts.beside import seen_of
from scoring.batch.parts.judged_parts import (
    Folder,
    LedgerRead,
    ledger_read,
    part_alone,
    parts_together,
)
from scoring.batch.parts.ledger_part import LedgerPart
from scoring.batch.parts.part_file import SCHEMA_VERSION, StoredPart, parts_bytes
from scoring.batch.parts.part_store import SUFFIX, PartStore
from scoring.batch.parts.sets import set_at
from scoring.criteria import CriteriaSet
from scoring.files.limits import Limits
from scoring.files.paths import read_bytes
from scoring.files.sealed.own_seal import OwnSeal
from scoring.files.stores.addresses import Address

# Raised whenever reading, checks or verdicts change, so that every ledger is taken in anew.
READING_VERSION = 1
_WRITERS = 4
# What the system, not the file, is to blame for: the next run tries again.
_PASSING = frozenset({"document-timeout", "document-crashed", "document-left", "file-unreadable"})


def take_ledger(
    source: bytes | Path, criteria: CriteriaSet, *, file: str = "", folder: Folder | None = None
) -> LedgerPart:
    """Take in one ledger: guarded reading, checks, verdicts on its proof, findings.

    Parameters
    ----------
    source : bytes or Path
        The workbook; it is read once.
    criteria : CriteriaSet
    file : str
        Its name in findings.
    folder : Path or Address, optional
        Where the paths of its documents start; without it no file is looked at.

    Returns
    -------
    LedgerPart
        A ledger that cannot be read is a part too, with its one finding.
    """
    data = read_bytes(source) if isinstance(source, Path) else source
    with collector_at_rest():
        return part_alone(ledger_read(data, criteria, file, folder), criteria)


def part_name(data: bytes, task: Task) -> str:
    """Return the name of the part of a ledger: another one whenever anything it is made of changes.

    These are the bytes of the ledger and where it lies, the set, and the version of the reading.
    What lies beside a ledger is told by `PartHead.seen`.
    """
    made_by = (__version__, SCHEMA_VERSION, READING_VERSION, task.fingerprint, task.place)
    digest = hashlib.sha256(json.dumps(made_by).encode())
    digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()[:40] + SUFFIX


def known(task: Task) -> Outcome | None:
    """Return what became of a task in an earlier run; None where it is to be done."""
    try:
        return _known(task, _bytes_of(task), _store_of(task))
    except UnreadableError as error:
        return Outcome(task, finding=error.finding)


def do(task: Task) -> Outcome:
    """Do a task, unless an earlier run has done it. What cannot be read is an outcome too."""
    (outcome,) = do_together([task])
    return outcome


def do_together(tasks: Sequence[Task]) -> list[Outcome]:
    """Do several tasks; each has the outcome that it has when it is done alone."""
    outcomes: dict[int, Outcome] = {}
    foreign: set[int] = set()
    held: dict[int, tuple[bytes, CriteriaSet, LedgerRead]] = {}
    with collector_at_rest():
        for at, task in enumerate(tasks):
            try:
                data, store = _bytes_of(task), _store_of(task)
                if (found := _known(task, data, store)) is not None:
                    outcomes[at] = found
                    continue
                if store.cleared(part_name(data, task)):
                    foreign.add(at)
                criteria, name = _set_of(task.criteria, task.fingerprint), PurePosixPath(task.place)
                held[at] = data, criteria, ledger_read(data, criteria, name.name, _folder_of(task))
            except FileError as error:
                outcomes[at] = Outcome(task, finding=error.finding)
        with ThreadPoolExecutor(_WRITERS) as writers:
            kept = _all_kept(tasks, held, writers)
            outcomes |= {at: outcome() for at, outcome in kept.items()}
    outcomes |= {at: replace(outcomes[at], was_foreign=True) for at in foreign}
    return [outcomes[at] for at in range(len(tasks))]


def _all_kept(
    tasks: Sequence[Task],
    held: Mapping[int, tuple[bytes, CriteriaSet, LedgerRead]],
    writers: ThreadPoolExecutor,
) -> dict[int, Callable[[], Outcome]]:
    """Make the parts of ledgers and let them be written; return what tells the outcome of each."""
    kept = {}
    for parts in parts_together({at: (read, own) for at, (_, own, read) in held.items()}):
        found = {at: _finding_of(part) for at, part in parts.items()}
        sound = {
            at: part
            for at, part in parts.items()
            if not isinstance(part, FileError) and not _is_passing(found[at])
        }
        files = dict(zip(sound, parts_bytes(list(sound.values())), strict=True))
        for at, finding in found.items():
            kept[at] = _kept(tasks[at], held[at][0], finding, files.get(at), writers)
    return kept


def _is_passing(finding: Finding | None) -> bool:
    return finding is not None and finding.code in _PASSING


def _finding_of(part: LedgerPart | FileError) -> Finding | None:
    """Return what stopped a ledger, or why it is refused."""
    if isinstance(part, FileError):
        return part.finding
    return part.findings[0] if part.head.is_refused else None


def _kept(
    task: Task,
    data: bytes,
    finding: Finding | None,
    made: bytes | None,
    writers: ThreadPoolExecutor,
) -> Callable[[], Outcome]:
    """Let the file of a part be written, where there is one; return what tells its outcome then.

    A disk takes long to say that it has a file, and the next part is made meanwhile.
    """
    if made is None:
        return lambda: Outcome(task, finding=finding)
    name = part_name(data, task)
    digest = StoredPart(name, lambda: made).digest()
    written = writers.submit(_store_of(task).write, name, made)

    def outcome() -> Outcome:
        try:
            written.result()
        except FileError as error:
            return Outcome(task, finding=error.finding)
        return Outcome(task, name, finding, digest=digest)

    return outcome


def answers(tasks: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Do tasks in a child process (see `scoring.files.children.isolation`), which gets each as keywords."""
    done = do_together([Task(**task) for task in tasks])
    names = [name for name in Outcome.__slots__ if name != "task"]
    return [{name: getattr(one, name) for name in names} for one in done]


def _known(task: Task, data: bytes, store: PartStore) -> Outcome | None:
    name = part_name(data, task)
    if not store.has(name):
        return None
    try:
        stored = store.read(name)
        part = StoredPart(name, lambda: stored)
    except UnreadableError:
        # Not ours, damaged, or gone in between: it is made anew.
        return None
    folder, seen = _folder_of(task), part.head.seen
    if folder is not None and seen_of(folder, (path for path, *_ in seen)) != seen:
        return None
    finding = part.findings[0] if part.head.is_refused else None
    return Outcome(task, name, finding, was_known=True, digest=part.digest())


def _store_of(task: Task) -> PartStore:
    return PartStore(task.store, OwnSeal(task.seal) if task.seal else None)


def _bytes_of(task: Task) -> bytes:
    """Return the ledger, read once: what is hashed is what is taken in, whoever changes it."""
    folder, name = Address.of_file(task.source)
    if not folder.is_local:
        return folder.read(name, Limits().file_bytes)
    # One byte above the limit, by which the reader refuses it.
    return read_bytes(folder.path / name, Limits().file_bytes)


def _folder_of(task: Task) -> Folder | None:
    folder, _ = Address.of_file(task.source)
    return folder.path if folder.is_local else folder


@lru_cache(maxsize=2)
def _set_of(address: str, fingerprint: str) -> CriteriaSet:
    criteria = set_at(address)
    if criteria.fingerprint != fingerprint:
        values = {"value": criteria.fingerprint[:16], "expected": fingerprint[:16]}
        raise UnreadableError(Finding("batch-set-changed", address, values=values))
    return criteria
