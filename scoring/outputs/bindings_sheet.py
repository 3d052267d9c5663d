"""The workbook in which people bind a plan's targets to their results and confirm it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scoring.base.labels import label
from scoring.evidence.ledger.sheets.cell_styles import row_height
from scoring.evidence.ledger.sheets.hints import fitted
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook
from scoring.outputs.report_sheets import NOTE, TITLE
from scoring.plan.bindings_workbook import OFFERED, TABLE, word_of
from scoring.tables import columns_of, declared

# What stands there for people to compare is locked; all else is theirs to fill in.
_SHOWN = ("target_code", "indicator", "path")
_WIDTHS = {
    "indicator": 44.0, "comparator": 15.0, "source": 19.0, "part": 14.0, "scope": 14.0,
    "told_by": 16.0, "told_on": 12.0, "note": 24.0, "confirmed": 10.0,
}  # fmt: skip
_WIDTH, _HEADER = 9.5, 3
_LOOKS = {"number": "entry_number", "whole": "entry_number", "date": "entry_date"}


def bindings_workbook(bindings: pd.DataFrame, on: str, lang: str = "vi") -> bytes:
    """Return a workbook with a row a binding, its proposals to be looked at and confirmed.

    Parameters
    ----------
    bindings : DataFrame
        Table ``TargetBindings``.
    on : str
        The day looked at, as people read it.
    lang : {"vi", "en"}
        Language of headings and lists.

    Returns
    -------
    bytes
        Code and text of the target are locked. The same table gives the same bytes.
    """
    title = label("bindings_title", lang)
    book = SafeWorkbook({"title": title, "subject": on}, font_size=10)
    sheet = book.add_sheet(label("bindings_sheet", lang))
    sheet.write_text(0, 0, title, TITLE)
    sheet.write_text(1, 0, label("bindings_lead", lang), NOTE)
    sheet.write_text(2, 0, label("bindings_how", lang), NOTE)
    columns = columns_of(TABLE)
    widths = [_WIDTHS.get(name, _WIDTH) for name in columns]
    heads = [label(f"binding_column_{name}", lang) for name in columns]
    sheet.write_row(_HEADER, 0, heads, "header")
    sheet.set_widths(widths)
    texts = zip(heads, widths, strict=True)
    sheet.sheet.set_row(_HEADER, row_height(texts, bold=True, whole_words=True))
    for row, told in enumerate(bindings.to_dict("records"), start=_HEADER + 1):
        _row(sheet, row, {str(name): value for name, value in told.items()}, lang)
    _offers(sheet, _HEADER + max(len(bindings), 1), lang)
    sheet.print_on_a4(header_row=_HEADER, footer=title)
    said = [(title, TITLE), *((label(f"bindings_{key}", lang), NOTE) for key in ("lead", "how"))]
    sheet.fit_readably(widths, repeated=2, lines=said)
    sheet.sheet.freeze_panes(_HEADER + 1, 2)
    sheet.protect()
    return book.to_bytes()


def _row(sheet: SafeSheet, row: int, told: dict[str, Any], lang: str) -> None:
    sheet.sheet.set_row(row, row_height([(str(told["indicator"]), _WIDTHS["indicator"])]))
    columns = (column for column in declared(TABLE) if column.key != "place")
    for place, column in enumerate(columns):
        value = told[column.name]
        if column.name in OFFERED:
            value = word_of(column.name, str(value), lang)
        elif column.name == "confirmed" and value in ("x", "X"):
            value = label("yes", lang)
        elif pd.isna(value):
            value = None
        elif column.type == "date":
            value = value.date()
        shown = "locked" if column.name == "indicator" else "code"
        look = shown if column.name in _SHOWN else _LOOKS.get(column.type, "entry_text")
        sheet.write(row, place, value, look)


def _offers(sheet: SafeSheet, last: int, lang: str) -> None:
    lists = {
        name: [word_of(name, code, lang) for code in codes] for name, (_, codes) in OFFERED.items()
    }
    lists["confirmed"] = [label("yes", lang), label("no", lang)]
    columns = columns_of(TABLE)
    for name, options in lists.items():
        place = columns.index(name)
        title = fitted(label(f"binding_column_{name}", lang))
        error = label("choose_from_list", lang)
        at = ((_HEADER + 1, place), (last, place))
        sheet.add_list(*at, options, title=title, error=error)
    sheet.sheet.autofilter(_HEADER, 0, last, len(columns) - 1)
