"""Word documents and workbooks; the package is looked through before any reader opens it."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from scoring.base.findings import has_errors
from scoring.evidence.documents.reading.content import Content, ReadingLimits, Section, TextBudget
from scoring.files.package import inspect_package
from scoring.files.workbook import CellValue, read_workbook

_MAX_DEPTH = 8


def read_docx(data: bytes, limits: ReadingLimits) -> Content:
    """Read paragraphs and tables of a Word document in their order; cells are split by tabs."""
    import docx

    report = inspect_package(data)
    if has_errors(report.findings) or not report.is_safe:
        return Content("docx", findings=report.findings)
    document = docx.Document(io.BytesIO(data))
    budget = TextBudget(limits.letters)
    text = budget.join(_blocks(document, 0))
    return Content("docx", (Section("", text),), report.findings, budget.cut)


def read_xlsx(data: bytes, limits: ReadingLimits) -> Content:
    """Read the shown values of a workbook, one section per sheet, cells split by tabs."""
    book = read_workbook(data)
    budget = TextBudget(limits.letters)
    sections = tuple(
        Section(sheet.name, budget.join(_rows(sheet.rows))) for sheet in book.sheets[: limits.pages]
    )
    cut = budget.cut or len(book.sheets) > limits.pages
    return Content("xlsx", sections, book.findings, cut)


def _blocks(holder: Any, depth: int) -> Iterator[str]:
    from docx.table import Table

    for block in holder.iter_inner_content():
        if not isinstance(block, Table):
            yield block.text
        elif depth < _MAX_DEPTH:
            yield from _table_rows(block, depth)


def _table_rows(table: Any, depth: int) -> Iterator[str]:
    for row in table.rows:
        seen: list[Any] = []
        cells = []
        for cell in row.cells:
            # A merged cell is handed out once per column it spans.
            if any(cell._tc is other for other in seen):
                continue
            seen.append(cell._tc)
            cells.append("\n".join(_blocks(cell, depth + 1)))
        yield "\t".join(cells)


def _rows(rows: list[list[CellValue]]) -> Iterator[str]:
    for row in rows:
        if any(value is not None for value in row):
            yield "\t".join(_shown(value) for value in row)


def _shown(value: CellValue) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.date):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    return "" if value is None else str(value)
