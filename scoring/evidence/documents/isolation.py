"""Run work on untrusted files in child processes that may crash or hang without harm.

The pool of the standard library cannot end one stuck child, and one crash ends all its
children. Here each child serves one task at a time over its pipes; when it dies or exceeds its
time, that one task fails and a new child takes its place. Answers come back as JSON, so that
a child taken over by a hostile file has no way into the parent.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import scoring
from scoring.base.errors import ScoringError
from scoring.files.office.content import ReadingLimits

_ROOT = Path(scoring.__path__[0]).resolve().parent
_MAX_ANSWER = 64_000_000
# Parsers keep caches; a child that is replaced now and then keeps memory flat over any folder.
_TASKS_PER_CHILD = 1_000
# Number libraries reserve memory per processor, which on large machines alone breaks the cap.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task: `answer`, or `failure`: ``timeout``, ``crash``, ``error``, ``left``."""

    answer: Any = None
    failure: str = ""
    detail: str = ""


def default_workers() -> int:
    """Return how many children to run: one per processor this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def run_isolated(
    target: str,
    tasks: Sequence[dict[str, Any]],
    *,
    workers: int | None = None,
    seconds: float = 30.0,
    lost_seconds: float = math.inf,
    memory_bytes: int = 2_000_000_000,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Call a function once per task, in child processes.

    Parameters
    ----------
    target : str
        ``module:function``; the function takes the keywords of a task and returns what JSON
        can hold.
    tasks : sequence of dict
        Keywords of each call, JSON too.
    workers : int, optional
        Children at work at the same time; by default one per processor.
    seconds, memory_bytes : number
        Limits of one call.
    lost_seconds : float
        Time that calls which fail may take in all; the rest is then ``left``.
    progress : callable, optional
        Called with tasks done and tasks in all, from this thread.

    Returns
    -------
    list of Outcome
        In the order of `tasks`.

    Raises
    ------
    ScoringError
        The children cannot start at all: `target` does not exist or `memory_bytes` is too low.

    Examples
    --------
    >>> run_isolated("math:hypot", [], workers=1)
    []
    """
    workers = max(1, min(workers or default_workers(), len(tasks)))
    threads = ThreadPoolExecutor(workers)
    with _Crew(target, seconds, memory_bytes, lost_seconds) as crew:
        try:
            futures = [threads.submit(crew.do, task) for task in tasks]
            return list(_collected(futures, progress))
        finally:
            # Someone who presses Ctrl+C must not wait for the thousands of tasks still queued.
            threads.shutdown(wait=False, cancel_futures=True)


def answers_about_files(
    target: str,
    tasks: Sequence[dict[str, Any]],
    limits: ReadingLimits,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[dict[str, Any]]:
    """Call `target` once per file, with `limits`; a child that failed is a finding too.

    Every answer has ``findings``, pairs of code and values. Of a file whose child failed that is
    all there is.
    """
    outcomes = run_isolated(
        target,
        [task | {"limits": asdict(limits)} for task in tasks],
        workers=workers,
        seconds=limits.seconds,
        lost_seconds=limits.lost_seconds,
        memory_bytes=limits.memory_bytes,
        progress=progress,
    )
    return [outcome.answer or _failed(outcome, limits) for outcome in outcomes]


def _failed(outcome: Outcome, limits: ReadingLimits) -> dict[str, Any]:
    codes = {"timeout": "document-timeout", "crash": "document-crashed", "left": "document-left"}
    limit = limits.lost_seconds if outcome.failure == "left" else limits.seconds
    values = {"limit": f"{limit:g}", "reason": outcome.detail}
    return {"findings": [[codes.get(outcome.failure, "document-broken"), values]]}


def _collected(
    futures: list[Future[Outcome]], progress: Callable[[int, int], None] | None
) -> Iterator[Outcome]:
    for done, future in enumerate(futures, start=1):
        yield future.result()
        if progress:
            progress(done, len(futures))


class _Crew:
    """One child per thread; leaving the context ends them all."""

    def __init__(self, target: str, seconds: float, memory_bytes: int, to_lose: float) -> None:
        self._start = (target, memory_bytes)
        self._seconds, self._to_lose = seconds, to_lose
        self._local = threading.local()
        self._children: set[_Child] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for child in list(self._children):
            child.end()

    def do(self, task: dict[str, Any]) -> Outcome:
        if self._to_lose < 0:
            return Outcome(failure="left")
        child: _Child | None = getattr(self._local, "child", None)
        if child is None or not child.is_alive:
            child = self._local.child = _Child(*self._start)
            with self._lock:
                self._children.add(child)
        began = time.monotonic()
        outcome = child.ask(task, self._seconds)
        if outcome.failure:
            with self._lock:
                self._to_lose -= time.monotonic() - began
        if child.asked >= _TASKS_PER_CHILD:
            child.end()
        if not child.is_alive:
            with self._lock:
                self._children.discard(child)
        return outcome


class _Child:
    """A child process that answers one line of JSON with another."""

    def __init__(self, target: str, memory_bytes: int) -> None:
        paths = [str(_ROOT), *(path for path in sys.path if path)]
        environment = os.environ | _ONE_THREAD | {"PYTHONUTF8": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.worker", target, str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.is_alive = True
        self.asked = 0
        # Starting up, with its imports, is not counted against the first document.
        if not self._pipe("stdout").readline():
            self.end()
            raise ScoringError(f"the child process for {target} did not start")

    def ask(self, task: dict[str, Any], seconds: float) -> Outcome:
        self.asked += 1
        late = threading.Event()
        watch = threading.Timer(seconds, self._stop, (late,))
        watch.start()
        try:
            line = self._exchange(json.dumps(task))
        finally:
            watch.cancel()
        # A child that died while it was answering leaves a line without an end.
        if line.endswith(b"\n") and not late.is_set():
            with contextlib.suppress(ValueError, TypeError):
                return Outcome(**json.loads(line))
        self.end()
        return Outcome(failure="timeout" if late.is_set() else "crash")

    def end(self) -> None:
        self.is_alive = False
        self._process.kill()
        self._process.wait()
        for name in ("stdin", "stdout"):
            with contextlib.suppress(OSError):
                self._pipe(name).close()

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _exchange(self, request: str) -> bytes:
        try:
            self._pipe("stdin").write(request.encode() + b"\n")
            self._pipe("stdin").flush()
            return self._pipe("stdout").readline(_MAX_ANSWER)
        except (OSError, ValueError):
            return b""

    def _pipe(self, name: str) -> IO[bytes]:
        pipe: IO[bytes] | None = getattr(self._process, name)
        assert pipe is not None
        return pipe
