"""Small invented plans that the tests of this room share."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document

from scoring.files.excel.xlsx import SafeWorkbook
from scoring.plan import Plan, document_from_text, plan_from_document

HEADER = ("STT", "Nhiệm vụ", "Sản phẩm", "Đơn vị chủ trì", "Phối hợp", "Thời gian", "Kinh phí")
AREA_ROW = ("I", "CẢI CÁCH THỂ CHẾ", "", "", "", "", "")
TITLE = "KẾ HOẠCH\nCải cách hành chính năm 2022\n"


def as_text(*rows: Sequence[str]) -> str:
    """Return rows as a page of flattened text, cells parted by tabs."""
    return "\n".join("\t".join(row) for row in rows)


def plan_of(text: str, year: int | None = 2022) -> Plan:
    """Return the plan read from extracted text."""
    return plan_from_document(document_from_text(text, "kế hoạch.txt"), year)


def codes_of(plan: Plan) -> list[str]:
    """Return the codes of the findings of an import."""
    return [finding.code for finding in plan.findings]


def word_bytes(rows: Sequence[Sequence[str]], lines: Sequence[str] = ()) -> bytes:
    """Return a Word document with `lines` of text and one table."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=max(len(row) for row in rows))
    grid = table._cells  # asked for once: every call of `cell` walks over the whole table
    width = len(table.columns)
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            grid[number * width + column].text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def excel_bytes(rows: Sequence[Sequence[str]], lines: Sequence[str] = ()) -> bytes:
    """Return a workbook with `lines` of text above one table."""
    book = SafeWorkbook()
    sheet = book.add_sheet("Phụ lục")
    for number, row in enumerate([*((line,) for line in lines), *rows]):
        for column, text in enumerate(row):
            sheet.write_text(number, column, text)
    return book.to_bytes()
