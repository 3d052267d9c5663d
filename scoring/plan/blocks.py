"""A plan as a stream of lines and rows, whatever kind of file it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.text import clean_text
from scoring.files.excel.cells import address
from scoring.files.office.content import TABLE_LIMITS, Content, Grid, GridRow, Section
from scoring.files.office.formats import read_office
from scoring.files.office.plain_text import UTF16_MARKS, decoded_text
from scoring.files.paths import read_bytes
from scoring.official.recognising import looks_like
from scoring.official.wording import without_bullet

MAX_BYTES = 30_000_000
# The longest of the real plans tried has nine hundred; each line is looked at by every reading of tasks and targets.
MAX_LINES = 50_000
MAX_CELLS = TABLE_LIMITS.columns
MAX_CELL_LENGTH = TABLE_LIMITS.cell_letters
# A line that holds nothing but one of these is an empty cell, where an empty line is a gap.
_EMPTY_CELL = "\u00a0"


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
        Columns whose cell goes on from the row above (a vertical merge); they repeat its text.
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
    """A plan as a stream of blocks, with findings about its file."""

    name: str
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


def read_plan_document(path: Path, lang: str = "vi") -> PlanDocument:
    """Read a plan from ``.docx``, ``.xlsx`` or extracted text.

    Parameters
    ----------
    path : Path
        The file; what it holds decides, not its ending.
    lang : str
        Language of the places.

    Returns
    -------
    PlanDocument

    Raises
    ------
    UnreadableError
        The file is missing, too large, damaged, hostile, or of another kind; its `finding` says
        which, for the person who sent it.
    """
    data = read_bytes(path, MAX_BYTES)
    if len(data) > MAX_BYTES:
        values = {"limit": MAX_BYTES // 1_000_000}
        raise UnreadableError(Finding("plan-file-too-large", file=path.name, values=values))
    return document_from_bytes(data, path.name, lang)


def document_from_bytes(data: bytes, name: str = "", lang: str = "vi") -> PlanDocument:
    """Return the bytes of a plan as a stream of blocks (see `read_plan_document`)."""
    if not data.startswith(b"PK"):
        return document_from_text(_decoded(data, name), name, lang)
    content = read_office(data, TABLE_LIMITS, name)
    is_workbook = content.type == "xlsx"
    blocks = _sheet_blocks(content) if is_workbook else _word_blocks(content, lang)
    return _document(blocks, name, content.findings)


def _decoded(data: bytes, name: str) -> str:
    if b"\x00" in data[:4096] and not data.startswith(UTF16_MARKS):
        raise UnreadableError(Finding("plan-file-not-text", file=name))
    text = decoded_text(data)
    if text is None:
        raise UnreadableError(Finding("plan-file-not-utf8", file=name))
    return text


def document_from_text(text: str, name: str = "", lang: str = "vi") -> PlanDocument:
    """Return extracted text as a stream of blocks.

    Parameters
    ----------
    text : str
        The plan, cells of a row separated by tabs, or one cell per line.
    name : str
        Name of the file, for findings.
    lang : str
        Language of the places ("dòng 12").

    Returns
    -------
    PlanDocument
        Empty lines are left out; the block after one knows of the gap.

    Examples
    --------
    >>> document = document_from_text("I. MỤC TIÊU\\n\\n1\\tKế hoạch\\tQuý I")
    >>> [(block.place, block.is_row, block.gap_before) for block in document.blocks]
    [('dòng 1', False, False), ('dòng 3', True, True)]
    """
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _document(_text_blocks(lines, lang), name)


def _document(
    blocks: Iterator[Block], name: str, findings: tuple[Finding, ...] = ()
) -> PlanDocument:
    kept: list[Block] = []
    for block in blocks:
        if block.line > MAX_LINES:
            too_long = Finding("plan-too-long", file=name, values={"limit": MAX_LINES})
            findings = (*findings, too_long)
            break
        kept.append(block)
    return PlanDocument(name, tuple(kept), findings)


def _text_blocks(lines: list[str], lang: str) -> Iterator[Block]:
    gap = False
    for number, line in enumerate(lines, start=1):
        if line.strip() or _EMPTY_CELL in line:
            cells = tuple(_clean(cell) for cell in line.split("\t"))
            place = label("plan_place_line", lang, line=number)
            is_row = len(cells) > 1
            yield Block(cells[:MAX_CELLS], is_row, number, place, gap, int(is_row))
        gap = not line.strip() and _EMPTY_CELL not in line


def _word_blocks(content: Content, lang: str) -> Iterator[Block]:
    line = table = 0
    gap = False
    for block in content.blocks:
        if isinstance(block, Grid):
            table += 1
            for row in block.rows:
                line += 1
                place = label("plan_place_row", lang, table=table, row=row.number)
                yield Block(_cells(row), True, line, place, False, table, frozenset(row.carried))
            gap = False
            continue
        for text in block.text.strip("\n").split("\n"):
            line += 1
            clean = _clean(text)
            if clean:
                place = label("plan_place_paragraph", lang, line=line)
                yield Block((clean,), False, line, place, gap)
            gap = not clean


def _sheet_blocks(content: Content) -> Iterator[Block]:
    line = 0
    visible = [section for section in content.sections if not section.is_hidden]
    for table, section in enumerate(visible, start=1):
        for block in _rows_of_sheet(section, table, line):
            line = block.line
            yield block


def _rows_of_sheet(section: Section, table: int, line: int) -> Iterator[Block]:
    """Yield rows; one with a single filled cell is a line of text, unless it lies in a table."""
    gap = in_table = False
    for row in (row for grid in section.blocks if isinstance(grid, Grid) for row in grid.rows):
        cells = _cells(row)
        filled = [column for column, cell in enumerate(cells, start=1) if cell]
        if not filled:
            gap = True
            continue
        line += 1
        in_table |= len(filled) > 2
        is_row = in_table or len(filled) > 1
        place = f"{section.name}!{address(row.number, filled[0])}"
        # An empty row in a sheet parts nothing: it is there to be filled, or for looks.
        gap = gap and not in_table
        kept = cells if is_row else (cells[filled[0] - 1],)
        merged = frozenset(row.carried)
        yield Block(kept, is_row, line, place, gap, table if is_row else 0, merged)
        gap = False


def _cells(row: GridRow) -> tuple[str, ...]:
    return tuple(_cell(row.carried.get(at, cell)) for at, cell in enumerate(row.cells))


def _cell(text: str) -> str:
    """Return a cell on one line; units that stand one below the other are parted by ";"."""
    above, *lines = text[:MAX_CELL_LENGTH].split("\n")
    joined = above
    for line in lines:
        are_units = _is_unit(above) and _is_unit(line)
        joined += f"; {without_bullet(line)}" if are_units else f"\n{line}"
        above = line
    return clean_text(joined)


def _is_unit(line: str) -> bool:
    """Say whether a line names a unit of its own: "Sở" alone goes on with the name above it."""
    name = without_bullet(line)
    return name[:1].isupper() and " " in name and looks_like("unit", name)


def _clean(text: str) -> str:
    return clean_text(text[:MAX_CELL_LENGTH])
