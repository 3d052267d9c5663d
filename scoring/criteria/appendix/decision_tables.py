"""The tables of a decision, from whatever file they stand in, before anything is understood."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.base.errors import UnreadableError
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.text import clean_text
from scoring.criteria.appendix.page_text import page_rows
from scoring.files.excel.cells import address
from scoring.files.office.content import TABLE_LIMITS, Content, Grid, GridRow
from scoring.files.office.formats import read_office
from scoring.files.office.plain_text import decoded_text
from scoring.official.recognising import heading_role

MAX_CELL_LETTERS = TABLE_LIMITS.cell_letters
MAX_COLUMNS = TABLE_LIMITS.columns
MAX_ROWS = 20_000
MAX_TABLES = 200
MAX_LETTERS = 4_000_000
_RULE = re.compile(r"[|\s:+\-=]{3,400}")
_OTHER_OFFICE = (b"\xd0\xcf\x11\xe0", b"{\\rtf")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a decision's table.

    Attributes
    ----------
    cells : tuple of str
        Text by column, each line cleaned; a merged cell has it in the first place it covers.
    owner : tuple of int
        For each column, the column of the cell that covers it.
    place : str
        Where the row stands, as people find it: "bảng 1, dòng 14", "Phụ lục!A14".
    marks : frozenset of str
        As `scoring.files.office.GridRow` has them.
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
class Table:
    """The rows of one table and the sheet it stands in, if any."""

    rows: tuple[TableRow, ...]
    sheet: str = ""


def plain_row(cells: Sequence[str], place: str) -> TableRow:
    """Return a row without spans, its texts cleaned.

    >>> plain_row([" 1.1 ", "Kế hoạch"], "dòng 2").cells
    ('1.1', 'Kế hoạch')
    """
    kept = tuple(_lines(cell) for cell in cells[:MAX_COLUMNS])
    return TableRow(kept, tuple(range(len(kept))), place)


def _lines(text: str) -> str:
    """Return a cell with each line cleaned and empty lines left out, cut to a sane length."""
    lines = (_line(line) for line in text[:MAX_CELL_LETTERS].splitlines())
    return "\n".join(line for line in lines if line)


def _line(text: str) -> str:
    # Only the cells of a table within the cell are separated by tabs: a condition and its points.
    return ": ".join(part for cell in text.split("\t") if (part := clean_text(cell)))


def tables_of(data: bytes, file: str, lang: str = "vi") -> tuple[list[Table], list[Finding]]:
    """Read the tables of a Word document, a workbook, a PDF or a text; the content decides which.

    Raises
    ------
    UnreadableError
        When the file is of another kind, damaged, or not safe to open.
    """
    if data.startswith(b"PK"):
        content = read_office(data, TABLE_LIMITS, file)
        is_book = content.type == "xlsx"
        return _sheet_tables(content, file) if is_book else _word_tables(content, file, lang)
    if data.startswith(b"%PDF"):
        return _pdf_tables(read_office(data, TABLE_LIMITS, file), file, lang)
    if data.startswith(_OTHER_OFFICE):
        raise UnreadableError(Finding("not-a-word-document", file))
    if not data.strip():
        raise UnreadableError(Finding("file-empty", file))
    text = decoded_text(data)
    if text is None or "\x00" in text:
        raise UnreadableError(Finding("appendix-not-a-table", file))
    return pasted_tables(text, file, lang)


def _word_tables(content: Content, file: str, lang: str) -> tuple[list[Table], list[Finding]]:
    grids = [block for block in content.blocks if isinstance(block, Grid)]
    findings = list(content.findings)
    if len(grids) > MAX_TABLES:
        findings.append(Finding("appendix-too-many-tables", file, values={"limit": MAX_TABLES}))
    tables = [
        Table(
            tuple(
                _row(row, label("appendix_place_docx", lang, table=number, row=row.number))
                for row in grid.rows[:MAX_ROWS]
            )
        )
        for number, grid in enumerate(grids[:MAX_TABLES], start=1)
    ]
    return tables, findings


def _pdf_tables(content: Content, file: str, lang: str) -> tuple[list[Table], list[Finding]]:
    """Take the ruled tables of a PDF; where it has none, the text of its pages."""
    if not content.text.strip():
        unread = [found for found in content.findings if found.code != "document-scanned"]
        raise UnreadableError(unread[0] if unread else Finding("appendix-scanned", file))
    grids = [
        (section.name, block)
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Grid)
    ]
    if not grids:
        tables, findings = pasted_tables("\f".join(s.text for s in content.sections), file, lang)
        return tables, [*content.findings, *findings]
    tables = [
        Table(
            tuple(
                _row(row, label("appendix_place_pdf", lang, page=page, row=row.number))
                for row in grid.rows
            )
        )
        for page, grid in grids
    ]
    return tables, list(content.findings)


def _sheet_tables(content: Content, file: str) -> tuple[list[Table], list[Finding]]:
    findings = list(content.findings)
    tables = []
    for section in content.sections:
        rows = [row for block in section.blocks if isinstance(block, Grid) for row in block.rows]
        if not section.is_hidden:
            placed = (_row(row, f"{section.name}!{_first(row)}") for row in rows[:MAX_ROWS])
            tables.append(Table(tuple(placed), section.name))
        elif rows:
            findings.append(Finding("appendix-sheet-hidden", file, sheet=section.name))
    return tables, findings


def _first(row: GridRow) -> str:
    """Return the address of the first filled cell."""
    return address(row.number, next((c for c, cell in enumerate(row.cells, 1) if cell), 1))


def _row(row: GridRow, place: str) -> TableRow:
    return TableRow(tuple(_lines(cell) for cell in row.cells), row.owner, place, row.marks)


def pasted_tables(text: str, file: str, lang: str = "vi") -> tuple[list[Table], list[Finding]]:
    """Read pasted text as one table, its cells separated by tabs, by bars or by line ends.

    Examples
    --------
    >>> tables, _ = pasted_tables("TT\\tTiêu chí\\tĐiểm tối đa\\n1\\tKế hoạch\\t2", "")
    >>> tables[0].rows[1].cells
    ('1', 'Kế hoạch', '2')
    """
    findings = []
    if len(text) > MAX_LETTERS:
        findings.append(Finding("appendix-text-cut", file, values={"limit": MAX_LETTERS}))
        text = text[:MAX_LETTERS]
    lines = text.splitlines()
    if "\t" in text:
        rows = _tabbed(text)
    elif _is_barred(lines):
        rows = _barred(lines)
    else:
        # Without headings the lines stand for themselves, for the message that says so.
        rows = page_rows(text) or [(at, [line]) for at, line in enumerate(lines, start=1)]
    if len(rows) > MAX_ROWS:
        findings.append(Finding("appendix-too-many-rows", file, values={"limit": MAX_ROWS}))
    placed = (
        plain_row(cells, label("appendix_place_text", lang, row=at))
        for at, cells in rows[:MAX_ROWS]
    )
    return [Table(tuple(placed))], findings


_Rows = list[tuple[int, list[str]]]


def _tabbed(text: str) -> _Rows:
    """Read tabs; a cell of several lines comes from a spreadsheet within quotes."""
    rows: _Rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    line = 0
    try:
        for cells in reader:
            rows.append((line + 1, cells))
            line = reader.line_num
    except csv.Error:
        # An unclosed quote: every line is then a row of its own.
        return [(at, row.split("\t")) for at, row in enumerate(text.splitlines(), start=1)]
    return rows


def _is_barred(lines: Iterable[str]) -> bool:
    first = [line for line in lines if line.strip()][:200]
    header = next((line for line in first if line.count("|") >= 2), "")
    return {"name", "max"} <= {heading_role(cell, "criteria") for cell in header.split("|")}


def _barred(lines: Iterable[str]) -> _Rows:
    """Read bars. The last column keeps its bars: they separate the steps of a scoring text."""
    rows: _Rows = []
    width = 0
    for number, line in enumerate(lines, start=1):
        body = line.strip()
        if not body or _RULE.fullmatch(body):
            continue
        if body.startswith("|"):
            body = body.removeprefix("|").removesuffix("|")
        width = width or body.count("|") + 1
        rows.append((number, body.split("|", width - 1)))
    return rows
