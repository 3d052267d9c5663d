"""The ruled tables of a PDF that has a text layer, page by page.

A PDF knows where ink stands, not which words belong together. pdfplumber finds the ruled cells;
the lines within a cell are put together here: a line ends where the next word would not have
fitted, and anything else was a line of its own.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scoring.base.findings import Finding
from scoring.base.text import first_few
from scoring.files.office.content import Content, Grid, GridRow, Paragraph, ReadingLimits, Section
from scoring.files.office.parser_errors import is_own_mistake

Box = tuple[float, float, float, float]
# Points of type; letters of one line stand this far apart in height, cells' edges in width.
_LINE_SLACK = 3.0
_EDGE_SLACK = 1.5
# A line that falls short by less than this may end where the cell ends.
_FIT_SLACK = 2.0
_OPENING = re.compile(r"[-–−+•*]|(?:\d{1,2}|[a-zđ])[.)]$")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    left: float
    right: float
    height: float


def read_pdf_tables(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read the ruled tables of each page; a page without one is read as text.

    Parameters
    ----------
    data : bytes
    limits : ReadingLimits
        `pages`, `letters` and `columns` are kept; what lies beyond is reported.
    file : str
        Name for the findings.

    Returns
    -------
    Content
        One section per page, named by its number. A page that holds a table has its grids only;
        any other has its text. A file of pictures and one with a password are findings.

    Notes
    -----
    Reads as pdfplumber does with ruled lines (strategy ``lines``); a table drawn without lines
    comes out as text.
    """
    import pdfplumber

    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return _content(pdf.pages, limits, file)
    # A broken file raises almost anything, some of it wrapped once more.
    except Exception as problem:
        if is_own_mistake(problem):
            raise
        if "Password" in repr(problem):
            return Content("pdf", findings=(Finding("document-encrypted", file),))
        values = {"reason": type(problem).__name__}
        return Content("pdf", findings=(Finding("document-broken", file, values=values),))


def _content(pages: list[Any], limits: ReadingLimits, file: str) -> Content:
    sections: list[Section] = []
    broken: list[str] = []
    letters = 0
    for page in pages[: limits.pages]:
        try:
            sections.append(_section(page, limits))
        # One broken page raises almost anything; the other pages still count.
        except Exception as problem:
            if is_own_mistake(problem):
                raise
            broken.append(str(page.page_number))
            sections.append(Section(str(page.page_number), ()))
        # pdfplumber keeps what it found of a page until told otherwise.
        page.close()
        letters += len(sections[-1].text)
        if letters > limits.letters:
            break
    findings = _page_findings(sections, broken, len(pages), file)
    return Content("pdf", tuple(sections), findings, truncated=len(sections) < len(pages))


def _page_findings(
    sections: list[Section], broken: list[str], pages: int, file: str
) -> tuple[Finding, ...]:
    findings = []
    if broken:
        values = {"pages": ", ".join(first_few(broken, 10))}
        findings.append(Finding("document-pages-broken", file, values=values))
    bare = [part.name for part in sections if not part.text.strip() and part.name not in broken]
    if bare and len(bare) == len(sections):
        findings.append(Finding("document-scanned", file))
    elif bare:
        values = {"pages": ", ".join(first_few(bare, 10))}
        findings.append(Finding("document-pages-scanned", file, values=values))
    if len(sections) < pages:
        cut = {"pages": pages, "limit": len(sections)}
        findings.append(Finding("appendix-pages-cut", file, values=cut))
    return tuple(findings)


def _section(page: Any, limits: ReadingLimits) -> Section:
    tables = page.find_tables()
    words = page.extract_words(use_text_flow=False) if tables else []
    grids = tuple(_grid(table, words, limits.columns) for table in tables)
    kept = tuple(grid for grid in grids if any(any(row.cells) for row in grid.rows))
    blocks: tuple[Paragraph | Grid, ...] = kept or (Paragraph(page.extract_text() or ""),)
    return Section(str(page.page_number), blocks)


def _grid(table: Any, words: list[dict[str, Any]], columns: int) -> Grid:
    boxes = [tuple(row.cells[:columns]) for row in table.rows]
    lefts = _column_lefts(boxes)
    inside = _words_by_cell(boxes, words)
    rows = []
    for number, cells in enumerate(boxes, start=1):
        texts = [_text(inside.get(box, ()), box) if box else "" for box in cells]
        rows.append(GridRow(number, tuple(texts), _owners(cells, lefts)))
    return Grid(tuple(rows))


def _column_lefts(boxes: Iterable[tuple[Box | None, ...]]) -> list[float]:
    lefts: dict[int, float] = {}
    for cells in boxes:
        for column, box in enumerate(cells):
            if box:
                lefts[column] = min(lefts.get(column, box[0]), box[0])
    return [lefts.get(column, 0.0) for column in range(max(lefts, default=-1) + 1)]


def _owners(cells: tuple[Box | None, ...], lefts: list[float]) -> tuple[int, ...]:
    """Return for each column the column of the cell that reaches over it."""
    owners: list[int] = []
    for column, box in enumerate(cells):
        before = owners[-1] if owners else column
        reach = cells[before]
        is_covered = box is None and reach is not None and reach[2] > lefts[column] + _EDGE_SLACK
        owners.append(before if is_covered else column)
    return tuple(owners)


def _words_by_cell(
    boxes: list[tuple[Box | None, ...]], words: list[dict[str, Any]]
) -> dict[Box, list[_Word]]:
    """Give each word to the cell that holds its middle."""
    cells = sorted((box for row in boxes for box in row if box), key=lambda box: (box[1], box[0]))
    tops = [box[1] for box in cells]
    found: dict[Box, list[_Word]] = {}
    for word in words:
        x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
        for box in cells[: bisect_right(tops, y)]:
            if box[0] <= x < box[2] and box[1] <= y < box[3]:
                found.setdefault(box, []).append(_Word(word["text"], word["x0"], word["x1"], y))
                break
    return found


def _text(words: Iterable[_Word], box: Box) -> str:
    lines: list[list[_Word]] = []
    for word in sorted(words, key=lambda word: (word.height, word.left)):
        if lines and abs(lines[-1][0].height - word.height) <= _LINE_SLACK:
            lines[-1].append(word)
        else:
            lines.append([word])
    lines = [sorted(line, key=lambda word: word.left) for line in lines]
    if not lines:
        return ""
    margin = min(line[0].left for line in lines) - box[0]
    text = " ".join(word.text for word in lines[0])
    for above, line in pairwise(lines):
        own = " ".join(word.text for word in line)
        text += ("\n" if _begins(above, line, box[2] - margin) else " ") + own
    return text


def _begins(above: list[_Word], line: list[_Word], end: float) -> bool:
    """Say whether a line begins something new: its first word would have fitted above."""
    first = line[0]
    blank = 0.25 * (first.right - first.left) / max(len(first.text), 1)
    fits = above[-1].right + blank + (first.right - first.left) < end - _FIT_SLACK
    return fits or bool(_OPENING.match(first.text))
