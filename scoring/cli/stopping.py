"""Being asked to stop, by Ctrl+C, the system or a window that closes, and what is told of it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_AS_USUAL = (signal.SIG_DFL, signal.default_int_handler)
_asked: list[int] = []


def hear_who_ends_us() -> None:
    """Clear up as after Ctrl+C where a system ends us, or the window is closed that we run in."""
    _asked.clear()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Whoever lets us ignore one, such as ``nohup``, has a reason.
        if number is not None and signal.getsignal(number) in _AS_USUAL:
            signal.signal(number, stop)


def stop(number: int, _: FrameType | None) -> None:
    """Answer a signal that asks to stop."""
    _asked.append(number)
    raise KeyboardInterrupt(number)


@contextlib.contextmanager
def stopped_as_asked() -> Iterator[None]:
    """Take an error for the stop that was asked for before it.

    A library that a signal finds at work may drop what it raises and complain in its own words,
    of arguments that it can no longer read for instance.
    """
    try:
        yield
    except Exception as error:
        if _asked:
            raise KeyboardInterrupt(_asked[0]) from error
        raise


def stopped_code(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a program that was asked to stop: 128 and the number of the signal."""
    # A codec that Ctrl-C finds at work raises another in its place, with words where the number was.
    number = stop.args[0] if stop.args and isinstance(stop.args[0], int) else signal.SIGINT
    return 128 + number
