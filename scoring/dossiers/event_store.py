"""The state of a count: events of each file by month, kept under the hash of what made them.

Nothing in it is ever changed: a file that is new, or read by another table of columns, has another
name. So a run that is killed leaves nothing half done, and two runs never disagree. Beside what is
there lies the mark of our own seal; what has none was left there by somebody else, and is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scoring import __version__
from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.dossiers.duck import SCHEMA_VERSION
from scoring.dossiers.log_columns import LogColumns
from scoring.files.atomic import write_atomically
from scoring.files.children import wire
from scoring.files.children.guarded import read_guarded
from scoring.files.sealed.manifest import Entry, entry_of, files_below
from scoring.files.sealed.own_seal import OwnSeal

_TAKEN, _MARK = "taken.json", "taken.mark"
_NAME = 32
# A child may take this long for a file, and as much again for each gigabyte of it.
_SECONDS = 600.0
SUFFIXES = (".csv", ".parquet")
# Ending of the mark of our seal, beside a file of counts.
MARKED = ".mark"


@dataclass(frozen=True)
class LogTask:
    """One log to take in: small, picklable, and the same whoever runs it.

    `columns` and `known` are what `LogColumns` and `cell_meanings.Known` are made of.
    """

    path: str
    file: str
    entry: Entry
    columns: Mapping[str, Any]
    known: Mapping[str, Any]
    year: int
    personal: str

    @property
    def key(self) -> str:
        """Name of what it makes: the hash of the file's content and of how it is read."""
        how = [self.columns, self.known, self.year, self.personal, SCHEMA_VERSION, __version__]
        return digest([self.entry.sha256, how])


def digest(told: Any) -> str:
    """Return a short name for whatever JSON can hold.

    >>> digest(["a", 1]) == digest(["a", 1]) != digest(["a", 2])
    True
    """
    return hashlib.sha256(wire.encoded(told)).hexdigest()[:_NAME]


def log_files(sources: Sequence[Path]) -> tuple[list[Path], list[Finding]]:
    """Return the logs that are given or lie in given folders, and what was left aside there.

    Raises
    ------
    UnreadableError
        ``dossiers-no-logs``.
    """
    found: list[Path] = []
    findings: list[Finding] = []
    for source in sources:
        inside = sorted(source.rglob("*")) if source.is_dir() else [source]
        for path in inside:
            if path.is_dir() and not path.is_symlink():
                continue
            is_log = path.suffix.lower() in SUFFIXES and not path.is_symlink()
            found += [path] if is_log or path == source else []
            findings += (
                [] if is_log or path == source else [Finding("dossiers-file-left", path.name)]
            )
    if not found:
        raise UnreadableError(Finding("dossiers-no-logs", ", ".join(map(str, sources))))
    return found, findings


def log_tasks(
    paths: Iterable[Path], columns: LogColumns, known: Mapping[str, Any], year: int, personal: str
) -> tuple[list[LogTask], list[Finding]]:
    """Return a task for each log; one whose content another has is named and not read again."""
    said = {
        "headings": {one: list(names) for one, names in columns.headings.items()},
        "meanings": {one: dict(means) for one, means in columns.meanings.items()},
        "stated": sorted(columns.stated),
    }
    tasks: dict[str, LogTask] = {}
    findings = []
    for path in paths:
        try:
            entry = entry_of(path.parent, path.name)
        except UnreadableError as problem:
            findings.append(problem.finding)
            continue
        if entry.sha256 in tasks:
            other = {"other": tasks[entry.sha256].file}
            findings.append(Finding("dossiers-same-file", path.name, values=other))
            continue
        tasks[entry.sha256] = LogTask(str(path), path.name, entry, said, known, year, personal)
    return list(tasks.values()), findings


@dataclass(frozen=True)
class Taken:
    """The findings of a log, and whether somebody else's events of it lay in the state."""

    findings: tuple[Finding, ...]
    was_foreign: bool = False


