"""The guide in front of a set's workbook: how to fill it in, what every column means."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from scoring.base.labels import label
from scoring.criteria.columns import LIST_KEYS, RULE_WORDS, SHEETS
from scoring.criteria.workbook_reading import GUIDE_SHEET
from scoring.files.xlsx import SafeSheet, SafeWorkbook
from scoring.rules import RULE_KINDS

_STEPS = tuple(f"set_guide_{step}" for step in range(1, 8))
_WIDTHS = (16, 28, 28, 52, 48, 40)
_MARK = {"bold": True, "font_size": 16, "font_color": "#C00000", "text_wrap": True}
_SECTION = {"bold": True, "font_size": 13, "font_color": "#1F4E79"}
_CELL = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
_CODE = {**_CELL, "num_format": "@", "bold": True}


def add_guide(book: SafeWorkbook, meta: Mapping[str, object], is_sample: bool) -> None:
    """Add the sheet that explains a set's workbook in Vietnamese and English."""
    sheet = book.add_sheet(GUIDE_SHEET)
    sheet.set_widths(_WIDTHS)
    sheet.sheet.hide_gridlines(2)
    sheet.write_text(0, 0, str(meta.get("name_vi", "")), "title")
    sheet.write_text(1, 0, str(meta.get("name_en", "")), {"italic": True})
    row = 2
    if is_sample:
        _wide(sheet, row, f"{label('sample_warning')}\n{label('sample_warning', 'en')}", _MARK, 64)
        row += 1
    for lang in ("vi", "en"):
        row += 1
        sheet.write_text(row, 0, label("set_guide_title", lang), _SECTION)
        for step in _STEPS:
            row += 1
            _wide(sheet, row, label(step, lang), {"text_wrap": True, "valign": "top"}, 31)
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
    sheet.write_text(row, 0, f"{label(key)} / {label(key, 'en')}", _SECTION)
    heading = label(f"{key}_heading").split("|")
    sheet.write_row(row + 1, 0, [text.strip() for text in heading], "header")
    row += 2
    for number, cells in enumerate(rows):
        lines = max(
            math.ceil(len(text) / width) for text, width in zip(cells, _WIDTHS, strict=False)
        )
        sheet.sheet.set_row(row + number, 15 * lines)
        for column, text in enumerate(cells):
            sheet.write_text(row + number, column, text, _CODE if column < 2 else _CELL)
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
        kind = RULE_KINDS.get(word)
        vi, en = (
            kind.sentence(kind.example.spec, lang) if kind else label(f"{word}_sentence", lang)
            for lang in ("vi", "en")
        )
        yield word, label(f"rule_{word}"), label(f"rule_{word}", "en"), vi, en
