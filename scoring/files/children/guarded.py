"""The one door for files of others: their bytes are read in a child process, under limits.

The child starts with the first file and stays for the next ones, so that a batch pays for one
start. One that dies, hangs or grows too large is one finding of that file, and a new child reads
the next. Where the system cannot cap memory (Windows) time alone is limited.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from scoring.base.errors import OutputError, UnreadableError
from scoring.base.findings import Finding
from scoring.files.children.child_state import state as _state

# An honest workbook at the limits of `scoring.files.limits` takes a quarter of the time, a tenth of the room.
SECONDS = 60.0
MEMORY_BYTES = 3_000_000_000
# What the files of one batch that fail may cost in all, as with documents.
LOST_SECONDS = 600.0

_children: dict[int, Any] = {}
_lock = threading.Lock()
# What may still be lost, of each batch under way.
_to_lose: list[float] = []


def be_the_child() -> None:
    """Read in this process from now on: it is the child."""
    _state["is_child"] = True


@contextmanager
def unguarded() -> Iterator[None]:
    """Read in this process meanwhile: for measuring what the child costs, and for tests."""
    before = _state["is_child"]
    _state["is_child"] = True
    try:
        yield
    finally:
        _state["is_child"] = before


@contextmanager
def limited_loss() -> Iterator[None]:
    """Read the files of a batch: once those that fail took `LOST_SECONDS`, no other is read."""
    _to_lose.append(LOST_SECONDS)
    try:
        yield
    finally:
        _to_lose.pop()


def read_guarded(
    target: str, data: bytes, /, *, seconds: float | None = None, **options: Any
) -> Any:
    """Return what a reader makes of the bytes of a file, called in the child.

    Parameters
    ----------
    target : str
        ``module:function``; it takes `data` and `options` and returns bytes, or what
        `scoring.files.children.wire` can hold.
    data : bytes
        The whole file.
    seconds : float, optional
        How long it may take; `SECONDS` by default.
    options
        What JSON can hold; `file` is the name for findings.

    Raises
    ------
    UnreadableError
        When the reader refuses the file, or does not survive it: ``document-timeout``,
        ``document-crashed``, ``document-too-large`` or ``document-broken``; ``document-left``
        where files of the same batch took too long before.
    OutputError
        When it made a copy that must not be handed out.
    """
    if _state["is_child"]:
        return call(target, options, data)
    from scoring.files.children.isolation import failure_finding

    if _to_lose and _to_lose[-1] < 0:
        left = {"limit": f"{LOST_SECONDS:g}"}
        raise UnreadableError(Finding("document-left", options.get("file", ""), values=left))
    seconds, began = seconds or SECONDS, time.monotonic()
    with _lock:
        outcome = _child().ask({"target": target, "options": options}, seconds, data)
    if outcome.failure:
        _to_lose[-1:] = [rest - (time.monotonic() - began) for rest in _to_lose[-1:]]
        found = failure_finding(outcome, seconds)
        refused = OutputError if outcome.failure == "unwritten" else UnreadableError
        raise refused(found if found.file else found.at(file=options.get("file", "")))
    return outcome.answer


def call(target: str, options: dict[str, Any], data: bytes) -> Any:
    """Call the function that `target` names: what the child does for every file."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)(data, **options)


def _child() -> Any:
    """Return the child of this process; one inherited from the process before is not ours."""
    from scoring.files.children.isolation import Child

    child = _children.get(os.getpid())
    if child is None or not child.is_fit:
        if child is not None:
            child.end()
        child = _children[os.getpid()] = Child(f"{__name__}:call", MEMORY_BYTES)
    return child


@atexit.register
def end_child() -> None:
    """Let the child go, and its memory with it; the next file starts another one."""
    child = _children.pop(os.getpid(), None)
    if child is not None:
        child.end()
