"""Areas and tasks while they are gathered from the blocks of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoring.base.findings import Finding
from scoring.official.wording import plain
from scoring.plan.blocks import Block


@dataclass(frozen=True, slots=True)
class Area:
    """A section of the task part: its number as written and its title."""

    number: str
    title: str
    plan_number: int = 1


@dataclass(slots=True)
class TaskDraft:
    """A task while its cells are still being gathered, fragment by fragment."""

    area: Area | None
    number: str
    part: int
    blocks: list[Block]
    cells: dict[str, list[str]] = field(default_factory=dict)

    def add(self, role: str, text: str) -> None:
        """Append `text` to the column `role`."""
        if text:
            self.cells.setdefault(role, []).append(text)

    def text(self, role: str) -> str:
        """Return what stands in the column `role`, its fragments joined."""
        return " ".join(self.cells.get(role, ()))


@dataclass(slots=True)
class Reading:
    """What a reader of one shape makes of a document.

    `roles` says for every line what it was taken for: ``text`` (outside the task part), ``header``,
    ``area``, ``task``, ``continuation``, ``page-number`` or ``unplaced``.
    """

    drafts: list[TaskDraft] = field(default_factory=list)
    roles: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def mark(self, block: Block, role: str) -> None:
        """Say what the line of `block` was taken for."""
        self.roles[block.line] = role

    def unplaced(self, block: Block) -> None:
        """Report a line that belongs to no task."""
        self.mark(block, "unplaced")
        values = {"text": plain(block.text)}
        self.findings.append(Finding("plan-line-unplaced", cell=block.place, values=values))
