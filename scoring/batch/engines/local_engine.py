"""All processors of this computer, each with a child that may crash or hang without harm."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.batch.engines.engine import Outcome, Task
from scoring.batch.parts.taking import known
from scoring.evidence.desk import DOCUMENTS_FOLDER
from scoring.files.children.guarded import MEMORY_BYTES, SECONDS
from scoring.files.children.isolation import Child, default_workers, failure_finding
from scoring.files.office.content import ReadingLimits
from scoring.files.stores.addresses import Address

_TARGET = "scoring.batch.parts.taking:answers"
# A child is given so many ledgers at once, and so many such groups wait for it: none stands idle,
# and what a stopped run loses stays small: parts are written as they are made.
TOGETHER, _AHEAD = 16, 2
# Files of documents that add to the time of a ledger.
_MOST_COUNTED = 500


class LocalEngine:
    """Does tasks in child processes, a few at a time in each.

    Where a child does not survive the few, each of them is done alone, which tells whose fault it is.

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
        asking = ThreadPoolExecutor(TOGETHER * self._workers)
        waiting: set[Future[list[Outcome]]] = set()
        try:
            while True:
                while len(waiting) <= (_AHEAD - 1) * self._workers and (few := self._groups(rest)):
                    for group in few:
                        told = [asking.submit(known, task) for task in group]
                        waiting.add(threads.submit(self._done, group, told))
                if not waiting:
                    return
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (outcome for future in done for outcome in future.result())
        finally:
            # Children first: whoever gives up must not wait for what they are at.
            for child in self._children:
                child.end()
            for pool in (threads, asking):
                pool.shutdown(cancel_futures=True)

    def do(self, tasks: Sequence[Task]) -> list[Outcome]:
        """Do a few tasks in the child of this thread."""
        with ThreadPoolExecutor(len(tasks)) as asking:
            return self._done(tasks, [asking.submit(known, task) for task in tasks])

    def _groups(self, rest: Iterator[Task]) -> list[list[Task]]:
        """Return the next tasks, shared out so that each child has as many as the others."""
        some = list(islice(rest, TOGETHER * self._workers))
        size = -(-len(some) // self._workers) or 1
        return [some[first : first + size] for first in range(0, len(some), size)]

    def _done(self, tasks: Sequence[Task], told: Sequence[Future[Outcome | None]]) -> list[Outcome]:
        found = {task: known.result() for task, known in zip(tasks, told, strict=True)}
        rest = [task for task, outcome in found.items() if outcome is None]
        found |= dict(zip(rest, self._asked(rest), strict=True))
        return [outcome for task in tasks if (outcome := found[task]) is not None]

    def _asked(self, tasks: Sequence[Task]) -> list[Outcome]:
        if not tasks:
            return []
        seconds = self._seconds + sum(map(_for_documents, tasks))
        child = self._child()
        child.asked += len(tasks) - 1
        outcome = child.ask({"tasks": [asdict(task) for task in tasks]}, seconds)
        if not outcome.failure:
            told = zip(tasks, outcome.answer, strict=True)
            return [Outcome(task, **answer) for task, answer in told]
        if len(tasks) > 1:
            return [one for task in tasks for one in self._asked([task])]
        (task,) = tasks
        failed = failure_finding(outcome, seconds).at(file=Path(task.place).name)
        return [Outcome(task, finding=failed)]

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
