"""A task of a batch, what became of it, and what an engine is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from scoring.base.findings import Finding


@dataclass(frozen=True, slots=True)
class Task:
    """One ledger to take in; it holds texts only, and doing it twice changes nothing.

    Attributes
    ----------
    source : str
        Address of the ledger.
    place : str
        Where it lies below the folder of the batch, with forward slashes; its last part names the
        ledger in findings.
    criteria, fingerprint : str
        Id or address of the set, and what it must hold.
    store : str
        Address of the parts (`scoring.batch.parts.part_store.PartStore`).
    seal : str
        Key of the seal of the parts, so that they are ours whichever computer writes them; empty
        for that of whoever does the task.
    """

    source: str
    place: str
    criteria: str
    fingerprint: str
    store: str
    seal: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    task : Task
    part : str
        Name of the part in the store; empty where there is none, and the next run tries again.
    finding : Finding or None
        Why the ledger could not be read. With a part it is as sure as the file is the same.
    was_known : bool
        Whether an earlier run had done it.
    digest : str
        What the part holds is told by: it changes with what documents beside a ledger prove.
    was_foreign : bool
        Whether a part lay there that has no mark of our seal, and was made anew.
    """

    task: Task
    part: str = ""
    finding: Finding | None = None
    was_known: bool = False
    digest: str = ""
    was_foreign: bool = False


class Engine(Protocol):
    """Carries out tasks; what fails is an outcome, never an exception."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Yield what became of every task, in any order."""
        ...
