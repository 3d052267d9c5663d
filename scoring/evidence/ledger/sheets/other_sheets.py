"""Writing the sheets around ``Tự đánh giá``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from scoring.base.dates import format_date, read_date
from scoring.base.labels import label
from scoring.base.values import INDEX_CODE
from scoring.evidence.ledger.layout import (
    ACTIONS,
    APPRAISAL,
    ASSESSMENT,
    DOCUMENTS,
    GUIDE,
    INFO,
    MACHINE_KEYS,
    MARK,
    PLAN,
    TARGETS,
    LedgerColumn,
    columns,
    info_rows,
)
from scoring.evidence.ledger.sheets import hints
from scoring.evidence.ledger.sheets.assessment_sheet import (
    TARGET_CODES,
    TARGET_POINTS,
    Context,
)
from scoring.evidence.ledger.sheets.cell_styles import FORMATS, row_height
from scoring.evidence.ledger.sheets.common_sheets import guide_sheet, machine_sheet
from scoring.evidence.ledger.sheets.follow_up import follow_up, name_columns
from scoring.evidence.ledger.sheets.live_formulas import Places
from scoring.evidence.ledger.sheets.live_sheet import live_result
from scoring.evidence.ledger.sheets.table_sheet import TABLE_HEADER, Computed, TableSheet
from scoring.evidence.ledger.submission import STATUSES
from scoring.evidence.ledger.template import TEMPLATE_VERSION, template_fingerprint
from scoring.files.excel.xlsx import SafeSheet, SafeWorkbook, absolute_range

_EMPTY_ROWS = {DOCUMENTS: 60, PLAN: 30, TARGETS: 20, ACTIONS: 40}
_ROOM = 20
_TARGET_ROWS = 400


def write_guide(book: SafeWorkbook, context: Context) -> None:
    """Write how to fill in the workbook."""
    guide = (context.word("ledger_guide_title"), context.word("ledger_guide"))
    guide_sheet(book, GUIDE, *guide, footer=context.footer)


def machine_values(context: Context) -> dict[str, object]:
    """Return what identifies this ledger among all others."""
    criteria, meta = context.criteria, context.criteria.meta
    template = (TEMPLATE_VERSION, template_fingerprint(criteria))
    known = (meta.set_id, meta.version, criteria.fingerprint, *template)
    return dict(zip(MACHINE_KEYS, (*known, context.unit_code, context.year), strict=True))


def write_info(book: SafeWorkbook, context: Context, info: Mapping[str, object]) -> None:
    """Write who fills in what, and which set and template it is."""
    sheet = book.add_sheet(INFO)
    sheet.set_widths([30, 80])
    sheet.sheet.set_column(2, 2, 24, None, {"hidden": True})
    sheet.write_text(0, 0, context.word("ledger_info_title"), "title")
    meta = context.criteria.meta
    parts = [(text, read_date(text).value) for text in meta.decision.values()]
    decision = ", ".join(format_date(day, context.lang) if day else text for text, day in parts)
    values: dict[str, object] = {
        **machine_values(context),
        "unit_name": context.unit_name,
        "block": context.block,
        "period": context.period,
        "set_name": meta.name(context.lang),
        "set_status": context.word(f"status_{meta.status}"),
        "decision": decision,
        "status": context.word("ledger_status_draft"),
        **info,
    }
    rows = info_rows()
    for line in columns(INFO):
        row = rows[line.key]
        if "section" in line.flags:
            section = context.word(f"ledger_info_before_{line.key}")
            sheet.write_text(row - 1, 0, section, FORMATS["section"])
        sheet.write_text(row, 0, line.title(context.lang), FORMATS["key"])
        sheet.write(row, 1, values.get(line.key), FORMATS[line.look])
        sheet.write_text(row, 2, line.key, FORMATS["machine"])
        if line.key == "status":
            sheet.add_list(
                (row, 1), (row, 1), [context.word(f"ledger_status_{s}") for s in STATUSES]
            )
    _caveats(sheet, context, max(rows.values()) + 2)
    sheet.print_on_a4(landscape=False, footer=context.footer)
    sheet.sheet.print_area(0, 0, max(rows.values()) + 3 + len(meta.caveats), 1)
    sheet.protect()


def _caveats(sheet: SafeSheet, context: Context, row: int) -> None:
    caveats = context.criteria.meta.caveats
    if caveats:
        sheet.write_text(row, 0, context.word("ledger_info_caveats"), FORMATS["section"])
    for offset, caveat in enumerate(caveats, start=1):
        sheet.write_text(row + offset, 0, f"{offset}.", FORMATS["key"])
        text = caveat[context.lang] or caveat["vi"]
        sheet.write_text(row + offset, 1, text, FORMATS["value"])
        sheet.sheet.set_row(row + offset, row_height([(text, 80.0)]))


def write_machine_sheet(book: SafeWorkbook, context: Context) -> None:
    """Write the hidden cells that still name the set after ``Thông tin`` was changed."""
    machine_sheet(book, machine_values(context))


def write_table(
    book: SafeWorkbook, name: str, context: Context, rows: Sequence[Mapping[str, object]]
) -> None:
    """Write a sheet that is one table: a heading, the rows there are, and room for more."""
    guide = context.word("ledger_actions_guide").strip().splitlines() if name == ACTIONS else ()
    table = TableSheet(book, name, context, guide=guide)
    raw, shown = table.sheet.sheet, [column for column in table.columns if not column.hidden]
    count = max(_EMPTY_ROWS[name], len(rows) + _ROOM)
    for row, values in enumerate([*rows, *[{}] * (count - len(rows))], start=table.header + 1):
        if values:
            texts = [(str(values.get(c.key) or ""), c.width) for c in shown]
            raw.set_row(row, row_height(texts))
        filled: dict[str, object] = {key: value or None for key, value in values.items()}
        if name == DOCUMENTS:
            link = f"={follow_up(name, row, table.at, context.lang)['opened']}"
            path = str(values.get("path") or "")
            is_below = path and path[0] not in "/\\" and ":" not in path and ".." not in path
            filled["opened"] = Computed(link, context.word("ledger_open_file") if is_below else "")
        table.write(row, filled)
    last = table.header + count
    for place, column in enumerate(table.columns):
        cells = ((table.header + 1, place), (last, place))
        _rule_of_column(table.sheet, context, column, cells)
    if name == DOCUMENTS:
        more = ["issuer"] if any(one.issuer for one in context.required) else []
        name_columns(book, name, table.at, 0, last + _ROOM, more)
    # A digest says nothing on paper.
    printed = [table.at[column.key] for column in shown if "unprinted" not in column.flags]
    raw.autofilter(table.header, 0, last, len(table.columns) - 1)
    raw.print_area(0, 0, min(table.header + max(len(rows) + 2, 12), last), printed[-1])
    table.finish()


def _rule_of_column(
    sheet: SafeSheet,
    context: Context,
    column: LedgerColumn,
    cells: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    title = hints.fitted(column.title(context.lang))
    if column.check == "date":
        limits = {"minimum": dt.date(1945, 9, 2), "maximum": dt.date(2100, 12, 31)}
        rule: dict[str, Any] = {"validate": "date", "criteria": "between", **limits}
        text = context.word("ledger_hint_date")
        # Only a warning: a document may state no more than its month.
        sheet.add_rule(*cells, rule, title=title, message=text, error=text, strict=False)
    elif column.check == "mark":
        sheet.add_list(*cells, [MARK], title=title)
    elif column.check == "item":
        places = ((TABLE_HEADER + 1, 0), (TABLE_HEADER + len(context.criteria.leaves), 0))
        listed = {"validate": "list", "source": f"={absolute_range(APPRAISAL, *places)}"}
        text = context.word("ledger_hint_item")
        sheet.add_rule(*cells, listed, title=title, message=text, error=text)
    elif column.check == "amount":
        amounts = {"validate": "decimal", "criteria": ">=", "value": 0}
        text = context.word(f"ledger_hint_{column.key}")
        sheet.add_rule(*cells, amounts, title=title, message=text, error=text)
    elif column.check == "hint":
        message = context.word(f"ledger_hint_{column.key}")
        sheet.add_rule(*cells, {"validate": "any"}, title=title, message=message)


def write_targets(
    book: SafeWorkbook,
    context: Context,
    places: Places,
    rows: Mapping[str, Mapping[str, object]],
) -> None:
    """Write the targets: the index and areas stand ready, items are added by their codes."""
    table = TableSheet(book, TARGETS, context, high=False)
    nodes, meta = context.criteria.by_code, context.criteria.meta
    areas = {node.code: node for node in context.criteria.areas}
    own = areas | {code: nodes[code] for code in rows if code in nodes}
    ready = {INDEX_CODE: (label("index", context.lang), meta.total_points)}
    ready |= {code: (node.name(context.lang), node.max_points) for code, node in own.items()}
    points = {**context.results.points, INDEX_CODE: context.results.index}
    for row, (code, (name, maximum)) in enumerate(ready.items(), start=TABLE_HEADER + 1):
        values = {**rows.get(code, {}), "code": code, "name": name, "max_points": maximum}
        values["current_points"] = _looked_up(places, "self_points", row, points[code])
        is_ours = code == INDEX_CODE or code in areas
        table.write(row, values, **({"code": "item_code"} if is_ours else {}))
        table.check_points(row, maximum)
    first = TABLE_HEADER + 1 + len(ready)
    for row in range(first, first + _EMPTY_ROWS[TARGETS]):
        table.write(row, {k: _looked_up(places, key, row, "") for k, key in _LOOKED_UP.items()})
    for named, key in ((TARGET_CODES, "code"), (TARGET_POINTS, "target_points")):
        book.define_name(named, TARGETS, (0, table.at[key]), (_TARGET_ROWS, table.at[key]))
    table.finish()


# Where a further row of "Chỉ tiêu" looks for what it shows.
_LOOKED_UP = {"name": "name", "max_points": "max_points", "current_points": "self_points"}


def _looked_up(places: Places, key: str, row: int, value: float | str) -> Computed:
    """Return the formula that finds a node's cell on ``Tự đánh giá`` wherever its row is now."""
    sheet, code = f"'{ASSESSMENT}'!", f"$A${row + 1}"
    if key == "self_points":
        found = live_result("points", code)
    else:
        values = sheet + places.span(key, places.first, places.index_row)
        found = f"INDEX({values},MATCH({code},tdg_key,0))"
    found = f'IFERROR({found},"")'
    return Computed(f'=IF({code}="","",{found})', value)


def write_appraisal(
    book: SafeWorkbook, context: Context, rows: Mapping[str, Mapping[str, object]]
) -> None:
    """Write the sheet of the appraising body: one row per item, two rounds."""
    table = TableSheet(book, APPRAISAL, context)
    raw, leaves = table.sheet.sheet, context.criteria.leaves
    for row, node in enumerate(leaves, start=TABLE_HEADER + 1):
        name, points = node.name(context.lang), context.results.points[node.code]
        own_cell = xl_rowcol_to_cell(row, table.at["item_code"], col_abs=True)
        live = Computed(f"={live_result('points', own_cell)}", points)
        own = {"code": node.code, "name": name, "max_points": node.max_points}
        own |= {"item_code": node.code, "self_points": live}
        raw.set_row(row, row_height([(name, table.columns[table.at["name"]].width)]))
        table.write(row, {**rows.get(node.code, {}), **own})
        table.check_points(row, node.max_points)
    visible = sum(not column.hidden for column in table.columns)
    raw.print_area(0, 0, TABLE_HEADER + len(leaves), visible - 1)
    table.finish()
    raw.freeze_panes(TABLE_HEADER + 1, 2)
