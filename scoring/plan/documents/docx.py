"""Paragraphs and tables of a Word document, in their order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.base.text import clean_text
from scoring.plan.documents.text import MAX_CELL_LENGTH, MAX_CELLS, MAX_LINES
from scoring.plan.model import Block, PlanDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {f"{_W}br", f"{_W}cr"}
# A cell may claim to span any number of columns.
_MAX_SPAN = MAX_CELLS


def document_from_docx(data: bytes, name: str = "", lang: str = "vi") -> PlanDocument:
    """Return the bytes of a Word document as a stream of blocks.

    The caller has looked through the package (`scoring.files.package.inspect_package`) before.

    Parameters
    ----------
    data : bytes
        A ``.docx`` file.
    name : str
        Name of the file, for findings.
    lang : str
        Language of the places ("bảng 1, hàng 3").

    Returns
    -------
    PlanDocument
        Cells merged sideways are given once and followed by empty ones; cells merged downwards are
        repeated and marked as merged. Text under tracked deletion is left out.
    """
    # Word's library takes a quarter of a second to load, which text files need not pay.
    from docx import Document

    body = Document(io.BytesIO(data)).element.body
    blocks: list[Block] = []
    findings: list[Finding] = []
    for block in _blocks(body, lang):
        if len(blocks) >= MAX_LINES:
            findings.append(Finding("plan-too-long", file=name, values={"limit": MAX_LINES}))
            break
        blocks.append(block)
    return PlanDocument(name, tuple(blocks), tuple(findings))


def _blocks(body: Any, lang: str) -> Iterator[Block]:
    line = table = 0
    gap = False
    for element in body.iterchildren():
        if element.tag == f"{_W}p":
            for text in _text(element).split("\n"):
                line += 1
                if not text:
                    gap = True
                    continue
                place = label("plan_place_paragraph", lang, line=line)
                yield Block((text,), False, line, place, gap)
                gap = False
        elif element.tag == f"{_W}tbl":
            table += 1
            for row, (cells, merged) in enumerate(_rows(element), start=1):
                line += 1
                place = label("plan_place_row", lang, table=table, row=row)
                yield Block(cells, True, line, place, False, table, merged)
            gap = False


def _rows(table: Any) -> Iterator[tuple[tuple[str, ...], frozenset[int]]]:
    above: list[str] = []
    for row in table.iterchildren(f"{_W}tr"):
        cells: list[str] = []
        merged: set[int] = set()
        for cell in row.iterchildren(f"{_W}tc"):
            index = len(cells)
            if index >= MAX_CELLS:
                break
            span, goes_on = _span(cell)
            if goes_on:
                merged.add(index)
                text = above[index] if index < len(above) else ""
            else:
                text = clean_text(_text(cell))
            cells += [text, *[""] * (span - 1)]
        above = cells
        yield tuple(cells[:MAX_CELLS]), frozenset(merged)


def _span(cell: Any) -> tuple[int, bool]:
    """Return how many columns the cell covers and whether it goes on from the row above."""
    properties = cell.find(f"{_W}tcPr")
    if properties is None:
        return 1, False
    grid_span, merge = properties.find(f"{_W}gridSpan"), properties.find(f"{_W}vMerge")
    digits = grid_span.get(f"{_W}val", "1") if grid_span is not None else "1"
    span = int(digits) if digits.isdigit() and len(digits) < 4 else 1
    goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
    return max(1, min(span, _MAX_SPAN)), goes_on


def _text(element: Any) -> str:
    """Return the text of a paragraph or cell; paragraphs and line breaks become line ends."""
    pieces: list[str] = []
    length = 0
    for node in element.iter():
        piece = ""
        if node.tag == f"{_W}t":
            piece = node.text or ""
        elif node.tag == f"{_W}tab":
            piece = " "
        elif node.tag in _BREAKS or (node.tag == f"{_W}p" and pieces):
            piece = "\n"
        pieces.append(piece)
        length += len(piece)
        if length > MAX_CELL_LENGTH:
            break
    lines = (clean_text(line) for line in "".join(pieces).split("\n"))
    return "\n".join(lines).strip("\n")
