"""A short piece of work that nobody who asks the program to stop may cut in two."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

_ASKING = ("SIGINT", "SIGTERM", "SIGHUP")


@contextlib.contextmanager
def unstopped() -> Iterator[None]:
    """Let Ctrl+C, and what else asks to stop, wait until the work is done.

    Examples
    --------
    >>> with unstopped():
    ...     done = True
    >>> done
    True
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    numbers = [getattr(signal, name) for name in _ASKING if hasattr(signal, name)]
    # Those that are ignored, or end the process as nobody handles them, are left as they are.
    before = {number: signal.getsignal(number) for number in numbers}
    before = {number: handler for number, handler in before.items() if callable(handler)}
    for number in before:
        signal.signal(number, lambda one, _: asked.append(one))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])
