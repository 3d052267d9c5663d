"""The workbook of advice: what a unit can do, in the order in which it can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scoring.advice.span_words import term_words
from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.criteria import CriteriaSet
from scoring.files.excel.xlsx import SafeWorkbook
from scoring.outputs.anomalies_workbook import HEADER_ROW, heading_lines, wrapped_table

_WIDTHS = {
    "unit_code": 11.0, "rank": 5.0, "term": 13.0, "due_on": 11.0, "item_code": 8.0,
    "item_name": 30.0, "advice": 60.0, "more_points": 9.0, "index_points": 9.0,
}  # fmt: skip
_POINTS = ("more_points", "index_points")


def advice_workbook(table: pd.DataFrame, criteria: CriteriaSet, lang: str = "vi") -> bytes:
    """Return the table ``Advice`` as a workbook to print and to filter.

    Parameters
    ----------
    table : DataFrame
        The table ``Advice``, in its order.
    criteria : CriteriaSet
    lang : {"vi", "en"}
    """
    title, widths = label("advice_title", lang), list(_WIDTHS.values())
    book = SafeWorkbook({"title": title, "subject": criteria.stated})
    sheet = book.add_sheet(label("advice_sheet", lang))
    notes = [label("advice_index_note", lang), criteria.introduced(lang)]
    heading_lines(book, sheet, [title, *notes], widths)
    rows = [_cells(row, criteria.meta.decimals, lang) for row in table.to_dict("records")]
    heads = [label(f"advice_column_{name}", lang) for name in _WIDTHS]
    wrapped_table(sheet, heads, rows or [["", "", label("advice_none", lang)]], widths)
    sheet.print_on_a4(header_row=HEADER_ROW, footer=criteria.foot(title, lang=lang))
    return book.to_bytes()


def advice_cells(row: Mapping[Any, Any], decimals: int, lang: str) -> dict[str, Any]:
    """Return a row of the table ``Advice`` with its words, day and points as people read them."""
    shown = {
        name: "—" if pd.isna(row[name]) else format_number(row[name], decimals, lang)
        for name in _POINTS
    }
    due = "" if pd.isna(row["due_on"]) else format_date(row["due_on"].date(), lang)
    return {**row, **shown, "due_on": due, "term": term_words(row["term"], row["period"], lang)}


def _cells(row: Mapping[Any, Any], decimals: int, lang: str) -> list[object]:
    shown = advice_cells(row, decimals, lang)
    # Numbers stay numbers, to be sorted and added up.
    known = {name: row[name] for name in _POINTS if not pd.isna(row[name])}
    shown |= {name: float(round_points(points, decimals)) for name, points in known.items()}
    return [shown[name] for name in _WIDTHS]
