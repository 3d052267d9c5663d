"""Memory that is free in this process, handed back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back_memory() -> None:
    """Hand back what was let go of, where the system's library keeps it for later (Linux).

    Tables of millions of texts leave it scattered; what comes next would be put on top of it.
    Arrow keeps memory of its own, where it is loaded.
    """
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].default_memory_pool().release_unused()
    if sys.platform == "linux":
        # Other libraries of C than glibc have no such call, and no such habit.
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)