def take(state: Path, seal: OwnSeal, task: LogTask) -> Taken:
    """Take a log in, unless the state has it with the mark of our seal.

    A log that cannot be read is one finding, and none of its rows count.
    """
    home = events_of(state, task)
    was_foreign = not _is_ours(home, seal, task) and os.path.lexists(home)
    if was_foreign:
        remove(home)
    if not home.is_dir():
        try:
            _take_anew(home, seal, task)
        except UnreadableError as problem:
            return Taken((problem.finding,), was_foreign)
    told = wire.decoded((home / _TAKEN).read_bytes())
    return Taken(tuple(told["findings"]), was_foreign)


def _is_ours(home: Path, seal: OwnSeal, task: LogTask) -> bool:
    with contextlib.suppress(OSError, UnreadableError):
        return seal.holds(task.key, (home / _MARK).read_bytes(), *_contents(home))
    return False


def _contents(home: Path) -> list[bytes]:
    """Return what a mark is given to: every file there by name and hash; links are refused."""
    names = [name for name in files_below(home, links=True) if name != _MARK]
    return [f"{name} {entry_of(home, name).sha256}".encode() for name in names]


def remove(path: Path) -> None:
    """Remove a file, a folder, or a link and not what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _take_anew(home: Path, seal: OwnSeal, task: LogTask) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    new = home.with_name(f".{home.name}.{secrets.token_hex(4)}")
    try:
        told = reading("take_log", task, new)
        if has_changed(task):
            raise UnreadableError(Finding("dossiers-file-changed", task.file))
        write_atomically(new / _TAKEN, wire.encoded(told | {"schema_version": SCHEMA_VERSION}))
        write_atomically(new / _MARK, seal.mark(task.key, *_contents(new)))
        shutil.rmtree(home, ignore_errors=True)
        new.replace(home)
    except OSError:
        # Another worker, given the same task, was first.
        if not _is_ours(home, seal, task):
            raise
    finally:
        shutil.rmtree(new, ignore_errors=True)


def reading(what: str, task: LogTask, folder: Path) -> dict[str, Any]:
    """Return what the function `what` of `log_reading` makes of a log, in the reading child."""
    options = {name: value for name, value in asdict(task).items() if name != "entry"}
    target = f"scoring.dossiers.log_reading:{what}"
    seconds = seconds_for(task.entry.bytes)
    told: dict[str, Any] = read_guarded(target, b"", seconds=seconds, folder=str(folder), **options)
    return told


def seconds_for(size: int) -> float:
    """Return how long reading so many bytes may take."""
    return _SECONDS * (1 + size / 1e9)


def has_changed(task: LogTask) -> bool:
    """Say whether a log is another one than when the run began."""
    path = Path(task.path)
    try:
        return entry_of(path.parent, path.name) != task.entry
    except UnreadableError:
        return True


def schema_finding(file: str, met: object) -> Finding:
    """Return the finding for a file of another schema version."""
    values = {"value": met, "expected": SCHEMA_VERSION}
    return Finding("dossiers-schema-other", file, values=values)


def events_of(state: Path, task: LogTask) -> Path:
    """Return the folder that holds the events of a log."""
    return state / "events" / task.key


def events_by_month(state: Path, tasks: Iterable[LogTask]) -> dict[str, list[Path]]:
    """Return the files of events of each month of receipt, in order; logs not taken in have none."""
    found: dict[str, list[Path]] = {}
    for task in sorted(tasks, key=lambda one: one.key):
        for path in sorted(events_of(state, task).glob("events/month=*/*.parquet")):
            found.setdefault(path.parent.name.removeprefix("month="), []).append(path)
    return dict(sorted(found.items()))


def refuse_links(state: Path) -> None:
    """Let go of links in place of folders of the state: what they lead to is none of ours to clear."""
    for name in ("events", "partials"):
        if (state / name).is_symlink():
            (state / name).unlink()


def forget_others(state: Path, tasks: Iterable[LogTask], partials: Collection[Path]) -> None:
    """Remove what this run had no use for, so that the state does not grow for ever."""
    kept = {events_of(state, task) for task in tasks} | set(partials)
    kept |= {path.with_suffix(MARKED) for path in partials}
    for path in (*state.glob("events/*"), *state.glob("partials/*")):
        if path not in kept:
            remove(path)
