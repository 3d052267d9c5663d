"""Writing the sheets around ``Tự đánh giá``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from scoring.base.dates import format_date, read_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.evidence.ledger import hints
from scoring.evidence.ledger.assessment_sheet import TARGET_CODES, TARGET_POINTS, Context
from scoring.evidence.ledger.cell_styles import FORMATS, HEADER_HEIGHT, row_height
from scoring.evidence.ledger.layout import (
    APPRAISAL,
    ASSESSMENT,
    DOCUMENTS,
    GUIDE,
    INFO,
    MACHINE_KEYS,
    MACHINE_SHEET,
    MARK,
    PLAN,
    TARGETS,
    LedgerColumn,
    columns,
)
from scoring.evidence.ledger.live_formulas import Places
from scoring.evidence.ledger.template import TEMPLATE_VERSION, template_fingerprint
from scoring.files.xlsx import SafeSheet, SafeWorkbook, absolute_range

_EMPTY_ROWS = {DOCUMENTS: 60, PLAN: 30, TARGETS: 20}
_ROOM = 20
_TARGET_ROWS = 400
_TABLE_HEADER = 2


def info_rows() -> dict[str, int]:
    """Return the row of every key on ``Thông tin``, counted from 0."""
    rows, row = {}, 2
    for line in columns(INFO):
        row += "section" in line.flags
        rows[line.key] = row
        row += 1
    return rows


def year_cell() -> str:
    """Return the reference to the assessment year."""
    place = (info_rows()["year"], 1)
    return absolute_range(INFO, place, place).split(":")[0]


def write_guide(book: SafeWorkbook, context: Context) -> None:
    """Write how to fill in the workbook."""
    sheet = book.add_sheet(GUIDE)
    sheet.set_widths([110])
    sheet.write_text(0, 0, context.word("ledger_guide_title"), "title")
    for row, line in enumerate(context.word("ledger_guide").strip().splitlines(), start=2):
        is_heading = line.startswith("# ")
        look = FORMATS["guide_heading" if is_heading else "guide_text"]
        text = line.removeprefix("# ")
        sheet.write_text(row, 0, text, look)
        sheet.sheet.set_row(row, row_height([(text, 110.0)]) + (8.0 if is_heading else 0.0))
    sheet.print_on_a4(landscape=False, footer=context.footer)
    sheet.protect()


def machine_values(context: Context) -> dict[str, object]:
    """Return what tells this ledger from every other."""
    meta = context.criteria.meta
    values = (
        meta.set_id,
        meta.version,
        context.criteria.fingerprint,
        TEMPLATE_VERSION,
        template_fingerprint(context.criteria),
        context.unit_code,
        context.year,
    )
    return dict(zip(MACHINE_KEYS, values, strict=True))


def _decision_part(text: str, lang: str) -> str:
    """Return a part of the decision's name, its date as people write it."""
    day = read_date(text).value
    return text if day is None else format_date(day, lang)


