"""Files of one folder that belong together and take their places together.

They are written into a folder aside first. Once all are there it gets a name that says so, and each
takes its place. A run killed before that name leaves all places as they were, one killed after it
leaves the rest to the next run, which puts it there.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import hashlib
import os
import secrets
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scoring.base.errors import OutputError
from scoring.base.findings import Finding
from scoring.files.atomic import write_atomically
from scoring.files.folder_lock import folder_lock
from scoring.files.overwriting import make_room
from scoring.files.unstopped import unstopped
from scoring.files.whole_folder import problems_named

_WHOLE, _OLD = ".whole", "old"


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files of one folder: all of them, or none and the old ones stay.

    Parameters
    ----------
    contents : mapping of Path to bytes
        The first is the one that the person named; by its name the next run knows what is left.

    Raises
    ------
    OutputError
        ``output-folder-in-use`` where another run writes them, what `make_room` raises, or why one
        cannot be written; all are then as they were.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_together({folder / "sổ.csv": b"1", folder / "sổ-bat-dong.csv": b"2"})
    >>> sorted(path.name for path in folder.iterdir())
    ['sổ-bat-dong.csv', 'sổ.csv']
    """
    places = list(contents)
    finish_together(places)
    with _held(places[0]) as stem, contextlib.ExitStack() as undone, problems_named(places[0]):
        aside = places[0].parent / f"{stem}.{secrets.token_hex(4)}.new"
        undone.callback(shutil.rmtree, aside, ignore_errors=True)
        (aside / _OLD).mkdir(parents=True)
        for path, data in contents.items():
            _write(aside / path.name, path, data)
        with unstopped():
            make_room(*((path, aside / path.name) for path in places))
            for path in filter(Path.is_file, places):
                # A copy, as somebody may write into the file itself before the next run.
                shutil.copy2(path, aside / _OLD / path.name)
                with contextlib.suppress(OSError):  # some network disks know no rights
                    (aside / path.name).chmod(path.stat().st_mode & 0o777)
            _put(aside.replace(_whole_of(places[0])), places)


def finish_together(paths: Iterable[Path]) -> None:
    """Put what a killed run had written together into its places, before anything is read there.

    A file that somebody changed or put there since stays.

    Parameters
    ----------
    paths : iterable of Path
        As given to `write_together`, the one that the person named first.
    """
    places = list(paths)
    if _whole_of(places[0]).is_dir():
        with _held(places[0]), problems_named(places[0]), unstopped():
            whole = _whole_of(places[0])
            _put(whole, [path for path in places if _is_as_left(whole, path)])


@contextlib.contextmanager
def _held(first: Path) -> Iterator[str]:
    """Hold the place of the first file, and clear what a killed run had not come to its end with."""
    stem = _stem(first)
    with contextlib.ExitStack() as held:
        with unstopped(), problems_named(first):
            first.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(folder_lock(first.parent / f"{stem}.lock", first))
            for left in first.parent.glob(f"{stem}.*.new"):
                shutil.rmtree(left, ignore_errors=True)
        yield stem


def _stem(first: Path) -> str:
    name = unicodedata.normalize("NFC", first.name).casefold()
    return f".parindex-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _whole_of(first: Path) -> Path:
    return first.parent / f"{_stem(first)}{_WHOLE}"


def _write(aside: Path, path: Path, data: bytes) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    try:
        write_atomically(aside, data)
    except OutputError as problem:
        raise OutputError(problem.finding.at(file=str(path))) from problem


def _is_as_left(whole: Path, path: Path) -> bool:
    """Say whether a file is there to be put, and its place as the killed run met it."""
    new, old = whole / path.name, whole / _OLD / path.name
    if not new.is_file() or new.is_symlink() or whole.is_symlink():
        return False
    return not os.path.lexists(path) or (old.is_file() and filecmp.cmp(old, path, shallow=False))


def _put(whole: Path, places: Iterable[Path]) -> None:
    """Let files take their places; where one cannot, those before it go back."""
    put: list[Path] = []
    try:
        for path in places:
            (whole / path.name).replace(path)
            put.append(path)
    except OSError as problem:
        for done in put:
            if (old := whole / _OLD / done.name).exists():
                old.replace(done)
            else:
                done.unlink()
        shutil.rmtree(whole, ignore_errors=True)
        if isinstance(problem, PermissionError):
            raise OutputError(Finding("output-file-open", str(path))) from problem
        raise
    shutil.rmtree(whole, ignore_errors=True)
