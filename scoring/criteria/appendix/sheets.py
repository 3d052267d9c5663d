"""The sheets of a workbook as tables of text."""

from __future__ import annotations

import datetime as dt

from scoring.base.findings import Finding
from scoring.criteria.appendix.grids import MAX_TABLE_ROWS, Grid, GridRow, lines_of
from scoring.files.workbook import CellError, CellValue, Sheet, address, read_workbook

MAX_COLUMNS = 60


def workbook_grids(data: bytes, file: str) -> tuple[list[Grid], list[Finding]]:
    """Read the visible sheets of a workbook.

    Raises
    ------
    UnreadableError
        When the file is no workbook, or is not safe to open.
    """
    book = read_workbook(data, file=file)
    findings = list(book.findings)
    for sheet in book:
        if sheet.is_hidden and sheet.row_count:
            findings.append(Finding("appendix-sheet-hidden", file, sheet=sheet.name))
    return [_grid(sheet) for sheet in book if not sheet.is_hidden], findings


def _grid(sheet: Sheet) -> Grid:
    spans: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, right in sheet.merged:
        # A cell merged downwards stays in its first row; the rows below continue it.
        if left < right:
            for row in range(top, min(bottom, MAX_TABLE_ROWS) + 1):
                spans.setdefault(row, []).append((left - 1, right - 1))
    rows = []
    for number, values in enumerate(sheet.rows[:MAX_TABLE_ROWS], start=1):
        rows.append(_row(values[:MAX_COLUMNS], number, spans.get(number, []), sheet.name))
    return Grid(tuple(rows), sheet.name)


def _row(values: list[CellValue], number: int, spans: list[tuple[int, int]], sheet: str) -> GridRow:
    owner = list(range(len(values)))
    for left, right in spans:
        for column in range(left, min(right + 1, len(values))):
            owner[column] = left
    first = next((value for value in values if value is not None), None)
    marks = set()
    if isinstance(first, dt.date | dt.time | dt.timedelta):
        marks.add("date-code")
    elif isinstance(first, float) and not first.is_integer():
        marks.add("number-code")
    column = next((c for c, value in enumerate(values, start=1) if value is not None), 1)
    place = f"{sheet}!{address(number, column)}"
    return GridRow(tuple(_shown(v) for v in values), tuple(owner), place, frozenset(marks))


def _shown(value: CellValue) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, CellError):
        return ""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, dt.date):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    return lines_of(str(value))
