"""The sheets of a workbook as grids of text, as people see them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from scoring.base.dates import format_date
from scoring.files.excel.cells import CellError, CellValue
from scoring.files.office.content import Content, Grid, GridRow, ReadingLimits, Section

if TYPE_CHECKING:
    from scoring.files.excel.workbook import Sheet

# Rows that merged cells of one sheet may cover together, so that areas laid over each other
# again and again cost no more than a large sheet.
_MAX_COVERED = 1_000_000


def read_sheets(data: bytes, limits: ReadingLimits, file: str = "") -> Content:
    """Read a workbook, one section with one grid for each sheet, hidden ones marked.

    Raises
    ------
    UnreadableError
        When the file is no workbook, or is not safe to open.
    """
    from scoring.files.excel.workbook import read_workbook

    book = read_workbook(data, file=file)
    sections = tuple(_section(sheet, limits) for sheet in book.sheets[: limits.pages])
    cut = len(book.sheets) > limits.pages
    return Content("xlsx", sections, book.findings, truncated=cut)


def _section(sheet: Sheet, limits: ReadingLimits) -> Section:
    spans, standing = _merged(sheet)
    rows = tuple(
        _row(number, values[: limits.columns], spans.get(number, []), standing, limits)
        for number, values in enumerate(sheet.rows, start=1)
    )
    return Section(sheet.name, (Grid(rows),), sheet.is_hidden)


def _merged(sheet: Sheet) -> tuple[dict[int, list[tuple[int, int]]], dict[tuple[int, int], str]]:
    """Return, by row, the spans of columns merged sideways; by row and column, texts from above."""
    spans: dict[int, list[tuple[int, int]]] = {}
    standing: dict[tuple[int, int], str] = {}
    room = _MAX_COVERED
    for top, left, bottom, right in sheet.merged:
        bottom = min(bottom, sheet.row_count, top + room)
        room -= bottom - top + 1
        if room < 0:
            break
        for row in range(top, bottom + 1):
            if left < right:
                spans.setdefault(row, []).append((left - 1, right - 1))
            if row > top:
                standing[row, left - 1] = shown(sheet.value(top, left))
    return spans, standing


def _row(
    number: int,
    values: list[CellValue],
    spans: list[tuple[int, int]],
    standing: dict[tuple[int, int], str],
    limits: ReadingLimits,
) -> GridRow:
    owner = list(range(len(values)))
    for left, right in spans:
        for column in range(left, min(right + 1, len(values))):
            owner[column] = left
    carried = {
        column: standing[number, column]
        for column in range(len(values))
        if (number, column) in standing
    }
    first = next((value for value in values if value is not None), None)
    mark = ""
    if isinstance(first, dt.date | dt.time | dt.timedelta):
        mark = "date"
    elif isinstance(first, float) and not first.is_integer():
        mark = "number"
    cells = tuple(shown(value)[: limits.cell_letters] for value in values)
    return GridRow(number, cells, tuple(owner), carried, frozenset({mark} - {""}))


def shown(value: CellValue) -> str:
    """Return the text of a cell: dates day first, numbers without needless decimals.

    >>> shown(2.0), shown(0.1 + 0.2), shown(dt.date(2024, 1, 5)), shown(None)
    ('2', '0.3', '05/01/2024', '')
    """
    if value is None or isinstance(value, CellError):
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return format_date(value) if isinstance(value, dt.date) else str(value)
