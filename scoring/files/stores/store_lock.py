"""One run at a time for results at an address.

In a folder the system opens the lock of a run that died. A store knows no such lock: there it is a
file which its holder writes again every minute, and which counts as left behind when that has not
happened for five minutes, by the clock of the store alone. One of a process of this computer that
is gone is left behind at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import platform
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scoring.base.errors import FileError, OutputError
from scoring.base.findings import Finding
from scoring.files.folder_lock import folder_lock
from scoring.files.stores.addresses import Address
from scoring.files.whole_folder import problems_named

LOCK = "run.lock"
BEAT_SECONDS = 60.0
LEFT_SECONDS = 300.0


@contextlib.contextmanager
def address_lock(place: Address, out: Path) -> Iterator[Callable[[], None]]:
    """Hold the lock at `place` for the results at `out`.

    Yields
    ------
    callable
        To be called before results are changed: raises where another run took the lock over,
        which may happen to one that stood still for minutes.

    Raises
    ------
    OutputError
        ``output-folder-in-use`` or ``address-in-use`` name the run that holds it.
    """
    if place.is_local:
        with contextlib.ExitStack() as held:
            with problems_named(out):
                place.path.mkdir(parents=True, exist_ok=True)
                held.enter_context(folder_lock(place.path / LOCK, out))
            yield lambda: None
        return
    lock = _StoreLock(place, str(out))
    lock.take()
    ended = threading.Event()
    beating = threading.Thread(target=lock.beat_until, args=(ended,), daemon=True)
    beating.start()
    try:
        yield lock.demand
    finally:
        ended.set()
        beating.join()
        lock.leave()


@dataclass
class _StoreLock:
    """The lock file of one run in a store."""

    place: Address
    shown: str
    mark: str = field(default_factory=lambda: secrets.token_hex(8))

    def __post_init__(self) -> None:
        owner = os.getpid(), platform.node(), f"{dt.datetime.now():%H:%M %d/%m/%Y}", self.mark
        self.told = "\t".join(map(str, owner)).encode()

    def take(self) -> None:
        """Take the lock, or one that was left behind; the store lets one of several have it."""
        if not self.place.create(LOCK, self.told):
            if (holder := self._holder()) and not self._is_left(holder):
                raise self._in_use(holder)
            self.place.remove(LOCK)
            self.place.create(LOCK, self.told)
        self.demand()

    def demand(self) -> None:
        """Raise where the lock is another's."""
        holder = self._holder()
        if holder[3:] != [self.mark]:
            raise self._in_use(holder)

    def beat_until(self, ended: threading.Event) -> None:
        """Show that this run is at work, as long as the lock is its own."""
        while not ended.wait(BEAT_SECONDS):
            # A store that does not answer now may answer the next time.
            with contextlib.suppress(FileError):
                if self._holder()[3:] == [self.mark]:
                    self.place.write(LOCK, self.told)

    def leave(self) -> None:
        """Remove the lock, unless another run has it by now."""
        with contextlib.suppress(FileError):
            self.demand()
            self.place.remove(LOCK)

    def _holder(self) -> list[str]:
        """Return process, computer, start and mark of the run that holds the lock; none if none."""
        if not self.place.has(LOCK):
            return []
        return self.place.read(LOCK).decode("utf-8", "replace").split("\t")

    def _is_left(self, holder: list[str]) -> bool:
        if holder[1:2] == [platform.node()] and _is_gone(holder[0]):
            return True
        return self._silent_seconds() > LEFT_SECONDS

    def _silent_seconds(self) -> float:
        """Return how long the holder has not written, both times told by the store."""
        probe = f"{LOCK}.{self.mark}"
        self.place.write(probe, b"")
        try:
            silent = self.place.modified(probe) - self.place.modified(LOCK)
        finally:
            self.place.remove(probe)
        return silent.total_seconds()

    def _in_use(self, holder: list[str]) -> OutputError:
        names = ("process", "computer", "since")
        values: dict[str, object] = dict(zip(names, [*holder[:3], "?", "?", "?"], strict=False))
        values["minutes"] = f"{LEFT_SECONDS / 60:g}"
        return OutputError(Finding("address-in-use", self.shown, values=values))


def _is_gone(process: str) -> bool:
    """Say whether this computer has no such process; Windows cannot be asked without harm."""
    if sys.platform == "win32" or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
