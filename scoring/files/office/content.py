"""What the reader of a file returns: paragraphs and grids of text, in sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scoring.base.findings import Finding


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How much of one file is read; what lies beyond is reported, never silently dropped.

    Attributes
    ----------
    bytes : int
        Largest file that is opened at all.
    pages : int
        Pages of a PDF, sheets of a workbook.
    letters, cell_letters : int
        Characters of text kept, in all and in one cell of a table.
    lines, columns : int
        Paragraphs and rows of a file together; columns of a table.
    seconds : float
        Wall time one file may take in its child process.
    lost_seconds : float
        Time that files which fail may cost together; the rest is then left unread.
    memory_bytes : int
        Address space of the child process, where the system can cap it.
    """

    bytes: int = 100_000_000
    pages: int = 300
    letters: int = 2_000_000
    cell_letters: int = 2_000_000
    lines: int = 200_000
    columns: int = 1_000
    seconds: float = 30.0
    lost_seconds: float = 600.0
    memory_bytes: int = 2_000_000_000


# What a table that people read in print can hold; for decisions and plans.
TABLE_LIMITS = ReadingLimits(letters=64_000_000, cell_letters=20_000, columns=60)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text as written, with its line ends and tabs."""

    text: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a table; a merged cell has its text in the first place it covers, once.

    Attributes
    ----------
    number : int
        From 1, as the table or the sheet counts its rows.
    cells : tuple of str
        Text by column as written. Rows of a table within the cell are lines of their own, their
        cells separated by tabs; a cell holds no other tabs.
    owner : tuple of int
        For each column, the column of the cell that covers it.
    carried : mapping of int to str
        Columns whose cell goes on from the row above, with the text it holds there.
    marks : frozenset of str
        ``nested`` (a table within a cell), ``numbered`` (Word numbers the first cell by itself),
        ``number`` and ``date`` (what the first filled cell of a sheet holds instead of text; a
        whole number is as good as text).
    """

    number: int
    cells: tuple[str, ...]
    owner: tuple[int, ...]
    carried: Mapping[int, str] = field(default_factory=dict)
    marks: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The cells separated by tabs, a merged one once."""
        own = (cell for at, cell in enumerate(self.cells) if self.owner[at] == at)
        return "\t".join(own)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text."""

    rows: tuple[GridRow, ...]

    @property
    def text(self) -> str:
        """The rows that hold something, line by line."""
        return "\n".join(row.text for row in self.rows if any(row.cells))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a file with its place: page number, sheet name; empty where there is but one."""

    name: str
    blocks: tuple[Paragraph | Grid, ...]
    is_hidden: bool = False

    @property
    def text(self) -> str:
        """All blocks as one text."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Content:
    """What one file holds; `truncated` when a limit cut it short."""

    type: str
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()
    truncated: bool = False

    @property
    def text(self) -> str:
        """All sections as one text."""
        return "\n".join(section.text for section in self.sections)

    @property
    def blocks(self) -> tuple[Paragraph | Grid, ...]:
        """The blocks of all sections, in their order."""
        return tuple(block for section in self.sections for block in section.blocks)


def plain_section(text: str, name: str = "") -> Section:
    """Return a section of one paragraph."""
    return Section(name, (Paragraph(text),))


def cut_to(content: Content, letters: int) -> Content:
    """Return `content` with at most so many letters, and without lone surrogates.

    Broken fonts yield surrogates, which no file can hold.
    """
    kept: list[Section] = []
    cut = content.truncated
    for section in content.sections:
        text = section.text
        clean = text[:letters].encode("utf-8", "ignore").decode("utf-8")
        cut = cut or len(text) > letters
        letters -= min(len(text), letters)
        kept.append(section if clean == text else plain_section(clean, section.name))
    return replace(content, sections=tuple(kept), truncated=cut)
