"""Sheets that every workbook to be filled in has: how to, and what tells it from all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scoring.evidence.ledger.layout import MACHINE_SHEET
from scoring.evidence.ledger.sheets.cell_styles import FORMATS, row_height
from scoring.files.excel.cells import CellValue
from scoring.files.excel.workbook import Sheet

if TYPE_CHECKING:
    from scoring.files.excel.xlsx import SafeWorkbook


def guide_sheet(book: SafeWorkbook, name: str, title: str, text: str, *, footer: str) -> None:
    """Write how to fill in the workbook: a line a row, those that begin with ``#`` as headings."""
    sheet = book.add_sheet(name)
    sheet.set_widths([110])
    sheet.write_text(0, 0, title, "title")
    for row, line in enumerate(text.strip().splitlines(), start=2):
        is_heading = line.startswith("# ")
        look = FORMATS["guide_heading" if is_heading else "guide_text"]
        said = line.removeprefix("# ")
        sheet.write_text(row, 0, said, look)
        sheet.sheet.set_row(row, row_height([(said, 110.0)]) + (8.0 if is_heading else 0.0))
    sheet.print_on_a4(landscape=False, footer=footer)
    sheet.protect()


def machine_sheet(book: SafeWorkbook, values: Mapping[str, object]) -> None:
    """Write the hidden cells that say which template the workbook is, whatever people change."""
    sheet = book.add_sheet(MACHINE_SHEET, hidden=True)
    sheet.sheet.very_hidden()
    for row, (key, value) in enumerate(values.items()):
        sheet.write_text(row, 0, key)
        sheet.write(row, 1, value, FORMATS["machine"] if isinstance(value, str) else None)


def machine_values_of(sheets: Sequence[Sheet]) -> dict[str, CellValue]:
    """Return what the hidden sheet of a workbook says; empty where it has none."""
    rows = next((sheet.rows for sheet in sheets if sheet.name == MACHINE_SHEET), [])
    pairs = {row[0]: row[1] for row in rows if len(row) > 1 and isinstance(row[0], str)}
    return {str(key): value for key, value in pairs.items() if value is not None}
