"""The pieces that the readers of plans hand to one another."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoring.base.findings import Finding


@dataclass(frozen=True, slots=True)
class Block:
    """A line of text or a row of cells, in the order of the document.

    Attributes
    ----------
    cells : tuple of str
        One text for a paragraph, one per column for a row; empty texts are empty cells.
    is_row : bool
        True for a row of a table.
    line : int
        Running number from 1; in a text file the number of the line.
    place : str
        Where it stands, as a person finds it: ``dòng 271``, ``bảng 2, hàng 5``, ``Phụ lục!A7``.
    gap_before : bool
        A blank line or a page break stands before it.
    table : int
        Which table of the document it belongs to, from 1; 0 outside tables.
    merged : frozenset of int
        Columns whose cell goes on from the row above (a vertical merge).
    """

    cells: tuple[str, ...]
    is_row: bool
    line: int
    place: str
    gap_before: bool = False
    table: int = 0
    merged: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """The whole block on one line."""
        return " ".join(cell for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan as a stream of blocks, whatever file it came from."""

    name: str
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


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
