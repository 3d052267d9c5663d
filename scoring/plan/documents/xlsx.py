"""Rows of the sheets of a workbook."""

from __future__ import annotations

import datetime as dt

from scoring.base.dates import format_date
from scoring.base.findings import Finding
from scoring.base.text import clean_text
from scoring.files.workbook import CellValue, Sheet, Workbook
from scoring.plan.documents.text import MAX_CELL_LENGTH, MAX_CELLS, MAX_LINES
from scoring.plan.model import Block, PlanDocument


def document_from_workbook(workbook: Workbook) -> PlanDocument:
    """Return the visible sheets of `workbook` as a stream of blocks.

    Parameters
    ----------
    workbook : Workbook
        As `scoring.files.workbook.read_workbook` gives it.

    Returns
    -------
    PlanDocument
        A row with one filled cell is a line of text, unless it lies in a table of the sheet; dates
        become day/month/year and whole numbers lose their decimals.
    """
    blocks: list[Block] = []
    findings = list(workbook.findings)
    visible = [sheet for sheet in workbook if not sheet.is_hidden]
    for table, sheet in enumerate(visible, start=1):
        blocks += _sheet_blocks(sheet, table, len(blocks))
    if len(blocks) > MAX_LINES:
        findings.append(Finding("plan-too-long", file=workbook.file, values={"limit": MAX_LINES}))
    return PlanDocument(workbook.file, tuple(blocks[:MAX_LINES]), tuple(findings))


def _sheet_blocks(sheet: Sheet, table: int, line: int) -> list[Block]:
    merged = _covered(sheet)
    blocks: list[Block] = []
    gap = in_table = False
    above: list[str] = []
    for number, row in enumerate(sheet.rows, start=1):
        cells = [_text(value) for value in row[:MAX_CELLS]]
        covered = merged.get(number, frozenset())
        cells = [
            above[i] if i in covered and i < len(above) else cell for i, cell in enumerate(cells)
        ]
        above = cells
        filled = [cell for cell in cells if cell]
        if not filled:
            gap = True
            continue
        in_table |= len(filled) > 2
        is_row = in_table or len(filled) > 1
        line += 1
        first = next(index for index, cell in enumerate(cells) if cell)
        place = f"{sheet.name}!{chr(65 + first) if first < 26 else 'A'}{number}"
        kept = tuple(cells) if is_row else (filled[0],)
        # An empty row in a sheet parts nothing: it is there to be filled, or for looks.
        blocks.append(
            Block(kept, is_row, line, place, gap and not in_table, table if is_row else 0, covered)
        )
        gap = False
    return blocks


def _covered(sheet: Sheet) -> dict[int, frozenset[int]]:
    """Return, by row, the columns whose cell goes on from the row above."""
    covered: dict[int, set[int]] = {}
    for first_row, first_column, last_row, _ in sheet.merged:
        for row in range(first_row + 1, min(last_row, first_row + 1_000) + 1):
            covered.setdefault(row, set()).add(first_column - 1)
    return {row: frozenset(columns) for row, columns in covered.items()}


def _text(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return format_date(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean_text(str(value)[:MAX_CELL_LENGTH])
