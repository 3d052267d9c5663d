"""Folders that change at once: whoever looks sees the old one or the new one, never a mixture.

A run writes aside, into a folder beside its target, and swaps the two when everything is there.
What lay in the target and is none of the run's comes along. A run that was killed leaves the
target as it was, and a folder aside that the next one clears away.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import secrets
import shutil
import sys
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from scoring.base.errors import OutputError
from scoring.base.findings import Finding
from scoring.files.atomic import write_problem
from scoring.files.folder_lock import folder_lock
from scoring.files.overwriting import free_name, make_room, room_for_whole
from scoring.files.sealed.manifest import MANIFEST_NAME, files_below
from scoring.files.unstopped import unstopped

_AT_CWD, _EXCHANGE = -100, 2  # of Linux's renameat2; macOS calls the same flag RENAME_SWAP


@dataclass(frozen=True, slots=True)
class _Places:
    """A target, the new folder aside, the old one on its way out, and the lock of all three."""

    target: Path
    new: Path
    old: Path
    lock: Path
    is_fixed: bool

    @classmethod
    def of(cls, target: Path) -> _Places:
        name = unicodedata.normalize("NFC", target.name).casefold()
        stem = f".parindex-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
        # A disk's own folder has no place beside it, nor has one whose parent is closed to us.
        is_closed = target.is_dir() and (target.is_mount() or not os.access(target.parent, os.W_OK))
        beside = target if is_closed else target.parent
        # The folder that a shell stands in must not go from under it.
        is_fixed = is_closed or target in (here := _here(), *here.parents)
        aside = target if is_fixed else beside
        # A name of its own: a process that a killed run left behind may still write into that one's.
        new = aside / f"{stem}.{secrets.token_hex(4)}.new"
        return cls(target, new, aside / f"{stem}.old", beside / f"{stem}.lock", is_fixed)


def _here() -> Path:
    with contextlib.suppress(OSError):  # somebody may have removed it
        return Path.cwd().resolve()
    return Path(os.devnull)


@contextlib.contextmanager
def whole_folder(
    target: Path, dropped: Collection[str] = (), *, keep_others: bool = True
) -> Iterator[Path]:
    """Give an empty folder to write into, which takes the place of `target` at the end.

    Parameters
    ----------
    target : Path
        Made when missing. What it holds besides the files written stays, under the rule on what
        may be written over (`scoring.files.overwriting`), which is asked before anything moves.
    dropped : collection of str
        Relative paths of files that are to go; it may be filled in meanwhile.
    keep_others : bool
        False where the new folder is all there is to be; an old one is kept whole beside it.

    Raises
    ------
    OutputError
        ``output-folder-in-use``, what `make_room` raises, or why the folder cannot be written;
        the target is then as it was.

    Notes
    -----
    The working folder, a disk's own folder and one in a closed parent cannot be swapped: there the
    files take their places one by one, the manifest last, so that half of them never verifies.
    """
    target = Path(target).resolve()
    with contextlib.ExitStack() as held:
        with unstopped(), problems_named(target):
            if os.path.lexists(target) and not target.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            places = _Places.of(target)
            places.lock.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(folder_lock(places.lock, target))
            _recover(places)
            held.callback(shutil.rmtree, places.new, ignore_errors=True)
            places.new.mkdir()
        try:
            yield places.new
        except OutputError as problem:
            # What could not be written is named by where it was to be.
            shown = problem.finding.file.replace(str(places.new), str(target))
            raise OutputError(problem.finding.at(file=shown)) from problem
        with unstopped(), held.pop_all(), problems_named(target):
            _commit(places, dropped, keep_others)


@contextlib.contextmanager
def problems_named(target: Path) -> Iterator[None]:
    """Say of `target` what the system says of anything about it."""
    try:
        yield
    except OSError as problem:
        raise OutputError(write_problem(target, problem)) from problem


def _recover(places: _Places) -> None:
    """Clear away what a killed run left; the old folder comes back if nothing took its place."""
    is_left = places.old.is_dir() and not places.old.is_symlink()
    if is_left and not os.path.lexists(places.target):
        places.old.replace(places.target)
    stem = places.old.stem
    for left in places.new.parent.glob(f"{stem}.*.kept"):
        # Its name tells which folder was to be kept: the one that has come to stand here, or not.
        if left.name.split(".")[-2] == str(left.lstat().st_ino) and not left.is_symlink():
            left.replace(free_name(places.target))
    lost = places.new.parent.glob(f"{stem}.*.kept")
    for left in (*lost, *places.new.parent.glob(f"{stem}.*.new"), places.old):
        if left.is_symlink():
            left.unlink()
        elif left.exists():
            shutil.rmtree(left, ignore_errors=left != places.old)


def _commit(places: _Places, dropped: Collection[str], keep_others: bool) -> None:
    target, new = places.target, places.new
    if not keep_others:
        _swap(places, room_for_whole(target))
        return
    made = [*files_below(new), MANIFEST_NAME]
    made = [name for name in made if (new / name).is_file()]
    folders = {folder for name in made for folder in (target / name).parents} - {target}
    inside = [path for path in folders if target in path.parents and os.path.lexists(path)]
    wrong = [(path, None) for path in inside if path.is_symlink() or not path.is_dir()]
    gone = [(target / name, None) for name in dropped if name not in made]
    make_room(*wrong, *gone, *((target / name, new / name) for name in made))
    if places.is_fixed:
        _move_in(places, made, [path for path, _ in gone])
        return
    _bring_along(target, new, dropped)
    _swap(places)


def _bring_along(source: Path, into: Path, dropped: Collection[str]) -> None:
    """Give the new folder what lies in the old one besides, as second names of the same files."""
    for root, folders, files in os.walk(source):
        below = Path(root).relative_to(source)
        for name in [*files, *(name for name in folders if (Path(root) / name).is_symlink())]:
            place = into / below / name
            if (below / name).as_posix() not in dropped and not os.path.lexists(place):
                second_name(Path(root) / name, place)


def second_name(path: Path, place: Path) -> None:
    """Let a file stand at `place` as well, as a copy on disks that know no second names."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, place, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, place, follow_symlinks=False)


