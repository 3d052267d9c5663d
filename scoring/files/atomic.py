"""Write files so that a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from scoring.base.errors import OutputError
from scoring.base.findings import Finding
from scoring.files.left_behind import clear_left, hold
from scoring.files.overwriting import make_room
from scoring.files.system_reasons import system_reason

Content = bytes | str | Callable[[BinaryIO], None]

_TEMPORARY = ".parindex-"
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}


def write_atomically(path: Path, content: Content) -> None:
    """Write `content` to `path` at once: all of it, or nothing and the old file stays.

    The content goes to a temporary file in the same folder, is flushed to the disk and then takes
    the place of `path` in one step. Missing parent folders are made.

    Parameters
    ----------
    path : Path
        The file to write or replace.
    content : bytes, str or callable
        Text is written as UTF-8 with the line ends it has. A callable gets the open binary file.

    Raises
    ------
    OutputError
        The folder is read-only (``output-folder-read-only``), the file is open in another program
        (``output-file-open``), a verb may not write over what is there (`overwriting`), or anything else stops the writing (``output-failed``). No
        temporary file is left behind. Errors of a callable other than OSError pass through.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_atomically(folder / "kết quả" / "điểm.csv", "mã,điểm\\n")
    >>> (folder / "kết quả" / "điểm.csv").read_text(encoding="utf-8")
    'mã,điểm\\n'
    """
    path = Path(path)
    if os.path.isdir(path):  # noqa: PTH112 (Path.is_dir raises where this says no)
        raise OutputError(_failed(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))))
    handle, temporary = _temporary_beside(path)
    # Held until it has its name, so that nobody takes it for one that a killed run left.
    with _held(handle):
        try:
            try:
                with os.fdopen(handle, "wb") as file:
                    _pour(content, file)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as problem:
                raise OutputError(_failed(path, problem)) from problem
            make_room((path, temporary))
            _take_place(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise


@contextlib.contextmanager
def _held(handle: int) -> Iterator[None]:
    """Hold an open file by a second handle; not on Windows, which renames no open file."""
    if os.name == "nt":
        yield
        return
    second = os.dup(handle)
    try:
        yield
    finally:
        os.close(second)


def _temporary_beside(path: Path) -> tuple[int, Path]:
    """Open a temporary file in the folder of `path`, which is made when it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        clear_left(path.parent, _TEMPORARY, ".tmp")
        while True:
            # A prefix of our own, not the target's name: that may be as long as a name may be.
            handle, name = tempfile.mkstemp(prefix=_TEMPORARY, suffix=".tmp", dir=path.parent)
            hold(handle, wait=True)
            # Another run may have found it between the two steps, held by nobody.
            if os.path.lexists(name):
                return handle, Path(name)
            os.close(handle)
    except OSError as problem:
        raise OutputError(write_problem(path, problem)) from problem


def _pour(content: Content, file: BinaryIO) -> None:
    if callable(content):
        content(file)
    else:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)


def _take_place(temporary: Path, path: Path) -> None:
    """Put the finished file in the place of `path`, with the rights a new file would get."""
    with contextlib.suppress(OSError):  # some network disks know no rights
        temporary.chmod(_rights_of(path))
    try:
        temporary.replace(path)
    except PermissionError as problem:
        # The folder took the temporary file, so it is the target that is held by someone.
        raise OutputError(Finding("output-file-open", str(path))) from problem
    except OSError as problem:
        raise OutputError(_failed(path, problem)) from problem
    _flush_folder(path.parent)


def _rights_of(path: Path) -> int:
    """Return the mode of the file replaced, or what the person's umask gives a new file."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    return 0o666 & ~_UMASK


def _current_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


# Read once at import: changing the mask even for a moment is unsafe when threads are writing.
_UMASK = _current_umask()


def _flush_folder(folder: Path) -> None:
    """Make the renaming itself survive a power cut, where the system allows it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_problem(path: Path, problem: OSError) -> Finding:
    """Return the finding for a file or folder that the system refuses to make."""
    if problem.errno in _READ_ONLY:
        return Finding("output-folder-read-only", str(path), values={"folder": str(path.parent)})
    return _failed(path, problem)


def _failed(path: Path, problem: OSError) -> Finding:
    return Finding("output-failed", str(path), values=system_reason(problem))
