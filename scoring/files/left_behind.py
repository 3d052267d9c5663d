"""What killed runs left behind: told from what is in use by a lock that dies with its holder."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scoring.files.unstopped import unstopped

SCRATCH_PREFIX = "parindex-run-"
_looked: set[tuple[Path, str]] = set()

if sys.platform == "win32":

    def hold(handle: int, *, wait: bool = False) -> bool:
        """Nothing is held there: Windows itself lets nobody remove an open file."""
        return True

else:
    import fcntl

    def hold(handle: int, *, wait: bool = False) -> bool:
        """Hold an open file or folder until it is closed; False where another run has it.

        Of threads of one process too only one has it, unlike with record locks.
        """
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return False
        return True


def clear_left(folder: Path, prefix: str, suffix: str = "") -> None:
    """Remove what killed runs left in a folder; once a process, for it may hold many files.

    Parameters
    ----------
    folder : Path
    prefix, suffix : str
        How names that only this program gives begin and end. What somebody holds, what belongs to
        another user, and links stay.
    """
    folder = folder.absolute()
    if (folder, prefix) in _looked:
        return
    _looked.add((folder, prefix))
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and entry.name.endswith(suffix):
                with contextlib.suppress(OSError):
                    _remove_unless_held(Path(entry.path))


def _remove_unless_held(path: Path) -> None:
    is_folder = stat.S_ISDIR(path.lstat().st_mode)
    if sys.platform == "win32":
        if not is_folder:
            path.unlink()
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if os.fstat(handle).st_uid != os.getuid() or not hold(handle):
            return
        if is_folder:
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    finally:
        os.close(handle)


@contextlib.contextmanager
def scratch_folder() -> Iterator[str]:
    """Give a folder for temporary files, removed at the end; one of a killed run goes with the next.

    Examples
    --------
    >>> with scratch_folder() as folder:
    ...     Path(folder).is_dir()
    True
    """
    clear_left(Path(tempfile.gettempdir()), SCRATCH_PREFIX)
    made, handle = _scratch()
    try:
        yield made.name
    finally:
        # Asked to stop in the midst of it, half of the files would stay.
        with unstopped():
            try:
                made.cleanup()
            finally:
                if handle is not None:
                    os.close(handle)


def _scratch() -> tuple[tempfile.TemporaryDirectory[str], int | None]:
    """Make a folder and hold it."""
    while True:
        made = tempfile.TemporaryDirectory(prefix=SCRATCH_PREFIX)
        if sys.platform == "win32":
            return made, None
        # Another run may find it between the two steps, held by nobody, and clear it.
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(made.name, os.O_RDONLY)
            hold(handle, wait=True)
            if os.path.lexists(made.name):
                return made, handle
            os.close(handle)
        made.cleanup()