def _swap(places: _Places, kept: Path | None = None) -> None:
    """Let the new folder take the place of the old one, in one step where the system has it."""
    target, new, old = places.target, places.new, places.old
    if not os.path.lexists(target):
        new.replace(target)
        return
    new.chmod(target.stat().st_mode & 0o777)
    if kept is not None:
        # Until the old folder has its name, this one tells the next run that it is to be kept.
        new = new.replace(old.with_suffix(f".{target.stat().st_ino}.kept"))
    try:
        if _exchanged(new, target):
            new.replace(kept or old)
        else:
            try:
                _put_in_place(new, target, kept or old)
            except OSError:
                new.replace(places.new)
                raise
    except PermissionError as problem:
        raise OutputError(Finding("output-file-open", str(target))) from problem
    shutil.rmtree(old, ignore_errors=True)


def _put_in_place(new: Path, target: Path, old: Path) -> None:
    target.replace(old)
    try:
        new.replace(target)
    except OSError:
        old.replace(target)
        raise


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names at once; False where the system cannot."""
    paths = os.fsencode(one), os.fsencode(other)
    if sys.platform == "win32":
        return False
    with contextlib.suppress(AttributeError, OSError):
        system = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(system.renamex_np(*paths, _EXCHANGE) == 0)
        return bool(system.renameat2(_AT_CWD, paths[0], _AT_CWD, paths[1], _EXCHANGE) == 0)
    return False


def _move_in(places: _Places, made: Collection[str], gone: Collection[Path]) -> None:
    """Let the files take their places one by one; without a manifest nothing vouches meanwhile."""
    for path in [places.target / MANIFEST_NAME] * (MANIFEST_NAME in made) + [*gone]:
        path.unlink(missing_ok=True)
    for name in sorted(made, key=lambda name: name == MANIFEST_NAME):
        place = places.target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (places.new / name).replace(place)
