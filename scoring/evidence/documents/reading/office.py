"""Word documents and workbooks: the package is weighed before any reader opens it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from scoring.base.findings import Finding
from scoring.evidence.documents.reading.content import Content, Limits, Section, TextBudget

_MAX_PARTS = 5_000
_MAX_RATIO = 200
_SMALL = 1_000_000
_CHUNK = 1 << 20
_MAX_DEPTH = 8


def read_docx(data: bytes, limits: Limits) -> Content:
    """Read paragraphs and tables of a Word document in their order; cells are split by tabs."""
    import docx

    refusal = package_refusal(data, limits)
    if refusal:
        return Content("docx", findings=(refusal,))
    document = docx.Document(io.BytesIO(data))
    budget = TextBudget(limits.letters)
    text = budget.join(_blocks(document, 0))
    return Content("docx", (Section("", text),), truncated=budget.cut)


def read_xlsx(data: bytes, limits: Limits) -> Content:
    """Read the shown values of a workbook, one section per sheet, cells split by tabs."""
    import openpyxl

    refusal = package_refusal(data, limits)
    if refusal:
        return Content("xlsx", findings=(refusal,))
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    budget = TextBudget(limits.letters)
    sections = []
    for sheet in book.worksheets[: limits.pages]:
        # The stated size of a sheet is often wrong and would hide rows.
        sheet.reset_dimensions()
        sections.append(Section(sheet.title, budget.join(_rows(sheet))))
    cut = budget.cut or len(book.worksheets) > limits.pages
    return Content("xlsx", tuple(sections), truncated=cut)


def package_refusal(data: bytes, limits: Limits) -> Finding | None:
    """Say why a zipped package must not be opened, or None.

    Sizes are counted while inflating, since the headers of a hostile file lie; a document type
    declaration has no place in an office file and is how entity bombs get in.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _weighed(package, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return Finding("document-broken", values={"reason": "zip"})
    except zipfile.zlib.error:  # type: ignore[attr-defined]
        return Finding("document-broken", values={"reason": "zip"})


def _weighed(package: zipfile.ZipFile, limits: Limits) -> Finding | None:
    entries = package.infolist()
    if len(entries) > _MAX_PARTS:
        return Finding("document-bomb", values={"reason": f"{len(entries)} parts"})
    total = 0
    for entry in entries:
        size = 0
        with package.open(entry) as part:
            while chunk := part.read(_CHUNK):
                if size == 0 and entry.filename.endswith((".xml", ".rels")) and _declares(chunk):
                    return Finding("document-bomb", values={"reason": "DOCTYPE"})
                size += len(chunk)
                total += len(chunk)
                ratio = size / max(entry.compress_size, 1)
                if total > limits.unpacked_bytes or (size > _SMALL and ratio > _MAX_RATIO):
                    return Finding("document-bomb", values={"reason": entry.filename})
    return None


def _declares(head: bytes) -> bool:
    return b"<!DOCTYPE" in head or "<!DOCTYPE".encode("utf-16-le") in head


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


def _rows(sheet: Any) -> Iterator[str]:
    for row in sheet.iter_rows(values_only=True):
        if any(value is not None for value in row):
            yield "\t".join("" if value is None else str(value) for value in row)
