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
from scoring.base.findings import Finding
from scoring.files.children.child_state import state
from scoring.files.children.wire import decoded
from scoring.files.office.content import ReadingLimits

_ROOT = Path(scoring.__path__[0]).resolve().parent
_MAX_ANSWER = 2_000_000_000
# Children that wait for the next tasks, by process and by what they were started for.
_waiting: dict[tuple[int, str, int], list[Child]] = {}
_waiting_lock = threading.Lock()
# Parsers keep caches; a child that is replaced now and then keeps memory flat over any folder.
_TASKS_PER_CHILD = 1_000
# Number libraries reserve memory per processor, which on large machines alone breaks the cap.
_ONE_THREAD = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task: its `answer`, or why there is none.

    `failure` is ``timeout``, ``crash``, ``error``, ``left``, or with the `finding` ``refused`` for
    what cannot be read and ``unwritten`` for what must not be handed out.
    """

    answer: Any = None
    failure: str = ""
    detail: str = ""
    finding: Finding | None = None


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

    Notes
    -----
    A process that is itself such a child is given one ledger after another; its own children wait
    for the next call instead of being started anew for the files of each.

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
            outcomes = list(_collected(futures, progress))
            crew.part()
            return outcomes
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
    limit = limits.lost_seconds if outcome.failure == "left" else limits.seconds
    found = failure_finding(outcome, limit)
    return {"findings": [[found.code, dict(found.values)]]}


def failure_finding(outcome: Outcome, seconds: float) -> Finding:
    """Return what is said of a file that a child could not read, or refused to."""
    if outcome.finding is not None:
        return outcome.finding
    if outcome.detail.startswith("MemoryError"):
        return Finding("document-too-large", values={"limit": "RAM"})
    codes = {"timeout": "document-timeout", "crash": "document-crashed", "left": "document-left"}
    values = {"limit": f"{seconds:g}", "reason": outcome.detail}
    return Finding(codes.get(outcome.failure, "document-broken"), values=values)


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
        self._children: set[Child] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for child in list(self._children):
            child.end()

    def part(self) -> None:
        """Let children that did all they were asked wait for the next crew."""
        if state["is_child"]:
            with _waiting_lock:
                _waiting.setdefault((os.getpid(), *self._start), []).extend(self._children)
            self._children.clear()

    def _next_child(self) -> Child:
        with _waiting_lock:
            waiting = _waiting.get((os.getpid(), *self._start), [])
            while waiting and state["is_child"]:
                # One that died meanwhile must not be laid at the door of the next file.
                if (child := waiting.pop()).is_fit:
                    return child
                child.end()
        return Child(*self._start)

    def do(self, task: dict[str, Any]) -> Outcome:
        if self._to_lose < 0:
            return Outcome(failure="left")
        child: Child | None = getattr(self._local, "child", None)
        if child is None or not child.is_alive:
            child = self._local.child = self._next_child()
            with self._lock:
                self._children.add(child)
        began = time.monotonic()
        outcome = child.ask(task, self._seconds)
        if outcome.failure:
            with self._lock:
                self._to_lose -= time.monotonic() - began
        if not child.is_fit:
            child.end()
            with self._lock:
                self._children.discard(child)
        return outcome


class Child:
    """A child process that answers one line of JSON, and bytes behind it, with the same."""

    def __init__(self, target: str, memory_bytes: int) -> None:
        paths = [str(_ROOT), *(path for path in sys.path if path)]
        environment = os.environ | _ONE_THREAD | {"PYTHONUTF8": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(paths)
        # Safe path: with -m alone the working folder, where a sender's files may lie, comes first of
        # all places that modules are loaded from.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", f"{__package__}.worker", target, str(memory_bytes)],
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

    @property
    def is_fit(self) -> bool:
        """Whether it may be given another task: it runs, and has not done its share."""
        is_running = self.is_alive and self._process.poll() is None
        return is_running and self.asked < _TASKS_PER_CHILD

    def ask(self, task: dict[str, Any], seconds: float, data: bytes | None = None) -> Outcome:
        """Return what becomes of `task`, whose keyword ``data`` is given apart if it has one."""
        self.asked += 1
        late = threading.Event()
        watch = threading.Timer(seconds, self._stop, (late,))
        watch.start()
        answer = None
        try:
            answer = self._exchange(json.dumps([task, data if data is None else len(data)]), data)
        finally:
            watch.cancel()
            # Also where Ctrl+C came in between: the next answer would be that of this task.
            if answer is None:
                self.end()
        if answer is not None:
            return answer
        return Outcome(failure="timeout" if late.is_set() else "crash")

    def end(self) -> None:
        """End the process at once."""
        self.is_alive = False
        self._process.kill()
        self._process.wait()
        for name in ("stdin", "stdout"):
            with contextlib.suppress(OSError):
                self._pipe(name).close()

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _exchange(self, request: str, data: bytes | None) -> Outcome | None:
        """Return the answer of the child; None where it died over it or sent nonsense."""
        asked, answers = self._pipe("stdin"), self._pipe("stdout")
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            asked.write(request.encode() + b"\n" + (data or b""))
            asked.flush()
            line = answers.readline(_MAX_ANSWER)
            # A child that died while it was answering leaves a line without an end.
            told, size = decoded(line) if line.endswith(b"\n") else ({}, 0)
            blob = answers.read(min(size, _MAX_ANSWER))
            if told and len(blob) == size:
                return Outcome(**told) if not size else Outcome(blob)
        return None

    def _pipe(self, name: str) -> IO[bytes]:
        pipe: IO[bytes] | None = getattr(self._process, name)
        assert pipe is not None
        return pipe
