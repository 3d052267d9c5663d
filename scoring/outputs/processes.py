"""Files made by many processes: the bytes and their order do not depend on how many there are."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from pathlib import Path
from typing import Protocol

from scoring.base.errors import OutputError
from scoring.base.findings import Finding
from scoring.files.overwriting import Overwriting, adopt, rule_in_force

Progress = Callable[[int, int], None]
"""Called with the jobs finished so far and all of them, for a progress bar."""
_SAFE_PATH = "PYTHONSAFEPATH"


class Job(Protocol):
    """Files still to be made; it travels to another process."""

    def run(self) -> list[Path]: ...


def run_jobs(
    jobs: Iterable[Job],
    count: int,
    *,
    workers: int | None = None,
    fewest: int = 2,
    chunk: int = 1,
    on_done: Progress | None = None,
) -> list[Path]:
    """Carry out jobs and return their files, in order.

    Parameters
    ----------
    jobs : iterable of Job
    count : int
        How many they are.
    workers : int, optional
        Processes; by default one per core, and this process alone for fewer than `fewest` jobs.
    chunk : int
        Jobs sent to a process at a time.
    on_done : callable, optional
        See `Progress`.

    Raises
    ------
    OutputError
        A process was ended from outside: ``output-process-lost``. What was made stays.
    """
    processes = workers or ((os.cpu_count() or 1) if count >= fewest else 1)
    if processes == 1 or count < 2:
        return _collected(map(_run, jobs), count, on_done)
    with _modules_of_ours_only():
        return _by_several(jobs, min(processes, count), count, chunk, on_done)


def _by_several(
    jobs: Iterable[Job], processes: int, count: int, chunk: int, on_done: Progress | None
) -> list[Path]:
    from loky import BrokenProcessPool, ProcessPoolExecutor  # loaded where it is needed at all

    # Not forked: what makes PDF keeps threads, and a fork of a process that has them waits forever.
    # Nor does a script that calls this need the guard that the standard library's pools ask for.
    about = {"initializer": _begin, "initargs": (rule_in_force(), os.getpid())}
    try:
        with ProcessPoolExecutor(processes, **about) as pool:
            return _collected(pool.map(_run, jobs, chunksize=chunk), count, on_done)
    except BrokenProcessPool:
        raise OutputError(Finding("output-process-lost")) from None


@contextmanager
def _modules_of_ours_only() -> Iterator[None]:
    """Let no new process load modules from the working folder, where a sender's files may lie.

    That goes for the process that clears up behind the others too, which takes its environment from ours.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _begin(rule: Overwriting | None, parent: int) -> None:
    """Make a new process ready, and let it end where the one that began it is killed."""
    adopt(rule)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """Wait until the process of this number is gone, and end this one."""
    if os.name == "nt":
        # The number of a parent that is gone is kept there, but it gives a handle to wait for.
        if (began_by := parent_process()) is None:
            return
        began_by.join()
    else:
        while os.getppid() == parent:
            time.sleep(1)
    os._exit(1)


def _run(job: Job) -> list[Path]:
    return job.run()


def _collected(results: Iterable[list[Path]], count: int, on_done: Progress | None) -> list[Path]:
    paths: list[Path] = []
    for done, written in enumerate(results, start=1):
        paths += written
        if on_done:
            on_done(done, count)
    return paths
