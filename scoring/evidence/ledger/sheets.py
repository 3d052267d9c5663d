"""Writing the sheets around ``Tự đánh giá``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from scoring.base.dates import format_date, read_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.evidence.ledger import hints
from scoring.evidence.ledger.assessment import TARGET_CODES, TARGET_POINTS, Context
from scoring.evidence.ledger.live import Places
from scoring.evidence.ledger.looks import HEADER_HEIGHT, LOOKS, row_height
from scoring.evidence.ledger.template import (
    APPRAISAL,
    ASSESSMENT,
    COLUMNS,
    DOCUMENTS,
    GUIDE,
    INFO,
    INFO_KEYS,
    MACHINE_KEYS,
    MACHINE_SHEET,
    MARK,
    PLAN,
    TARGETS,
    TEMPLATE_VERSION,
    template_fingerprint,
)
from scoring.files.xlsx import SafeSheet, SafeWorkbook, absolute_range

_EMPTY_ROWS = {DOCUMENTS: 60, PLAN: 30, TARGETS: 20}
_ROOM = 20
_TARGET_ROWS = 400
_YEAR_ROW_KEY = "year"
_INFO_SECTIONS = {"unit_code": "ledger_info_unit", "set_id": "ledger_info_set"}
_DATES = ("issued_on", "valid_from", "valid_to", "done_on", "prepared_on")
_ENTRIES_OF_INFO = ("unit_name", "block", "period", "prepared_by", "position", "prepared_on")
_TABLE_HEADER = 2


def info_rows() -> dict[str, int]:
    """Return the row of every key on ``Thông tin``, counted from 0."""
    rows, row = {}, 2
    for key in INFO_KEYS:
        if key in _INFO_SECTIONS:
            row += 1
        rows[key] = row
        row += 1
    return rows


def year_cell() -> str:
    """Return the reference to the assessment year."""
    place = (info_rows()[_YEAR_ROW_KEY], 1)
    return absolute_range(INFO, place, place).split(":")[0]


def write_guide(book: SafeWorkbook, context: Context) -> None:
    """Write how to fill in the workbook."""
    sheet = book.add_sheet(GUIDE)
    sheet.set_widths([110])
    sheet.write_text(0, 0, context.word("ledger_guide_title"), "title")
    for row, line in enumerate(context.word("ledger_guide").strip().splitlines(), start=2):
        is_heading = line.startswith("# ")
        look = LOOKS["guide_heading" if is_heading else "guide_text"]
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
    for key, row in rows.items():
        if key in _INFO_SECTIONS:
            sheet.write_text(row - 1, 0, context.word(_INFO_SECTIONS[key]), LOOKS["section"])
        sheet.write_text(row, 0, context.word(f"ledger_info_{key}"), LOOKS["key"])
        sheet.write(row, 1, values.get(key), LOOKS[_info_look(key)])
        sheet.write_text(row, 2, key, LOOKS["machine"])
    _caveats(sheet, context, max(rows.values()) + 2)
    sheet.print_on_a4(landscape=False, footer=context.footer)
    sheet.sheet.print_area(0, 0, max(rows.values()) + 3 + len(meta.caveats), 1)
    sheet.protect()


def _info_look(key: str) -> str:
    if key == "year":
        return "value_number"
    if key not in _ENTRIES_OF_INFO:
        return "value_text"
    return "entry_date" if key in _DATES else "entry_text"


def _caveats(sheet: SafeSheet, context: Context, row: int) -> None:
    caveats = context.criteria.meta.caveats
    if caveats:
        sheet.write_text(row, 0, context.word("ledger_info_caveats"), LOOKS["section"])
    for offset, caveat in enumerate(caveats, start=1):
        sheet.write_text(row + offset, 0, f"{offset}.", LOOKS["key"])
        text = caveat[context.lang] or caveat["vi"]
        sheet.write_text(row + offset, 1, text, LOOKS["value"])
        sheet.sheet.set_row(row + offset, row_height([(text, 80.0)]))


def write_machine_sheet(book: SafeWorkbook, context: Context) -> None:
    """Write the hidden cells that still name the set after ``Thông tin`` was changed."""
    sheet = book.add_sheet(MACHINE_SHEET, hidden=True)
    sheet.sheet.very_hidden()
    for row, (key, value) in enumerate(machine_values(context).items()):
        sheet.write_text(row, 0, key)
        sheet.write(row, 1, value, LOOKS["machine"] if isinstance(value, str) else None)


def write_table(
    book: SafeWorkbook, name: str, context: Context, rows: Sequence[Mapping[str, object]]
) -> SafeSheet:
    """Write a sheet that is one table: a heading, the rows there are, and room for more."""
    sheet = book.add_sheet(name)
    columns = COLUMNS[name]
    sheet.write_text(0, 0, name.upper(), "title")
    for place, column in enumerate(columns):
        sheet.write_text(_TABLE_HEADER, place, column.title(context.lang), "header")
        sheet.sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
    sheet.sheet.set_row(_TABLE_HEADER, HEADER_HEIGHT)
    count = max(_EMPTY_ROWS[name], len(rows) + _ROOM)
    for offset in range(count):
        values = rows[offset] if offset < len(rows) else {}
        texts = [(str(values.get(c.key) or ""), c.width) for c in columns if not c.hidden]
        if values:
            sheet.sheet.set_row(_TABLE_HEADER + 1 + offset, row_height(texts))
        for place, column in enumerate(columns):
            look = LOOKS[_entry_look(column.key)]
            sheet.write(_TABLE_HEADER + 1 + offset, place, values.get(column.key) or None, look)
    last = _TABLE_HEADER + count
    for key in (column.key for column in columns):
        _rule_of_column(sheet, context, name, key, last)
    # A digest says nothing on paper.
    visible = [n for n, c in enumerate(columns) if not c.hidden and c.key != "sha256"]
    sheet.print_on_a4(header_row=_TABLE_HEADER, footer=context.footer)
    sheet.sheet.autofilter(_TABLE_HEADER, 0, last, visible[-1])
    filled = _TABLE_HEADER + max(len(rows) + 2, 12)
    sheet.sheet.print_area(0, 0, min(filled, last), visible[-1])
    sheet.protect()
    return sheet


def _entry_look(key: str) -> str:
    if key in _DATES:
        return "entry_date"
    return "entry_mark" if key == "secret" else "entry_text"


def _rule_of_column(sheet: SafeSheet, context: Context, name: str, key: str, last: int) -> None:
    place = [column.key for column in COLUMNS[name]].index(key)
    cells = ((_TABLE_HEADER + 1, place), (last, place))
    title = hints.fitted(COLUMNS[name][place].title(context.lang))
    if key in _DATES:
        limits = {"minimum": dt.date(1945, 9, 2), "maximum": dt.date(2100, 12, 31)}
        rule: dict[str, Any] = {"validate": "date", "criteria": "between", **limits}
        text = context.word("ledger_hint_date")
        # Only a warning: a document may state no more than its month.
        sheet.add_rule(*cells, rule, title=title, message=text, error=text, strict=False)
    elif key == "secret":
        sheet.add_list(*cells, [MARK], title=title)
    elif key in ("item_codes", "path"):
        message = context.word(f"ledger_hint_{key}")
        sheet.add_rule(*cells, {"validate": "any"}, title=title, message=message)


def write_targets(
    book: SafeWorkbook,
    context: Context,
    places: Places,
    targets: Mapping[str, float],
    notes: Mapping[str, str],
) -> None:
    """Write the targets: the index and areas stand ready, items are added by their codes."""
    sheet = book.add_sheet(TARGETS)
    columns = {column.key: place for place, column in enumerate(COLUMNS[TARGETS])}
    sheet.write_text(0, 0, TARGETS.upper(), "title")
    for column in COLUMNS[TARGETS]:
        sheet.write_text(_TABLE_HEADER, columns[column.key], column.title(context.lang), "header")
    sheet.set_widths([column.width for column in COLUMNS[TARGETS]])
    meta = context.criteria.meta
    ready = {"INDEX": (label("index", context.lang), meta.total_points)}
    ready |= {n.code: (n.name(context.lang), n.max_points) for n in context.criteria.areas}
    nodes = context.criteria.by_code
    further = [code for code in targets if code not in ready and code in nodes]
    ready |= {c: (nodes[c].name(context.lang), nodes[c].max_points) for c in further}
    row = _TABLE_HEADER + 1
    for code, (name, maximum) in ready.items():
        look = LOOKS["entry_text"] if code in further else LOOKS["item_code"]
        sheet.write_text(row, columns["code"], code, look)
        sheet.write_text(row, columns["name"], name, LOOKS["item"])
        sheet.write_number(row, columns["max_points"], maximum, LOOKS["item_number"])
        _current_points(sheet, context, places, row, code)
        _target_entry(sheet, context, row, maximum, targets.get(code))
        sheet.write_text(row, columns["note"], notes.get(code, ""), LOOKS["entry_text"])
        row += 1
    _room_for_targets(sheet, places, row, columns)
    for name, key in ((TARGET_CODES, "code"), (TARGET_POINTS, "target_points")):
        book.define_name(name, TARGETS, (0, columns[key]), (_TARGET_ROWS, columns[key]))
    sheet.print_on_a4(header_row=_TABLE_HEADER, footer=context.footer)
    sheet.protect()


def _room_for_targets(
    sheet: SafeSheet, places: Places, first: int, columns: Mapping[str, int]
) -> None:
    for row in range(first, first + _EMPTY_ROWS[TARGETS]):
        sheet.write_text(row, columns["code"], "", LOOKS["entry_text"])
        own = f"$A${row + 1}"
        for key, source, look in (
            ("name", "name", "item"),
            ("max_points", "max_points", "item_number"),
            ("current_points", "self_points", "item_number"),
        ):
            formula = _looked_up(places, source, own)
            sheet.write_formula(row, columns[key], formula, LOOKS[look], value="")
        sheet.write_number(row, columns["target_points"], None, LOOKS["entry_points"])
        sheet.write_text(row, columns["note"], "", LOOKS["entry_text"])


def _looked_up(places: Places, key: str, code: str) -> str:
    """Return the formula that finds a node's cell on ``Tự đánh giá`` wherever its row is now."""
    sheet = f"'{ASSESSMENT}'!"
    codes = sheet + places.span("item_code", places.first, places.index_row)
    values = sheet + places.span(key, places.first, places.index_row)
    # The first row with a code is the node itself; its inputs follow.
    return f'=IF({code}="","",IFERROR(INDEX({values},MATCH({code},{codes},0)),""))'


