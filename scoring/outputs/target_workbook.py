"""A plan's targets and results as a workbook, and as a sheet of the workbooks of others."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scoring.base.labels import label
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.content.target_rows import PlanTargetRow, target_rows, targets_sentence
from scoring.outputs.report_sheets import (
    CODE,
    COUNT,
    LINE_HEIGHT,
    NOTE,
    TEXT,
    TITLE,
    Look,
    line_count,
)

_COLUMNS: Sequence[tuple[str, float, Look]] = (
    ("code", 8, CODE),
    ("name", 46, TEXT),
    ("wanted", 18, TEXT),
    ("year", 7, COUNT),
    ("result", 18, TEXT),
    ("verdict", 40, TEXT),
    ("source", 26, TEXT),
)
_HEADER_ROW = 3


def target_workbook(results: pd.DataFrame, on: str, lang: str = "vi") -> bytes:
    """Return a workbook with a row a target; the same table gives the same bytes.

    Parameters
    ----------
    results : DataFrame
        Table ``TargetResults``.
    on : str
        The day looked at, as people read it.
    lang : str
        ``vi`` or ``en``.
    """
    title = label("plan_targets_title", lang)
    book = SafeWorkbook({"title": title, "subject": on})
    write_targets_sheet(book, target_rows(results, lang), targets_sentence(results, lang), on, lang)
    return book.to_bytes()


def write_targets_sheet(
    book: SafeWorkbook, rows: Sequence[PlanTargetRow], sentence: str, on: str, lang: str
) -> SafeSheet:
    """Write the targets on a sheet of their own; `sentence` is what they come to."""
    sheet = book.add_sheet(label("plan_targets_short", lang))
    sheet.write_text(0, 0, label("plan_targets_title", lang), TITLE)
    said = f"{label('plan_targets_on', lang, day=on)} {sentence}." if on else f"{sentence}."
    sheet.write_text(1, 0, said, NOTE)
    sheet.write_text(2, 0, label("plan_targets_lead", lang), NOTE)
    widths = [width for _, width, _ in _COLUMNS]
    sheet.write_row(
        _HEADER_ROW, 0, [label(f"column_target_{name}", lang) for name, *_ in _COLUMNS], "header"
    )
    sheet.set_widths(widths)
    for at, row in enumerate(rows, start=_HEADER_ROW + 1):
        cells = (row.code, row.name, row.wanted, row.year, row.result.text, row.verdict, row.source)
        lines = max(line_count(str(cell), width) for cell, width in zip(cells, widths, strict=True))
        sheet.sheet.set_row(at, LINE_HEIGHT * max(lines, 1 + row.verdict.count("\n")) + 2)
        for column, (cell, (_, _, look)) in enumerate(zip(cells, _COLUMNS, strict=True)):
            sheet.write(at, column, cell, look)
    if rows:
        sheet.sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + len(rows), len(_COLUMNS) - 1)
    sheet.print_on_a4(header_row=_HEADER_ROW, footer=label("plan_targets_title", lang))
    return sheet
