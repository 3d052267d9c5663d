"""All processors of this computer, each with a child that may crash or hang without harm."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.batch.engines.engine import Outcome, Task
from scoring.batch.parts.taking import known
from scoring.evidence.desk import DOCUMENTS_FOLDER
from scoring.files.addresses import Address
from scoring.files.guarded import MEMORY_BYTES, SECONDS
from scoring.files.isolation import Child, default_workers, failure_finding
from scoring.files.office.content import ReadingLimits

_TARGET = "scoring.batch.parts.taking:answer"
# So many tasks wait for each child: none stands idle, and their number stays small.
_AHEAD = 8
# Files of documents that add to the time of a ledger.
_MOST_COUNTED = 500


class LocalEngine:
    """Does tasks in child processes, one at a time in each.

    Parameters
    ----------
    workers : int, optional
        Children at work; by default one per processor.
    seconds : float
        How long a ledger may take; its documents have their own time besides.
    """

    def __init__(self, workers: int | None = None, seconds: float = SECONDS) -> None:
        self._workers = max(1, workers or default_workers())
        self._seconds = seconds
        self._local = threading.local()
        self._children: list[Child] = []

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Yield what became of every task, as they are done.

        What an earlier run did is told without a child. A store takes long to answer, so more of
        them are asked for than there are children.
        """
        rest, threads = iter(tasks), ThreadPoolExecutor(self._workers)
        asking = ThreadPoolExecutor(_AHEAD * self._workers)
        waiting: set[Future[Outcome]] = set()

        def done(task: Task) -> Outcome:
            return known(task) or threads.submit(self._taken, task).result()

        try:
            while True:
                room = _AHEAD * self._workers - len(waiting)
                waiting |= {asking.submit(done, task) for task in islice(rest, room)}
                if not waiting:
                    return
                ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ended)
        finally:
            # Children first: whoever gives up must not wait for what they are at.
            for child in self._children:
                child.end()
            for pool in (threads, asking):
                pool.shutdown(cancel_futures=True)

    def do(self, task: Task) -> Outcome:
        """Do one task in the child of this thread."""
        return known(task) or self._taken(task)

    def _taken(self, task: Task) -> Outcome:
        seconds = self._seconds + _for_documents(task)
        outcome = self._child().ask(asdict(task), seconds)
        if outcome.failure:
            failed = failure_finding(outcome, seconds).at(file=Path(task.place).name)
            return Outcome(task, finding=failed)
        return Outcome(task, **outcome.answer)

    def _child(self) -> Child:
        child: Child | None = getattr(self._local, "child", None)
        if child is None or not child.is_fit:
            if child is not None:
                child.end()
            child = self._local.child = Child(_TARGET, MEMORY_BYTES)
            self._children.append(child)
        return child


def _for_documents(task: Task) -> float:
    """Return how long the documents beside a ledger may take."""
    beside = Address.of_file(task.source)[0].below(DOCUMENTS_FOLDER)
    if not beside.is_local:
        with suppress(UnreadableError):  # whoever reads the documents will say why
            return min(len(beside.listing()[0]), _MOST_COUNTED) * ReadingLimits().seconds
        return 0.0
    files = islice(beside.path.rglob("*"), _MOST_COUNTED) if beside.is_there() else ()
    return sum(1 for _ in files) * ReadingLimits().seconds