def _current_points(
    sheet: SafeSheet, context: Context, places: Places, row: int, code: str
) -> None:
    column = [entry.key for entry in COLUMNS[TARGETS]].index("current_points")
    formula = _looked_up(places, "self_points", f"$A${row + 1}")
    value = context.results.index if code == "INDEX" else context.results.points[code]
    sheet.write_formula(row, column, formula, LOOKS["item_number"], value=value)


def _target_entry(
    sheet: SafeSheet, context: Context, row: int, maximum: float, target: float | None
) -> None:
    place = (row, [column.key for column in COLUMNS[TARGETS]].index("target_points"))
    sheet.write_number(*place, target, LOOKS["entry_points"])
    high = format_number(maximum, lang=context.lang)
    text = context.word("ledger_hint_points", high=high)
    title = hints.fitted(context.word("ledger_target_points"))
    rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": maximum}
    sheet.add_rule(place, place, rule, title=title, message=text, error=text)


def write_appraisal(
    book: SafeWorkbook, context: Context, places: Places, rows: Mapping[str, Mapping[str, object]]
) -> None:
    """Write the sheet of the appraising body: one row per item, two rounds."""
    sheet = book.add_sheet(APPRAISAL)
    columns = {column.key: place for place, column in enumerate(COLUMNS[APPRAISAL])}
    sheet.write_text(0, 0, APPRAISAL.upper(), "title")
    for column in COLUMNS[APPRAISAL]:
        place = columns[column.key]
        sheet.write_text(_TABLE_HEADER, place, column.title(context.lang), "header")
        sheet.sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
    sheet.sheet.set_row(_TABLE_HEADER, HEADER_HEIGHT)
    for row, node in enumerate(context.criteria.leaves, start=_TABLE_HEADER + 1):
        known = rows.get(node.code, {})
        name = node.name(context.lang)
        sheet.write_text(row, columns["code"], node.code, LOOKS["item_code"])
        sheet.write_text(row, columns["name"], name, LOOKS["item"])
        sheet.sheet.set_row(row, row_height([(name, 44.0)]))
        sheet.write_number(row, columns["max_points"], node.max_points, LOOKS["item_number"])
        sheet.write_text(row, columns["item_code"], node.code, LOOKS["machine"])
        own = places.cell("self_points", places.node_rows[node.code])
        value = context.results.points[node.code]
        formula = f"='{ASSESSMENT}'!{own}"
        sheet.write_formula(row, columns["self_points"], formula, LOOKS["item_number"], value=value)
        for key in ("appraisal_note", "response", "appraisal_note_2"):
            sheet.write(row, columns[key], known.get(key) or None, LOOKS["entry_text"])
        for key in ("appraised_points", "appraised_points_2"):
            _appraised_entry(sheet, context, (row, columns[key]), node.max_points, known.get(key))
    sheet.print_on_a4(header_row=_TABLE_HEADER, footer=context.footer)
    sheet.sheet.freeze_panes(_TABLE_HEADER + 1, 2)
    sheet.sheet.print_area(
        0, 0, _TABLE_HEADER + len(context.criteria.leaves), columns["item_code"] - 1
    )
    sheet.protect()


def _appraised_entry(
    sheet: SafeSheet, context: Context, place: tuple[int, int], maximum: float, value: object
) -> None:
    sheet.write(*place, value, LOOKS["entry_points"])
    text = context.word("ledger_hint_points", high=format_number(maximum, lang=context.lang))
    rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": maximum}
    title = hints.fitted(context.word("ledger_appraised_points"))
    sheet.add_rule(place, place, rule, title=title, message=text, error=text)
