"""What a program that was asked to stop tells the system."""

from __future__ import annotations

import signal


def stopped_code(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a program that was asked to stop: 128 and the number of the signal."""
    # A codec that Ctrl-C finds at work raises another in its place, with words where the number was.
    number = stop.args[0] if stop.args and isinstance(stop.args[0], int) else signal.SIGINT
    return 128 + number
