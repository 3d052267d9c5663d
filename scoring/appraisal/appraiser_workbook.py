"""The workbook of one appraiser: what is known of each item, and cells to decide in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.appraisal.journal import figure_text
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.units import KEY_COLUMNS, told_names, unit_keys
from scoring.base.values import DIFFERENCE_KINDS
from scoring.criteria import CriteriaSet
from scoring.evidence.ledger.layout import GUIDE
from scoring.evidence.ledger.sheets.cell_styles import FORMATS, row_height
from scoring.evidence.ledger.sheets.common_sheets import guide_sheet, machine_sheet
from scoring.evidence.ledger.sheets.hints import fitted
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook

SHEET = "Phiếu thẩm định"
TEMPLATE_VERSION = "1"
_HEADER = 3
# Columns with their widths and looks; the first three stand on every page that is printed.
_KNOWN = {
    "unit_code": (9.0, "item_code"), "item_code": (8.0, "item_code"), "item_name": (34.0, "item"),
    "risk": (7.0, "item_number"), "unit_name": (20.0, "item"), "max_points": (7.0, "item_number"),
    "claimed_points": (9.0, "item_number"), "computed_points": (8.0, "item_number"),
    "supported_points": (8.0, "item_number"), "earlier_points": (8.0, "item_number"),
    # Comment and answer stand on the same page when printed.
    "differs": (24.0, "item"), "comment": (24.0, "item"), "answer": (24.0, "item"),
    "look_again": (16.0, "item"), "documents": (26.0, "item"), "explanation": (24.0, "item"),
}  # fmt: skip
_DECIDED = {
    "points": (12.0, "entry_points"), "reason_kind": (16.0, "entry_text"),
    "reason": (26.0, "entry_text"), "ground": (18.0, "entry_text"), "request": (22.0, "entry_text"),
    "corrects": (9.0, "entry_text"),
}  # fmt: skip
# What was said in an earlier round; a first round has none.
_EARLIER = ("comment", "answer")
_HIDDEN = ("year", "period", "kind", "status", "ledger_digest", "row_key")
COLUMNS = (*_KNOWN, *_DECIDED, *_HIDDEN)
ENTERED = tuple(_DECIDED)
# What a row was made of; typing over any of it shows.
IDENTITY = (
    "unit_code", "year", "period", "item_code", "max_points", "claimed_points", "computed_points",
    "kind", "status", "ledger_digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Round:
    """Whose workbook it is, for which round of which set."""

    appraiser: str
    round: str
    set_id: str
    set_fingerprint: str
    decimals: str = ""

    @property
    def stated(self) -> dict[str, str]:
        """What the hidden sheet says, by which the workbook is known."""
        own = {name: getattr(self, name) for name in self.__slots__}
        return {"appraisal_template": TEMPLATE_VERSION, **own}


def row_key(row: Mapping[Any, Any], of: Round) -> str:
    """Return what tells a row of one appraiser's workbook from every other, 16 digits.

    >>> row = {"unit_code": "A", "year": 2026, "item_code": "1.1", "max_points": 2.0}
    >>> whose = Round("An", "1", "x", "ab")
    >>> row_key(row, whose) == row_key(row | {"year": "2026", "claimed_points": None}, whose)
    True
    """
    parts = [of.appraiser, of.round, of.set_fingerprint]
    parts += [_identity_text(row.get(name)) for name in IDENTITY]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _identity_text(value: object) -> str:
    if value is None or value != value:
        return ""
    return value if isinstance(value, str) else figure_text(float(str(value)))


def appraiser_workbook_bytes(
    rows: pd.DataFrame, criteria: CriteriaSet, appraiser: str, round: str = "1", lang: str = "vi"
) -> bytes:
    """Return the workbook in which an appraiser decides `rows`.

    Parameters
    ----------
    rows : DataFrame
        The table ``RowsToDecide``, in the order of the sheet; ``earlier_points``, ``comment``
        and ``answer`` beside it where a round went before.
    criteria : CriteriaSet
    appraiser : str
        May be empty where there is one workbook for all.
    round : {"1", "2", "final"}
    lang : {"vi", "en"}
        Language of headings and lists; names of sheets are always Vietnamese.

    Returns
    -------
    bytes
        The same rows give the same bytes.
    """
    whose = Round(
        appraiser, round, criteria.set_id, criteria.fingerprint, str(criteria.meta.decimals)
    )
    title = label("appraise_sheet_title", lang, round=round)
    book = SafeWorkbook({"title": title}, font_size=10)
    sheet = book.add_sheet(SHEET)
    about = {"appraiser": appraiser or "—", "set": criteria.introduced(lang), "count": len(rows)}
    sheet.write_text(0, 0, title, "title")
    sheet.write_text(1, 0, label("appraise_sheet_about", lang, **about), FORMATS["plain"])
    _headings(sheet, lang)
    # The period stands in a hidden column; two quarters of a unit would look the same.
    names = told_names(rows.drop_duplicates(KEY_COLUMNS))
    told = zip(rows.to_dict("records"), unit_keys(rows), strict=True)
    for row, (known, key) in enumerate(told, start=_HEADER + 1):
        machine = {"row_key": row_key(known, whose), "unit_name": names[key]}
        _row(sheet, row, {**known, **machine}, lang)
    _offers(sheet, _HEADER + max(len(rows), 1), lang)
    footer = criteria.foot(title, appraiser, lang=lang)
    sheet.print_on_a4(header_row=_HEADER, footer=footer)
    idle = () if "comment" in rows else _EARLIER
    for place in map(COLUMNS.index, idle):
        sheet.sheet.set_column(place, place, 10.0, None, {"hidden": True})
    shown = {**_KNOWN, **_DECIDED}
    sheet.fit_readably([w for name, (w, _) in shown.items() if name not in idle], repeated=3)
    sheet.sheet.freeze_panes(_HEADER + 1, 3)
    sheet.protect()
    guide = (label("appraise_guide_title", lang), label("appraise_guide", lang))
    guide_sheet(book, GUIDE, *guide, footer=footer)
    machine_sheet(book, whose.stated | {"rows": str(len(rows))})
    return book.to_bytes()


def _headings(sheet: SafeSheet, lang: str) -> None:
    shown = {**_KNOWN, **_DECIDED}
    titles = {name: label(f"appraise_column_{name}", lang) for name in COLUMNS}
    sheet.write_row(_HEADER, 0, list(titles.values()), "header")
    sheet.set_widths([shown[name][0] if name in shown else 10.0 for name in COLUMNS])
    texts = [(titles[name], width) for name, (width, _) in shown.items()]
    sheet.sheet.set_row(_HEADER, row_height(texts, bold=True, whole_words=True))
    sheet.sheet.set_column(len(shown), len(COLUMNS) - 1, 10.0, None, {"hidden": True})


def _row(sheet: SafeSheet, row: int, known: Mapping[Any, Any], lang: str) -> None:
    texts = [(str(known.get(name) or ""), width) for name, (width, _) in _KNOWN.items()]
    sheet.sheet.set_row(row, row_height(texts, whole_words=True))
    # What does not apply earns nothing that could be decided.
    is_open = known["status"] != "not_applicable"
    for place, name in enumerate(COLUMNS):
        look = "machine" if name in _HIDDEN else {**_KNOWN, **_DECIDED}[name][1]
        if name in _DECIDED:
            sheet.write(row, place, None, FORMATS[look if is_open else "item"])
        else:
            value = known.get(name)
            sheet.write(row, place, str(value) if name in _HIDDEN else value, FORMATS[look])
    if is_open:
        maximum = float(known["max_points"])
        text = label("appraise_hint_points", lang, high=format_number(maximum, lang=lang))
        rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": maximum}
        place, title = COLUMNS.index("points"), label("appraise_column_points", lang)
        at = (row, place)
        sheet.add_rule(at, at, rule, title=fitted(title), message=text, error=text)


def _offers(sheet: SafeSheet, last: int, lang: str) -> None:
    lists = {
        "reason_kind": [label(f"difference_{kind}", lang) for kind in DIFFERENCE_KINDS],
        "corrects": [label("yes", lang)],
    }
    for name, options in lists.items():
        place = COLUMNS.index(name)
        text = label("appraise_hint_kind", lang)
        title = fitted(label(f"appraise_column_{name}", lang))
        at = ((_HEADER + 1, place), (last, place))
        sheet.add_list(*at, options, title=title, message=text, error=text)
    sheet.sheet.autofilter(_HEADER, 0, last, len(COLUMNS) - len(_HIDDEN) - 1)
