"""What a program that was asked to stop tells the system."""

from __future__ import annotations

import signal


def stopped_code(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a program that was asked to stop: 128 and the number of the signal."""
    return 128 + int(stop.args[0] if stop.args else signal.SIGINT)
