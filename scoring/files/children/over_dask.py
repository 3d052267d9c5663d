"""Work handed out over Dask: tasks of lost workers come again, and what kills workers is set aside.

Dask itself counts how often a task was with a worker that died. Whatever else that worker had
before it is accused as well, so nothing is set aside on that word: suspects wait until all others
are done and run one by one, and only one that takes down a worker of its own is refused.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from scoring import __version__
from scoring.base.errors import FileError, UnreadableError, UsageError
from scoring.base.findings import Finding
from scoring.files.children.isolation import default_workers

# A task that raises is tried so often again: stores and networks fail for a moment.
RETRIES = 2
# Workers that a nanny starts again are back within seconds.
NO_WORKER_SECONDS = 120.0
_ANSWER_SECONDS = 10.0
# In our own cluster a task is suspect after this many workers lost, and refused with the next one.
_COMPANY_LOSSES = 2
_LOOK_SECONDS = 5.0
_LEAST_IN_FLIGHT = 32


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task: the `answer` of the work, or the `finding` that says why there is none."""

    task: Any
    answer: Any = None
    finding: Finding | None = None


def missing_dask() -> UsageError:
    """Return the refusal where the extra ``cluster`` is not installed."""
    return UsageError(
        'dask is not installed: pip install "par-index-scoring[cluster]"', Finding("dask-missing")
    )


@contextmanager
def dask_client(engine: str, scheduler: str) -> Iterator[bool]:
    """Make the scheduler Dask's current one meanwhile; tell whether Dask is to be used.

    Raises
    ------
    UsageError
        For a scheduler without the engine, or one that does not answer; without Dask.
    """
    if scheduler and engine != "dask":
        raise UsageError("--scheduler needs --engine dask")
    if not scheduler:
        yield engine == "dask"
        return
    with connected(scheduler):
        yield True


@contextmanager
def connected(scheduler: str = "", workers: int | None = None) -> Iterator[Any]:
    """Give a client of a Dask cluster: that of `scheduler`, or a cluster of its own on this machine.

    Parameters
    ----------
    scheduler : str
        Such as ``tcp://10.0.0.5:8786``; certificates for ``tls://`` come from Dask's settings.
    workers : int, optional
        Processes of a cluster of its own, one thread each; by default one per processor.

    Raises
    ------
    UsageError
        Where the scheduler does not answer, and without Dask.
    """
    try:
        from distributed import Client
    except ImportError:
        raise missing_dask() from None
    with contextlib.ExitStack() as held:
        target = scheduler or held.enter_context(_own_cluster(workers or default_workers()))
        try:
            client = Client(target, timeout=_ANSWER_SECONDS)
        except (OSError, ValueError) as problem:
            silent = Finding("dask-scheduler-silent", values={"address": scheduler})
            raise UsageError(f"--scheduler {scheduler}: {problem}", silent) from None
        held.enter_context(client)
        yield client


@contextmanager
def _own_cluster(workers: int) -> Iterator[Any]:
    import dask
    from distributed import LocalCluster

    # Of a worker that is lost a finding tells, not pages of the log.
    settings = {"distributed.scheduler.allowed-failures": _COMPANY_LOSSES - 1}
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


def each_over_dask(work: Callable[[Any], Any], tasks: Sequence[Any]) -> list[Any]:
    """Return what `work` makes of each task, over Dask's current client or threads of this process.

    Raises
    ------
    UsageError
        Without Dask.
    """
    try:
        import dask
    except ImportError:
        raise missing_dask() from None
    return list(dask.compute(*(dask.delayed(work)(task) for task in tasks)))


def run_tasks(
    client: Any,
    work: Callable[[Any], Any],
    tasks: Iterable[Any],
    *,
    name: Callable[[Any], str] = str,
    split: Callable[[Any], Sequence[Any]] = lambda task: [task],
    no_worker_seconds: float = NO_WORKER_SECONDS,
) -> Iterator[Done]:
    """Yield what becomes of each task, as they are done and in no order.

    Parameters
    ----------
    client : distributed.Client
        See `connected`.
    work : callable
        A function of a module, called with a task on some worker. It may be called again for the
        same task, even at the same time, and must then come to the same.
    tasks : iterable
        Small and picklable; taken up a few ahead of the workers.
    name : callable
        Names the file of a task in findings.
    split : callable
        Gives the tasks that one of several files stands for. They are done instead of it, one by
        one, where workers died over it, so that the one to blame is refused alone.
    no_worker_seconds : float
        How long the cluster may have no workers at all.

    Raises
    ------
    UnreadableError
        ``dask-scheduler-lost``, ``dask-no-workers`` or ``dask-worker-differs``. Everything yielded
        before holds.
    """
    run = _Run(client, work, name, no_worker_seconds)
    try:
        suspects: list[Any] = []
        for task, future in run.all_of(tasks):
            done = run.done(task, future)
            if done is None:
                suspects += split(task)
            else:
                yield done
        yield from map(run.alone, suspects)
    except CancelledError:
        raise run.refused("dask-scheduler-lost") from None
    finally:
        run.leave()


