"""The guide in front of a set's workbook: how to fill it in, what every column means."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from scoring.base.labels import LANGUAGES, label
from scoring.criteria.columns import LIST_KEYS, RULE_WORDS, SHEETS
from scoring.criteria.reference import sample_sentences
from scoring.criteria.workbook_looks import looks
from scoring.criteria.workbook_reading import GUIDE_SHEET
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook

_STEPS = tuple(f"set_guide_{step}" for step in range(1, 8))
_WIDTHS = (16, 28, 28, 52, 48, 40)


def add_guide(book: SafeWorkbook, meta: Mapping[str, object], is_sample: bool) -> None:
    """Add the sheet that explains a set's workbook in Vietnamese and English."""
    sheet = book.add_sheet(GUIDE_SHEET)
    sheet.set_widths(_WIDTHS)
    sheet.sheet.hide_gridlines(2)
    sheet.write_text(0, 0, str(meta.get("name_vi", "")), "title")
    sheet.write_text(1, 0, str(meta.get("name_en", "")), {"italic": True})
    row = 2
    if is_sample:
        warning = "\n".join(label("sample_warning", lang) for lang in LANGUAGES)
        _wide(sheet, row, warning, looks()["sample_mark"], 64)
        row += 1
    for lang in LANGUAGES:
        row += 1
        sheet.write_text(row, 0, label("set_guide_title", lang), looks()["section"])
        for step in _STEPS:
            row += 1
            _wide(sheet, row, label(step, lang), looks()["step"], 31)
        row += 1
    row = _table(sheet, row + 1, "set_guide_columns", _column_rows())
    _table(sheet, row + 2, "set_guide_rules", _rule_rows())
    sheet.print_on_a4(footer=str(meta.get("name_vi", "")))


def _wide(sheet: SafeSheet, row: int, text: str, look: Mapping[str, object], height: int) -> None:
    sheet.sheet.merge_range(row, 0, row, 5, "")
    sheet.write_text(row, 0, text, look)
    sheet.sheet.set_row(row, height)


def _table(sheet: SafeSheet, row: int, key: str, rows: Iterator[tuple[str, ...]]) -> int:
    """Write a table with its title at `row`; return the last row written."""
    sheet.write_text(row, 0, f"{label(key)} / {label(key, 'en')}", looks()["section"])
    heading = label(f"{key}_heading").split("|")
    sheet.write_row(row + 1, 0, [text.strip() for text in heading], "header")
    row += 2
    for number, cells in enumerate(rows):
        lines = max(math.ceil(len(text) / _WIDTHS[place]) for place, text in enumerate(cells))
        sheet.sheet.set_row(row + number, 15 * lines)
        for column, text in enumerate(cells):
            look = looks()["code_cell" if column < 2 else "cell"]
            sheet.write_text(row + number, column, text, look)
        last = row + number
    return last


def _column_rows() -> Iterator[tuple[str, ...]]:
    """Yield sheet, column, mark of a required one, both meanings and the words it may hold."""
    for sheet, columns in (SHEETS | LIST_KEYS).items():
        for column in columns:
            mark = label("required_mark") if column.required else ""
            yield sheet, column.name, mark, column.vi, column.en, ", ".join(column.offered)


def _rule_rows() -> Iterator[tuple[str, ...]]:
    for word in RULE_WORDS:
        yield word, label(f"rule_{word}"), label(f"rule_{word}", "en"), *sample_sentences(word)
