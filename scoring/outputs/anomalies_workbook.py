"""The workbook of what is worth a second look, for the appraiser: sorted, filtered, printed on A4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from scoring.analysis.anomalies.material import chance_text
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.criteria import CriteriaSet
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.report_sheets import COUNT, LINE_HEIGHT, NUMBER, TEXT, line_count

_WIDTHS = {
    "number": 5.0, "kind": 15.0, "unit_codes": 14.0, "item_codes": 12.0, "reason": 46.0,
    "base_rate": 34.0, "harmless": 32.0, "places": 18.0, "looked": 16.0,
}  # fmt: skip
HEADER_ROW, _MOST_CODES = 4, 12


def anomalies_workbook(
    table: pd.DataFrame, findings: Sequence[Finding], criteria: CriteriaSet, lang: str = "vi"
) -> bytes:
    """Return the workbook: a row for each reason to look, and what was looked at.

    Parameters
    ----------
    table : DataFrame
        The table ``Anomalies``, in its order.
    findings : sequence of Finding
        Those of `find_anomalies`: what was looked at and where there was too little.
    criteria : CriteriaSet
    lang : {"vi", "en"}

    Returns
    -------
    bytes
        The same table gives the same bytes. The last column is empty, for the appraiser to write in.
    """
    title = label("anomalies_title", lang)
    book = SafeWorkbook({"title": title, "subject": criteria.stated})
    sheet = book.add_sheet(label("anomalies_sheet", lang))
    heads = [label(f"anomalies_column_{name}", lang) for name in _WIDTHS]
    notes = [label("anomalies_no_verdict", lang), criteria.introduced(lang)]
    heading_lines(book, sheet, [title, *notes], list(_WIDTHS.values()))
    rows = [_cells(number, row, lang) for number, row in enumerate(table.to_dict("records"), 1)]
    wrapped_table(
        sheet, heads, rows or [["", label("anomalies_none", lang)]], list(_WIDTHS.values())
    )
    sheet.print_on_a4(header_row=HEADER_ROW, footer=criteria.foot(title, lang=lang))
    _looked_sheet(book, findings, criteria, lang)
    return book.to_bytes()


def _cells(number: int, row: dict[Any, Any], lang: str) -> list[object]:
    shown = {
        **row,
        "number": number,
        "looked": "",
        "kind": label(f"anomaly_kind_{row['kind']}", lang),
    }
    shown["item_codes"] = _few(row["item_codes"])
    shown["unit_codes"] = _few(row["unit_codes"]) or label("anomalies_all_units", lang)
    return [shown[name] for name in _WIDTHS]


def _few(codes: str) -> str:
    """Return the first codes; the table has them all."""
    all_codes = codes.split("; ")
    more = len(all_codes) - _MOST_CODES
    return "; ".join(all_codes[:_MOST_CODES]) + (f" … (+{more})" if more > 0 else "")


def heading_lines(
    book: SafeWorkbook, sheet: SafeSheet, lines: Sequence[str], widths: list[float]
) -> None:
    """Write a title and notes above a table, each over all its columns."""
    for at, text in enumerate(lines):
        look = "title" if at == 0 else "text"
        sheet.sheet.merge_range(at, 0, at, len(widths) - 1, "", book.format(look))
        sheet.write_text(at, 0, text, look)
        sheet.sheet.set_row(at, LINE_HEIGHT * (line_count(text, sum(widths)) + 0.4 * (at == 0)))
    sheet.set_widths(widths)


def wrapped_table(
    sheet: SafeSheet, heads: Sequence[str], rows: list[list[object]], widths: Sequence[float]
) -> None:
    """Write a filtered table below the heading, its rows as high as their longest text."""
    sheet.write_row(HEADER_ROW, 0, heads, "header")
    tallest = max(line_count(head, 0.85 * width) for head, width in zip(heads, widths, strict=True))
    sheet.sheet.set_row(HEADER_ROW, LINE_HEIGHT * tallest + 4)
    for at, row in enumerate(rows, start=HEADER_ROW + 1):
        lines = [line_count(str(cell), width) for cell, width in zip(row, widths, strict=False)]
        sheet.sheet.set_row(at, LINE_HEIGHT * max(lines))
        for column, cell in enumerate(row):
            look = COUNT if isinstance(cell, int) else NUMBER if isinstance(cell, float) else TEXT
            sheet.write(at, column, cell, look)
    sheet.sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + len(rows), len(heads) - 1)


def _looked_sheet(
    book: SafeWorkbook, findings: Sequence[Finding], criteria: CriteriaSet, lang: str
) -> None:
    """Say what was looked at, what was put aside and where there was too little to say anything."""
    sheet, widths = book.add_sheet(label("anomalies_sheet_looked", lang)), [80.0, 50.0]
    title = label("anomalies_title_looked", lang)
    heading_lines(
        book, sheet, [title, label("anomalies_level", lang, level=chance_text(0.05, lang))], widths
    )
    heads = [label(f"anomalies_column_{name}", lang) for name in ("said", "advice")]
    wrapped_table(sheet, heads, [[one.problem(lang), one.remedy(lang)] for one in findings], widths)
    sheet.print_on_a4(header_row=HEADER_ROW, footer=criteria.foot(title, lang=lang))
