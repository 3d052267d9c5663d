"""A cluster: the same tasks over Dask, and the same outcomes as on one computer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from scoring.batch.engines.engine import Outcome, Task
from scoring.batch.engines.local_engine import LocalEngine
from scoring.files.over_dask import connected, run_tasks


class DaskEngine:
    """Does tasks on the workers of a Dask cluster (extra ``cluster``).

    A worker reads each ledger as `LocalEngine` does, in a child that may crash or hang, so that a
    worker itself is rarely lost; where one is, see `scoring.files.over_dask.run_tasks`.

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
            for done in run_tasks(client, _do, tasks, name=_file_of):
                yield done.answer or Outcome(done.task, finding=done.finding)


def _file_of(task: Task) -> str:
    return PurePosixPath(task.place).name


def _do(task: Task) -> Outcome:
    return _engine().do(task)


@lru_cache(maxsize=1)
def _engine() -> LocalEngine:
    """Return the engine of this worker, whose children stay for the tasks to come."""
    return LocalEngine(workers=1)
