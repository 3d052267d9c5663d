"""Writing the sheets that follow from the others: what the set asks for, and what is still to do."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.utility import xl_col_to_name

from scoring.criteria import Node
from scoring.evidence.ledger.layout import REQUIRED, TO_DO
from scoring.evidence.ledger.required_documents import (
    Requirement,
    day_number,
    issuer_test,
    kind_test,
    named_in,
)
from scoring.evidence.ledger.sheets.assessment_sheet import Context
from scoring.evidence.ledger.sheets.cell_styles import FORMATS
from scoring.evidence.ledger.sheets.follow_up import follow_up, looked_up, name_columns
from scoring.evidence.ledger.sheets.live_formulas import Places
from scoring.evidence.ledger.sheets.table_sheet import TABLE_HEADER, TableSheet
from scoring.files.excel.xlsx import SafeWorkbook

_FIRST = TABLE_HEADER + 1
_LOOKS = {"overdue": "wrong", "missing": "missing", "enough": "scored"}


def write_required(book: SafeWorkbook, context: Context) -> None:
    """Write one row per requirement of the set: how many documents, how many are linked."""
    table = TableSheet(book, REQUIRED, context)
    last = max(TABLE_HEADER + len(context.required), _FIRST)
    if not context.required:
        table.sheet.write_text(_FIRST, 0, context.word("ledger_required_none"), FORMATS["plain"])
    for row, one in enumerate(context.required, start=_FIRST):
        of_kind = kind_test(one.kinds)
        if one.issuer:
            of_kind = f"(({of_kind})>0)*(({issuer_test(one.issuer)})>0)"
        formulas = follow_up(REQUIRED, row, table.at, context.lang, of_kind=of_kind)
        table.write_live(row, _required_values(one, context), formulas)
    name_columns(book, REQUIRED, table.at, _FIRST, last)
    _finish(book, table, last, "state")


def _required_values(one: Requirement, context: Context) -> Mapping[str, object]:
    """Return what the row shows; whether something is overdue depends on the day."""
    is_na = context.results.is_na[one.item_code]
    state = "missing" if one.lacking else "enough"
    return {
        "item_code": one.item_code,
        "name": context.criteria.node(one.item_code).name(context.lang),
        "kind": one.kind_text(context.lang),
        "note": one.note,
        "due_on": one.due,
        "required": one.count,
        "linked": len(one.rows),
        "lacking": 0 if is_na else one.lacking,
        "state": context.word(
            "ledger_state_not_applicable" if is_na else f"ledger_required_{state}"
        ),
        "listed": named_in(context.texts.get((one.item_code, "documents"), "")),
        "first": one.rows[0] if one.rows else 0,
        "due": day_number(one.due),
    }


def write_to_do(book: SafeWorkbook, context: Context, places: Places) -> None:
    """Write the items that are not done yet, one below the other, with links to their cells."""
    table = TableSheet(book, TO_DO, context)
    leaves = context.criteria.leaves
    to_do = [leaf for leaf in leaves if context.standings[leaf.code].is_to_do]
    table.sheet.write_text(1, 0, context.word("ledger_to_do_on"), FORMATS["plain"])
    table.sheet.write_formula(1, 2, "=TODAY()", FORMATS["day"], value=None)
    place = f"${xl_col_to_name(table.at['row'])}"
    for number in range(1, len(leaves) + 1):
        row = TABLE_HEADER + number
        cells = looked_up(f"{place}{row + 1}")
        formulas = follow_up(TO_DO, row, table.at, context.lang, k=number, **cells)
        node = to_do[number - 1] if number <= len(to_do) else None
        values = _to_do_values(node, number, context, places) if node else {}
        table.write_live(row, values, formulas)
    last = TABLE_HEADER + len(leaves)
    table.sheet.write_text(last + 2, 0, context.word("ledger_to_do_about"), FORMATS["plain"])
    _finish(book, table, max(len(to_do), 1) + TABLE_HEADER, "overdue")


def _to_do_values(
    node: Node, number: int, context: Context, places: Places
) -> Mapping[str, object]:
    standing = context.standings[node.code]
    missing = f"{context.word('ledger_to_do_missing')}{standing.lacking}"
    return {
        "number": number,
        "item_code": node.code,
        "name": node.name(context.lang),
        "figures": context.results.states[node.code] if standing.is_open else "",
        "proof": missing if standing.lacking else "",
        "explanation": context.word("ledger_to_do_unexplained") if standing.is_unexplained else "",
        "due_on": day_number(standing.due) if standing.due else "",
        "row": places.node_rows[node.code] - places.first + 1,
    }


def _finish(book: SafeWorkbook, table: TableSheet, last: int, key: str) -> None:
    """Colour the words of column `key` by what they say, print what is filled, lock the sheet."""
    box = (_FIRST, table.at[key], _FIRST + 1000, table.at[key])
    for word, look in _LOOKS.items():
        text = f'"{table.context.word(f"ledger_required_{word}")}"'
        rule = {"type": "cell", "criteria": "==", "value": text}
        shown = {**rule, "format": book.format(FORMATS[f"if_{look}"])}
        table.sheet.sheet.conditional_format(*box, shown)
    visible = sum(not column.hidden for column in table.columns)
    table.sheet.sheet.print_area(0, 0, last, visible - 1)
    table.finish()
