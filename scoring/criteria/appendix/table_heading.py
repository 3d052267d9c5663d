"""The heading of a decision's table: which column holds what, in any order and wording near it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.base.text import without_marks
from scoring.criteria.appendix.decision_tables import TableRow
from scoring.official.numbering import read_code
from scoring.official.recognising import heading_role


@dataclass(frozen=True)
class Heading:
    """The columns of each role: ``code``, ``name``, ``max``, ``text``, ``evidence``, ``note``."""

    columns: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, role: str) -> tuple[int, ...]:
        """Return the columns of `role`, none where the table has no such column."""
        return self.columns.get(role, ())


def read_heading(row: TableRow, below: TableRow | None = None) -> tuple[Heading, int] | None:
    """Read a heading of one or two rows.

    Returns
    -------
    (Heading, int) or None
        The roles and how many rows the heading takes; None where the row is not a heading.
    """
    if any(read_code(cell) for cell in row.cells if cell):
        return None
    roles, used = _roles(row), 1
    if below is not None and _second(row, below):
        roles, used = roles | _roles(below), 2
    if not {"name", "max"} <= set(roles.values()):
        return None
    columns: dict[str, list[int]] = {}
    for column in range(len(row.cells)):
        role = roles.get(column)
        if role and role != "other":
            columns.setdefault(role, []).append(column)
    _keep_first_maximum(row, columns)
    return Heading({role: tuple(found) for role, found in columns.items()}), used


def _roles(row: TableRow) -> dict[int, str]:
    roles = (heading_role(row.cells[owner], "criteria") for owner in row.owner)
    return {column: role for column, role in enumerate(roles) if role}


def _second(row: TableRow, below: TableRow) -> bool:
    """Say whether the row below splits the columns of a heading further."""
    filled = [cell for cell in below.cells if cell]
    if not filled or not all(heading_role(cell, "criteria") for cell in filled):
        return False
    # The same heading once more is a repeated heading, not a second row of it.
    return below.cells != row.cells and any(not cell for cell in below.cells)


def _keep_first_maximum(row: TableRow, columns: dict[str, list[int]]) -> None:
    """Take the column that says "tối đa" where several hold points."""
    found = columns.get("max", [])
    if len(found) > 1:
        said = [c for c in found if "toi da" in without_marks(row.cells[row.owner[c]])]
        columns["max"] = (said or found)[:1]
