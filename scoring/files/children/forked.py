"""Work done beside this process, by a copy of it, where the system can make one.

A copy sees all that this process holds and shares its memory, so nothing is handed over. What it
cannot do, for whatever reason, is done here: a failure is met and told where it always was.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from scoring.files.children.isolation import default_workers

T = TypeVar("T")
_DIE_WITH_PARENT = 1


class Forked(Generic[T]):
    """Work that begins at once in a copy of this process.

    Parameters
    ----------
    work : callable
        It writes files, and returns little that can be pickled. It may be called again here after
        it failed half-way there.
    is_worth : bool
        Whether to make a copy at all; without it, and on one processor, `result` does the work.

    Examples
    --------
    >>> Forked(lambda: 6 * 7).result()
    42
    """

    def __init__(self, work: Callable[[], T], *, is_worth: bool = True) -> None:
        self._work, self._child, self._answers = work, 0, -1
        if is_worth and sys.platform == "linux" and default_workers() > 1:
            with contextlib.suppress(OSError):
                self._begin()

    def result(self) -> T:
        """Wait for what the work returned; do it here where there is no copy, or it failed."""
        known, answer = self._ended()
        return answer if known else self._work()

    def __enter__(self) -> Forked[T]:
        return self

    def __exit__(self, *_: object) -> None:
        """End the copy, if it is still at work."""
        if self._child:
            with contextlib.suppress(OSError):
                os.kill(self._child, signal.SIGKILL)
            self._ended()

    def _begin(self) -> None:
        answers, told = os.pipe()
        parent = os.getpid()
        self._child = os.fork()
        if self._child:
            os.close(told)
            self._answers = answers
            return
        try:
            _end_with(parent)
            data = pickle.dumps(self._work())
            with os.fdopen(told, "wb") as pipe:
                pipe.write(data)
        finally:
            # Nothing of the parent is ended or told a second time.
            os._exit(0)

    def _ended(self) -> tuple[bool, Any]:
        """Wait for the copy; return whether it came to an end by itself, and with what."""
        if not self._child:
            return False, None
        with os.fdopen(self._answers, "rb") as pipe:
            data = pipe.read()
        os.waitpid(self._child, 0)
        self._child = 0
        # Written by our own copy; cut off where it was killed meanwhile.
        with contextlib.suppress(EOFError, pickle.UnpicklingError):
            return True, pickle.loads(data)
        return False, None


def _end_with(parent: int) -> None:
    """Let this process be ended when its parent is, so that nobody writes for a run that is gone."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
