"""A cluster: the same tasks over Dask, and the same outcomes as on one computer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from scoring.batch.engines.engine import Outcome, Task
from scoring.batch.engines.local_engine import TOGETHER, LocalEngine
from scoring.files.children.over_dask import Done, connected, run_tasks

# Ledgers that a worker is given at once: what takes one down is done again one by one.
_Few = tuple[Task, ...]
# A worker is given its share in so many rounds at least.
_ROUNDS = 4


class DaskEngine:
    """Does tasks on the workers of a Dask cluster (extra ``cluster``).

    A worker reads each ledger as `LocalEngine` does, in a child that may crash or hang, so that a
    worker itself is rarely lost; where one is, see `scoring.files.children.over_dask.run_tasks`.

    Parameters
    ----------
    scheduler : str
        Such as ``tcp://10.0.0.5:8786``. Sources, set and store of the tasks must mean the same on
        all its workers. Without it the workers are processes of this computer.
    workers : int, optional
        How many there are without a scheduler; by default one per processor.
    """

    def __init__(self, scheduler: str = "", workers: int | None = None) -> None:
        self._scheduler, self._workers = scheduler, workers

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Yield what became of every task, as they are done.

        Raises
        ------
        UsageError, UnreadableError
            Where the cluster is not there, or not there any more; all parts stay, and the next
            run does the rest.
        """
        with connected(self._scheduler, self._workers) as client:
            groups = _groups(list(tasks), sum(client.nthreads().values()))
            alone: list[_Few] = []
            for done in run_tasks(client, _do, groups, name=_file_of, split=_one_by_one):
                if done.finding is not None and len(done.task) > 1:
                    # Of one of them it is told, and nobody knows of which.
                    alone += _one_by_one(done.task)
                else:
                    yield from _outcomes(done)
            for done in run_tasks(client, _do, alone, name=_file_of) if alone else ():
                yield from _outcomes(done)


def _groups(tasks: Sequence[Task], threads: int) -> list[_Few]:
    """Return the tasks, a few together, so that at the end no worker has much more than another."""
    size = min(TOGETHER, -(-len(tasks) // (_ROUNDS * max(threads, 1)))) or 1
    return [tuple(tasks[first : first + size]) for first in range(0, len(tasks), size)]


def _one_by_one(few: _Few) -> list[_Few]:
    return [(task,) for task in few]


def _outcomes(done: Done) -> Iterator[Outcome]:
    if done.finding is None:
        yield from done.answer
    else:
        yield from (Outcome(task, finding=done.finding) for task in done.task)


def _file_of(few: _Few) -> str:
    return PurePosixPath(few[0].place).name


def _do(few: _Few) -> list[Outcome]:
    return _engine().do(few)


@lru_cache(maxsize=1)
def _engine() -> LocalEngine:
    """Return the engine of this worker, whose children stay for the tasks to come."""
    return LocalEngine(workers=1)
