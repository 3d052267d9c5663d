"""One run at a time in a folder, by a lock that the system itself opens when its holder dies."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from scoring.base.errors import OutputError
from scoring.base.findings import Finding

# Far behind the holder's name: Windows lets nobody read the bytes that are locked.
_LOCKED_AT = 1 << 20
_NAME_BYTES = 200
_held: set[Path] = set()

if sys.platform == "win32":
    import msvcrt

    def _is_locked(handle: int) -> bool:
        os.lseek(handle, _LOCKED_AT, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _is_locked(handle: int) -> bool:
        # Record locks, which processes that we start do not inherit and so cannot keep for us.
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            # Some network disks know no locks at all: no reason to write nothing.
            return problem.errno not in (errno.EACCES, errno.EAGAIN)
        return True


@contextlib.contextmanager
def folder_lock(lock: Path, folder: Path) -> Iterator[None]:
    """Hold the file `lock` for `folder`; one that a killed run left behind is taken over.

    Raises
    ------
    OutputError
        ``output-folder-in-use`` names the run that holds it.
    """
    if lock in _held or (handle := _taken(lock)) is None:
        raise OutputError(Finding("output-folder-in-use", str(folder), values=_holder(lock)))
    _held.add(lock)
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(
            handle, f"{os.getpid()}\t{platform.node()}\t{dt.datetime.now():%H:%M %d/%m/%Y}".encode()
        )
        yield
    finally:
        _held.remove(lock)
        _let_go(lock, handle)


def _taken(lock: Path) -> int | None:
    """Return the locked file, open; None where another run has it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    while True:
        handle = os.open(lock, flags, 0o666)
        if not _is_locked(handle):
            os.close(handle)
            return None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), lock.stat()):
                return handle
        # Its holder finished and removed it in between: the next one has another file to lock.
        os.close(handle)


def _let_go(lock: Path, handle: int) -> None:
    # Removed before it is unlocked, where the system can: nobody may lock a file without a name.
    for step in (lock.unlink, lambda: os.close(handle), lambda: lock.unlink(missing_ok=True)):
        with contextlib.suppress(OSError):
            step()


def _holder(lock: Path) -> dict[str, str]:
    """Return process, computer and start of the run that holds a lock, as it wrote them."""
    text = ""
    with contextlib.suppress(OSError), lock.open("rb") as file:
        text = file.read(_NAME_BYTES).decode("utf-8", "replace")
    named = [*text.split("\t"), "?", "?", "?"] if text else ["?", "?", "?"]
    return dict(zip(("process", "computer", "since"), named, strict=False))
