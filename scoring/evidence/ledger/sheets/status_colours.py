"""Colours that follow the entries: missing, wrong, scored, below target. Words say the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from scoring.base.labels import label
from scoring.evidence.ledger.layout import LIVE_SHEET
from scoring.evidence.ledger.sheets.cell_styles import FORMATS
from scoring.evidence.ledger.sheets.live_formulas import Places
from scoring.files.excel.cells import address
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook
from scoring.rules import InputSpec
from scoring.rules.excel import excel_number
from scoring.rules.spec import WHOLE_KINDS

_STATES = {"check": "wrong", "scored": "scored", "open": "missing", "half": "missing"}


def add_conditions(book: SafeWorkbook, sheet: SafeSheet, places: Places, lang: str) -> None:
    """Add the conditional formats of ``Tự đánh giá``."""

    def add(box: tuple[int, int, int, int], look: str, rule: Mapping[str, Any]) -> None:
        shown = {**rule, "format": book.format(FORMATS[f"if_{look}"])}
        sheet.sheet.conditional_format(*box, shown)

    first, last = places.first, places.index_row
    state, points, entry = (places.columns[key] for key in ("state", "self_points", "entry"))
    rule = {"type": "formula", "criteria": f"={places.cell('wrong', first, fixed_row=False)}"}
    add((first, entry, last, entry), "wrong", {**rule, "stop_if_true": True})
    for word, look in _STATES.items():
        value = f'"{label(f"ledger_state_{word}", lang)}"'
        rule = {"type": "cell", "criteria": "==", "value": value}
        add((first, state, last, state), look, rule)
    own = address(first + 1, points + 1)
    target = "$" + address(first + 1, places.columns["target"] + 1)
    # A target left empty comes as 0, which nothing is below.
    below = f"=AND(ISNUMBER({target}),ISNUMBER({own}),{own}<{target})"
    box = (first, points, last, points)
    add(box, "below_target", {"type": "formula", "criteria": below})


def wrong_entry(places: Places, live: Places, name: str, row: int) -> str:
    """Return the condition that the entry of a row cannot be counted.

    Empty for a peer's best value.
    """
    code = places.rows[row - places.first].node.code
    spec = places.criteria.node(code).spec
    entry = next((e for e in spec.inputs if e.name == name), None) if spec else None
    if entry is None:
        return ""
    cell = places.cell("entry", row, fixed_row=False)
    tests = _wrong_tests(entry, cell, places.options.get((code, name), ""))
    if entry.at_most:
        other = f"{LIVE_SHEET}!{live.cell('entry', live.entry_rows[code, entry.at_most])}"
        tests.append(f"AND(ISNUMBER({cell}),ISNUMBER({other}),{cell}>{other})")
    return f"AND(NOT(ISBLANK({cell})),OR({','.join(tests)}))"


def _wrong_tests(entry: InputSpec, cell: str, options: str) -> list[str]:
    if entry.kind in ("yes_no", "choice"):
        return [f"ISNA(MATCH({cell},{options},0))"]
    if entry.kind == "date":
        known = f"ISNA(MATCH({cell},{options},0))" if options else "TRUE()"
        return [f"AND(NOT(ISNUMBER({cell})),{known})"]
    tests = [f"NOT(ISNUMBER({cell}))"]
    if entry.kind in WHOLE_KINDS:
        tests.append(f"IFERROR(INT({cell})<>{cell},TRUE())")
    if not math.isnan(entry.minimum):
        tests.append(f"{cell}<{excel_number(entry.minimum)}")
    if not math.isnan(entry.maximum):
        tests.append(f"{cell}>{excel_number(entry.maximum)}")
    return tests
