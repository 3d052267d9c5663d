"""Tables of a decision as they stand in a file, before anything in them is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scoring.base.findings import Finding
from scoring.base.text import clean_text

MAX_CELL_LETTERS = 20_000
MAX_TABLE_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a table.

    Attributes
    ----------
    cells : tuple of str
        Text by column, lines kept; a cell that spans columns stands in the first of them.
    owner : tuple of int
        For each column, the column of the cell that covers it.
    place : str
        Where the row stands, as people find it: "bảng 1, dòng 14", "Phụ lục!A14".
    marks : frozenset of str
        ``nested`` (a table within a cell), ``numbered`` (Word numbers its first cell by itself),
        ``number-code`` and ``date-code`` (the first filled cell is not text).
    """

    cells: tuple[str, ...]
    owner: tuple[int, ...]
    place: str
    marks: frozenset[str] = frozenset()

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds text."""
        return not any(self.cells)

    def text(self, columns: Sequence[int]) -> str:
        """Return the texts of some columns, each cell once, lines kept."""
        owners = dict.fromkeys(self.owner[c] for c in columns if c < len(self.cells))
        return "\n".join(self.cells[owner] for owner in owners if self.cells[owner])


@dataclass(frozen=True)
class Grid:
    """One table: its rows and the sheet it stands in, if any."""

    rows: tuple[GridRow, ...]
    sheet: str = ""
    findings: tuple[Finding, ...] = field(default_factory=tuple)


def plain_row(cells: Sequence[str], place: str, marks: frozenset[str] = frozenset()) -> GridRow:
    """Return a row without spans, its texts cleaned.

    >>> plain_row([" 1.1 ", "Kế hoạch"], "dòng 2").cells
    ('1.1', 'Kế hoạch')
    """
    return GridRow(tuple(lines_of(cell) for cell in cells), tuple(range(len(cells))), place, marks)


def lines_of(text: str) -> str:
    """Return a text with each line cleaned and empty lines left out, cut to a sane length."""
    lines = (clean_text(line) for line in text[:MAX_CELL_LETTERS].splitlines())
    return "\n".join(line for line in lines if line)