class _Run:
    """The tasks of one run that are with the cluster."""

    def __init__(
        self, client: Any, work: Callable[[Any], Any], name: Callable[[Any], str], patience: float
    ) -> None:
        self._client, self._work, self._name = client, work, name
        self._patience = patience
        self._token = secrets.token_hex(6)
        self._count = 0
        self._flying: dict[Any, Any] = {}
        self._losses = _COMPANY_LOSSES

    def all_of(self, tasks: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield each task with its future once that is done; few are with the cluster at a time."""
        waiting, room = iter(tasks), 0
        while True:
            if len(self._flying) <= room // 2:
                room = max(_LEAST_IN_FLIGHT, 4 * self._threads())
                for task in islice(waiting, room - len(self._flying)):
                    self._submit(task)
            if not self._flying:
                return
            for future in self._some_done():
                yield self._flying.pop(future), future

    def alone(self, task: Any) -> Done:
        """Run a suspect with no other task of this run beside it."""
        once = f"parindex-{self._token}-{self._count}"
        future = self._submit(task, once)
        self._some_done()
        self._flying.pop(future)
        done = self.done(task, future)
        with contextlib.suppress(Exception):
            from distributed import Event

            Event(once, client=self._client).clear()
        if done is None or isinstance(done.answer, _Killed):
            return Done(task, finding=self._killed(task))
        return done

    def done(self, task: Any, future: Any) -> Done | None:
        """Return what became of a task; None where workers died over it."""
        from distributed import KilledWorker

        try:
            return Done(task, future.result())
        except KilledWorker as killed:
            self._losses = killed.allowed_failures + 1
            return None
        except CancelledError:
            raise
        # Where the package is missing there, so is what the task is made of.
        except (_WorkerDiffersError, ImportError) as differs:
            values = {"value": str(differs), "expected": __version__}
            raise UnreadableError(Finding("dask-worker-differs", values=values)) from None
        except FileError as refusal:
            return Done(task, finding=refusal.finding)
        # Whatever a task raises is its own answer; the others must still be done.
        except Exception as problem:
            if self._client.status != "running":
                raise CancelledError from None
            reason = f"{type(problem).__name__}: {problem}"
            told: dict[str, object] = {"count": RETRIES + 1, "reason": reason}
            return Done(task, finding=Finding("dask-task-failed", self._name(task), values=told))

    def leave(self) -> None:
        """Take back what is still with the cluster."""
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._flying))

    def refused(self, code: str, **values: object) -> UnreadableError:
        """Return a finding about the cluster as the reason why the run ends."""
        scheduler = getattr(self._client.scheduler, "address", "")
        return UnreadableError(Finding(code, values={"address": scheduler, **values}))

    def _killed(self, task: Any) -> Finding:
        return Finding("dask-worker-killed", self._name(task), values={"count": self._losses + 1})

    def _submit(self, task: Any, once: str = "") -> Any:
        # A key of its own each time: Dask remembers what it has against an old one.
        key = f"parindex-{self._token}-{self._count}"
        self._count += 1
        future = self._client.submit(
            _on_worker, self._work, task, __version__, once,
            key=key, pure=False, retries=RETRIES,
        )  # fmt: skip
        self._flying[future] = task
        return future

    def _some_done(self) -> list[Any]:
        """Wait until a task or more are done, as long as there are workers."""
        from distributed import wait

        since: float | None = None
        while True:
            try:
                return list(wait(list(self._flying), _LOOK_SECONDS, "FIRST_COMPLETED").done)
            except TimeoutError:
                if self._threads():
                    since = None
                    continue
            since = since or time.monotonic()
            if time.monotonic() - since >= self._patience:
                raise self.refused("dask-no-workers", seconds=f"{self._patience:g}") from None

    def _threads(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except OSError:
            raise CancelledError from None


class _WorkerDiffersError(Exception):
    """A worker has another version of the package; the message says which."""


@dataclass(frozen=True, slots=True)
class _Killed:
    """The answer of a task that was begun alone before: its worker did not survive it."""


def _on_worker(work: Callable[[Any], Any], task: Any, version: str, once: str) -> Any:
    if version != __version__:
        raise _WorkerDiffersError(__version__)
    if once:
        from distributed import Event

        begun = Event(once)
        if begun.is_set():
            return _Killed()
        begun.set()
        try:
            return work(task)
        except BaseException:
            # It will be tried again, and its worker is alive.
            begun.clear()
            raise
    return work(task)
