"""Watch a run of a reader: time, memory, files outside its folder, network, processes not ours."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fuzz_watch import WALL_FOR_PROCESSOR

_WRITING = {"os.remove": 1, "os.rename": 2, "os.mkdir": 1, "os.rmdir": 1, "os.link": 2, "os.symlink": 2,
            "os.truncate": 1, "os.chmod": 1, "shutil.rmtree": 1}  # fmt: skip
_NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "urllib.Request")
_PROCESSES = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")
# How ctypes finds a library; it is given no file of the sender's.
_OURS = ("scoring.files.children.worker", "/sbin/ldconfig")
_watch: dict[str, Any] = {"root": None, "seen": [], "hooked": False}


class TooSlow(BaseException):
    """The limit of time is over; no reader that catches every Exception swallows it."""


_NAMELESS = getattr(os, "O_TMPFILE", 0)


def _outside(path: Any) -> bool:
    if isinstance(path, int) or path in ("/dev/null", b"/dev/null"):
        return False
    place = Path(os.path.realpath(os.fsdecode(path)))
    return not any(place.is_relative_to(own) for own in _watch["own"])


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _watch["root"] is None:
        return
    if event == "open":
        path, mode, flags = args
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else 0
        # A file without a name, which is gone when it is closed, is opened by its folder.
        is_nameless = bool(_NAMELESS and writes and flags & _NAMELESS == _NAMELESS)
        if (writes or set(mode or "") & set("wax+")) and not is_nameless and _outside(path):
            _watch["seen"].append(f"writes {path}")
    elif event in _WRITING:
        paths = [path for path in args[: _WRITING[event]] if isinstance(path, str | bytes | Path)]
        _watch["seen"] += [f"{event} {path}" for path in paths if _outside(path)]
    elif event in _NETWORK:
        _watch["seen"].append(event)
    elif event in _PROCESSES and not any(ours in str(args[:2]) for ours in _OURS):
        _watch["seen"].append(f"{event} {args[0]}")


@contextlib.contextmanager
def watched(root: Path, seconds: float, temporary: Path | None = None) -> Iterator[list[str]]:
    """Yield the list of what is done that must not be, for `seconds` of the processor at most.

    The clock has two hundred times as long, for what waits without an end: a loaded machine must not
    make a reader look slow.

    `temporary` is a folder of its own, which the caller finds empty afterwards.

    Raises
    ------
    TooSlow
        Within, when the time is over.
    """
    if not _watch["hooked"]:
        sys.addaudithook(_hook)
        _watch["hooked"] = True

    def late(*_: object) -> None:
        raise TooSlow

    before = [signal.signal(kind, late) for kind in (signal.SIGALRM, signal.SIGPROF)]
    own = [one.resolve() for one in (root, temporary) if one is not None]
    _watch.update(root=root.resolve(), own=own, seen=[])
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WALL_FOR_PROCESSOR * seconds)
    try:
        yield _watch["seen"]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before[0])
        signal.signal(signal.SIGPROF, before[1])
        _watch["root"] = None


def cap_memory(size: int) -> None:
    """Let this process have no more than `size` bytes, and leave no core behind."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