def write_info(book: SafeWorkbook, context: Context, info: Mapping[str, object]) -> None:
    """Write who fills in what, and which set and template it is."""
    sheet = book.add_sheet(INFO)
    sheet.set_widths([30, 80, 24])
    sheet.sheet.set_column(2, 2, 24, None, {"hidden": True})
    sheet.write_text(0, 0, context.word("ledger_info_title"), "title")
    meta = context.criteria.meta
    decision = ", ".join(_decision_part(part, context.lang) for part in meta.decision.values())
    values: dict[str, object] = {
        **machine_values(context),
        "unit_name": context.unit_name,
        "block": context.block,
        "period": context.period,
        "set_name": meta.name(context.lang),
        "set_status": context.word(f"status_{meta.status}"),
        "decision": decision,
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
    sheet = book.add_sheet(MACHINE_SHEET, hidden=True)
    sheet.sheet.very_hidden()
    for row, (key, value) in enumerate(machine_values(context).items()):
        sheet.write_text(row, 0, key)
        sheet.write(row, 1, value, FORMATS["machine"] if isinstance(value, str) else None)


def _begun(
    book: SafeWorkbook, name: str, context: Context, *, high: bool = True
) -> tuple[SafeSheet, dict[str, int]]:
    """Begin a sheet that is one table; return it and the places of its columns."""
    sheet = book.add_sheet(name)
    sheet.write_text(0, 0, name.upper(), "title")
    for place, column in enumerate(columns(name)):
        sheet.write_text(_TABLE_HEADER, place, column.title(context.lang), "header")
        sheet.sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
    if high:
        sheet.sheet.set_row(_TABLE_HEADER, HEADER_HEIGHT)
    return sheet, {column.key: place for place, column in enumerate(columns(name))}


def write_table(
    book: SafeWorkbook, name: str, context: Context, rows: Sequence[Mapping[str, object]]
) -> SafeSheet:
    """Write a sheet that is one table: a heading, the rows there are, and room for more."""
    sheet, _ = _begun(book, name, context)
    entries = columns(name)
    count = max(_EMPTY_ROWS[name], len(rows) + _ROOM)
    for offset in range(count):
        values = rows[offset] if offset < len(rows) else {}
        texts = [(str(values.get(c.key) or ""), c.width) for c in entries if not c.hidden]
        if values:
            sheet.sheet.set_row(_TABLE_HEADER + 1 + offset, row_height(texts))
        for place, column in enumerate(entries):
            look = FORMATS[column.look]
            sheet.write(_TABLE_HEADER + 1 + offset, place, values.get(column.key) or None, look)
    last = _TABLE_HEADER + count
    for place, column in enumerate(entries):
        _rule_of_column(sheet, context, column, ((_TABLE_HEADER + 1, place), (last, place)))
    # A digest says nothing on paper.
    printed = [n for n, c in enumerate(entries) if not c.flags & {"hidden", "unprinted"}]
    sheet.print_on_a4(header_row=_TABLE_HEADER, footer=context.footer)
    sheet.sheet.autofilter(_TABLE_HEADER, 0, last, len(entries) - 1)
    filled = _TABLE_HEADER + max(len(rows) + 2, 12)
    sheet.sheet.print_area(0, 0, min(filled, last), printed[-1])
    sheet.protect()
    return sheet


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
    elif column.check == "hint":
        message = context.word(f"ledger_hint_{column.key}")
        sheet.add_rule(*cells, {"validate": "any"}, title=title, message=message)


def _points_rule(
    sheet: SafeSheet, context: Context, title: str, place: tuple[int, int], maximum: float
) -> None:
    text = context.word("ledger_hint_points", high=format_number(maximum, lang=context.lang))
    rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": maximum}
    sheet.add_rule(place, place, rule, title=hints.fitted(title), message=text, error=text)


def write_targets(
    book: SafeWorkbook,
    context: Context,
    places: Places,
    targets: Mapping[str, float],
    notes: Mapping[str, str],
) -> None:
    """Write the targets: the index and areas stand ready, items are added by their codes."""
    sheet, at = _begun(book, TARGETS, context, high=False)
    nodes, meta = context.criteria.by_code, context.criteria.meta
    ready = {"INDEX": (label("index", context.lang), meta.total_points)}
    ready |= {n.code: (n.name(context.lang), n.max_points) for n in context.criteria.areas}
    further = [code for code in targets if code not in ready and code in nodes]
    ready |= {c: (nodes[c].name(context.lang), nodes[c].max_points) for c in further}
    points = {**context.results.points, "INDEX": context.results.index}
    title = columns(TARGETS)[at["target_points"]].title(context.lang)
    row = _TABLE_HEADER + 1
    for code, (name, maximum) in ready.items():
        values = {
            "code": code,
            "name": name,
            "max_points": maximum,
            "target_points": targets.get(code),
            "note": notes.get(code, ""),
        }
        for column in columns(TARGETS):
            place, look = (row, at[column.key]), FORMATS[column.look]
            if column.key == "current_points":
                formula = _looked_up(places, "self_points", f"$A${row + 1}")
                sheet.write_formula(*place, formula, look, value=points[code])
            else:
                ours = column.key == "code" and code not in further
                look = FORMATS["item_code"] if ours else look
                sheet.write(*place, values[column.key], look)
        _points_rule(sheet, context, title, (row, at["target_points"]), maximum)
        row += 1
    _room_for_targets(sheet, places, row)
    for named, key in ((TARGET_CODES, "code"), (TARGET_POINTS, "target_points")):
        book.define_name(named, TARGETS, (0, at[key]), (_TARGET_ROWS, at[key]))
    sheet.print_on_a4(header_row=_TABLE_HEADER, footer=context.footer)
    sheet.protect()


# Where a further row of "Chỉ tiêu" looks for what it shows.
_LOOKED_UP = {"name": "name", "max_points": "max_points", "current_points": "self_points"}


def _room_for_targets(sheet: SafeSheet, places: Places, first: int) -> None:
    for row in range(first, first + _EMPTY_ROWS[TARGETS]):
        for place, column in enumerate(columns(TARGETS)):
            look = FORMATS[column.look]
            if column.key in _LOOKED_UP:
                formula = _looked_up(places, _LOOKED_UP[column.key], f"$A${row + 1}")
                sheet.write_formula(row, place, formula, look, value="")
            else:
                sheet.write(row, place, None, look)


def _looked_up(places: Places, key: str, code: str) -> str:
    """Return the formula that finds a node's cell on ``Tự đánh giá`` wherever its row is now."""
    sheet = f"'{ASSESSMENT}'!"
    codes = sheet + places.span("item_code", places.first, places.index_row)
    values = sheet + places.span(key, places.first, places.index_row)
    # The first row with a code is the node itself; its inputs follow.
    return f'=IF({code}="","",IFERROR(INDEX({values},MATCH({code},{codes},0)),""))'


def write_appraisal(
    book: SafeWorkbook, context: Context, places: Places, rows: Mapping[str, Mapping[str, object]]
) -> None:
    """Write the sheet of the appraising body: one row per item, two rounds."""
    sheet, at = _begun(book, APPRAISAL, context)
    points_title = columns(APPRAISAL)[at["appraised_points"]].title(context.lang)
    for row, node in enumerate(context.criteria.leaves, start=_TABLE_HEADER + 1):
        known, name = rows.get(node.code, {}), node.name(context.lang)
        own = {"code": node.code, "name": name, "max_points": node.max_points}
        values = {**known, **own, "item_code": node.code}
        sheet.sheet.set_row(row, row_height([(name, columns(APPRAISAL)[at["name"]].width)]))
        for column in columns(APPRAISAL):
            place, look = (row, at[column.key]), FORMATS[column.look]
            if column.key == "self_points":
                formula = (
                    f"='{ASSESSMENT}'!{places.cell('self_points', places.node_rows[node.code])}"
                )
                value = context.results.points[node.code]
                sheet.write_formula(*place, formula, look, value=value)
            elif column.check == "points":
                sheet.write(*place, values.get(column.key), look)
                _points_rule(sheet, context, points_title, place, node.max_points)
            else:
                sheet.write(*place, values.get(column.key) or None, look)
    sheet.print_on_a4(header_row=_TABLE_HEADER, footer=context.footer)
    sheet.sheet.freeze_panes(_TABLE_HEADER + 1, 2)
    visible = sum(not column.hidden for column in columns(APPRAISAL))
    sheet.sheet.print_area(0, 0, _TABLE_HEADER + len(context.criteria.leaves), visible - 1)
    sheet.protect()
