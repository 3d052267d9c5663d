"""A process of its own for each reader: one that dies or hangs is a fault of one file, not the end."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_STATE = struct.Struct("qdd")
_TICKS = os.sysconf("SC_CLK_TCK")
# A loaded machine may give a process a thousandth of a processor for a while, and that is no fault of
# a reader: what hangs without using the processor is asleep whenever it is looked at.
WALL_FOR_PROCESSOR = 200.0
_ASLEEP_SECONDS = 300.0
_POLL_SECONDS = 0.2


@dataclass
class Marks:
    """Where the process writes which case it is at, for whoever watches it."""

    held: mmap.mmap

    def at(self, number: int) -> None:
        """Say that a case begins."""
        self.held[: _STATE.size] = _STATE.pack(number, time.process_time(), time.monotonic())

    def read(self) -> tuple[int, float, float]:
        """Return the case, and the processor time and clock when it began."""
        return _STATE.unpack(self.held[: _STATE.size])


def processor_seconds(pid: int) -> tuple[float, bool]:
    """Return the user and system time of a process as the system counts it, and whether it sleeps."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0, False
    return (int(fields[11]) + int(fields[12])) / _TICKS, fields[0] == "S"


def watched_process(work: Callable[[Marks], None], seconds: float) -> tuple[int, str]:
    """Do `work` in a process of its own; return the case that it ended at, and why it was ended.

    `work` marks every case. A case that takes `seconds` of the processor, by half more than its
    own alarm allows, is stuck in code that hears no alarm.
    """
    marks = Marks(mmap.mmap(-1, _STATE.size))
    marks.at(0)
    pid = os.fork()
    if pid == 0:
        _carry_out(work, marks)
    awake, last = time.monotonic(), -1
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        number, processor, _ = marks.read()
        if done:
            if os.WIFSIGNALED(status):
                return number, f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
            return number, "" if os.WEXITSTATUS(status) == 0 else "ended by an error"
        spent, sleeps = processor_seconds(pid)
        if not sleeps or number != last:
            awake, last = time.monotonic(), number
        if spent - processor > 1.5 * seconds + 1 or time.monotonic() - awake > _ASLEEP_SECONDS:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return number, "hangs and hears no alarm"
        time.sleep(_POLL_SECONDS)


def _carry_out(work: Callable[[Marks], None], marks: Marks) -> None:
    code = 1
    try:
        work(marks)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)
