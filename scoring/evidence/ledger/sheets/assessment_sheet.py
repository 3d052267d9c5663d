"""Writing ``Tự đánh giá``: the table evaluators know, with live points."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet, Node
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.layout import ASSESSMENT, LIVE_SHEET, MARK, LedgerColumn
from scoring.evidence.ledger.required_documents import Requirement, Standing, day_number
from scoring.evidence.ledger.sheets import hints, live_formulas
from scoring.evidence.ledger.sheets.cell_styles import (
    FORMATS,
    heading_height,
    heading_width,
    row_height,
)
from scoring.evidence.ledger.sheets.filling import Entry, Filling, Results
from scoring.evidence.ledger.sheets.follow_up import follow_up, name_columns
from scoring.evidence.ledger.sheets.live_sheet import leaves_between, live_places, live_result
from scoring.evidence.ledger.sheets.status_colours import add_conditions, wrong_entry
from scoring.evidence.ledger.template import (
    LedgerRow,
    allows_never,
    allows_not_applicable,
    ledger_rows,
    row_titles,
)
from scoring.files.excel.xlsx import MESSAGE_LIMIT, FormatName, SafeSheet, SafeWorkbook
from scoring.rules import InputSpec

HEADER_ROW, _WHOSE_ROW = 5, 3
FIRST_ROW = HEADER_ROW + 1
# Room for a signature and a stamp.
_SIGNATURE_POINTS = 130.0
# Names of the columns of "Chỉ tiêu" that the live target looks through.
TARGET_CODES, TARGET_POINTS = "chi_tieu_ma", "chi_tieu_diem"


@dataclass(frozen=True)
class Context:
    """What every sheet of one ledger needs to know.

    Attributes
    ----------
    texts : mapping of (item code, column key) to str
        Entries of text columns: documents, explanation.
    previous : mapping of (item code, input) to Entry
        Last year's figures, shown in grey; empty for none.
    """

    criteria: CriteriaSet
    unit_code: str
    unit_name: str
    year: int
    period: str
    block: str
    lang: str
    filled: Filling
    results: Results
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    previous: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    reminders: Mapping[str, str] = field(default_factory=dict)
    required: Sequence[Requirement] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)

    def word(self, key: str, **values: object) -> str:
        """Return a label in the language of the ledger."""
        return label(key, self.lang, **values)

    def counted(self, leaves: Sequence[Node]) -> str:
        """Return how many of some items are scored, and how many apply: ``3/7``."""
        states = [self.results.states[node.code] for node in leaves]
        na = self.word("ledger_state_not_applicable")
        return f"{states.count(self.word('ledger_state_scored'))}/{len(states) - states.count(na)}"

    @property
    def footer(self) -> str:
        """The text at the foot of every printed page: nothing that people may still change."""
        criteria = self.criteria
        return " · ".join(filter(None, (criteria.badge(self.lang), criteria.meta.name(self.lang))))

    def write_whose(self, sheet: SafeSheet, row: int) -> None:
        """Write the line that says unit and year, as ``Thông tin`` has them."""
        own = {"unit": self.unit_name, "year": self.year, "period": self.period}
        cells = {"unit": "unit_name", "year": "year", "period": "period"}
        text = self.word("ledger_unit_year", **{name: f"\0{name}\0" for name in own})
        formula = "&".join(
            layout.info_cell(cells[part]) if part in own else f'"{part}"'
            for part in text.split("\0")
            if part
        )
        shown = self.word("ledger_unit_year", **own)
        sheet.write_formula(row, 0, f"={formula}", FORMATS["plain"], value=shown)


def assessment_columns(criteria: CriteriaSet, has_previous: bool) -> list[LedgerColumn]:
    """Return the columns that this ledger needs."""
    left_out = set() if has_previous else {"previous"}
    if not any(allows_not_applicable(node) for node in criteria.leaves):
        left_out.add("not_applicable")
    return [column for column in layout.columns(ASSESSMENT) if column.key not in left_out]


def write_assessment(book: SafeWorkbook, context: Context) -> live_formulas.Places:
    """Write the sheet; return where it keeps things, for the sheets that refer to it."""
    sheet = book.add_sheet(ASSESSMENT)
    columns = assessment_columns(context.criteria, bool(context.previous))
    places = _places(book, context, columns)
    _Writer(book, sheet, context, places, columns).write()
    return places


def _places(
    book: SafeWorkbook, context: Context, columns: list[LedgerColumn]
) -> live_formulas.Places:
    rows = ledger_rows(context.criteria)
    options: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.input is None:
            continue
        never = allows_never(context.criteria, row.node.code, row.input)
        texts = hints.options_of(row.node, row.input, never, context.lang)
        if texts:
            reference = book.list_reference(texts).removeprefix("=")
            options[row.node.code, row.input.name] = reference
    keys = {column.key: place for place, column in enumerate(columns)}
    return live_formulas.Places(
        context.criteria, keys, rows, FIRST_ROW, layout.info_cell("year"), options
    )


class _Writer:
    """Writes one sheet; holds what its small steps share."""

    def __init__(
        self,
        book: SafeWorkbook,
        sheet: SafeSheet,
        context: Context,
        places: live_formulas.Places,
        columns: list[LedgerColumn],
    ) -> None:
        self.book, self.sheet, self.context, self.places = book, sheet, context, places
        self.columns, self.own_hints = columns, hints.set_hints(context.criteria, context.lang)
        self.last, self.live = places.index_row, live_places(places)
        self.titles = row_titles(context.criteria, context.lang)

    def write(self) -> None:
        """Write everything."""
        self._title()
        write_headings(self.sheet, HEADER_ROW, self.columns, self.context.lang)
        for number, row in enumerate(self.places.rows, start=FIRST_ROW):
            if row.is_node:
                self._node(number, row)
            if row.input is not None:
                self._entry(number, row, row.input)
            self._height(number, row)
        self._index()
        add_conditions(self.book, self.sheet, self.places, self.context.lang)
        self._finish()

    def put(self, key: str, row: int, value: object, look: str) -> None:
        if key in self.places.columns:
            self.sheet.write(row, self.places.columns[key], value, FORMATS[look])

    def formula(
        self, key: str, row: int, formula: str, value: float | str | bool, look: str = "machine"
    ) -> None:
        """Write a formula with its value; the value alone where nothing changes it."""
        if formula:
            place = (row, self.places.columns[key])
            self.sheet.write_formula(*place, f"={formula}", FORMATS[look], value=value)
        else:
            self.put(key, row, value, look)

    def advise(self, key: str, row: int, message: str, **more: Any) -> None:
        """Show `message` beside a cell; `more` is a title, a rule and what breaking it shows."""
        place = (row, self.places.columns[key])
        title = more.pop("title", layout.title(ASSESSMENT, key, self.context.lang))
        texts = {"title": hints.fitted(title), "message": hints.fitted(message, MESSAGE_LIMIT)}
        self.sheet.add_rule(place, place, **{"rule": {"validate": "any"}, **texts, **more})

    def _height(self, number: int, row: LedgerRow) -> None:
        """Make the row high enough for its wrapped texts."""
        widths = {column.key: column.width for column in self.columns}
        node, lang = row.node, self.context.lang
        if row.input is not None and not row.is_node:
            cells = [(self.titles[node.code, row.input_name], widths["name"] - 2)]
        else:
            cells = [(node.name(lang), widths["name"])]
            if node.is_item:
                sentence = self.context.criteria.rules[node.code].sentence(lang)
                cells.append((sentence, widths["rule"]))
        self.sheet.sheet.set_row(number, row_height(cells, bold=not node.parent))

    def _title(self) -> None:
        context, meta = self.context, self.context.criteria.meta
        warning = {"sample": "ledger_sample", "observed": "ledger_observed"}.get(meta.status)
        lines: list[tuple[str, FormatName]] = [
            (context.word("ledger_title"), "title"),
            (meta.name(context.lang), FORMATS["subtitle"]),
            (context.word(warning) if warning else "", FORMATS["warning"]),
        ]
        for row, (text, look) in enumerate(lines):
            if text:
                self.sheet.write_text(row, 0, text, look)
        context.write_whose(self.sheet, _WHOSE_ROW)
        self._progress()

    def _progress(self) -> None:
        """Write the line that says how far the evaluator has come."""
        context, live = self.context, self.live
        leaves = context.criteria.leaves
        index = f"{LIVE_SHEET}!{live.cell('points', live.index_row)}"
        decimal, other = (",", ".") if context.lang == "vi" else (".", ",")
        words = [context.word(f"ledger_progress_{part}") for part in ("done", "items", "points")]
        total = format_number(context.criteria.meta.total_points, lang=context.lang)
        formula = (
            f'="{words[0]}"&{LIVE_SHEET}!{live.cell("state", live.index_row)}&"{words[1]}"'
            f'&SUBSTITUTE(FIXED(N({index}),2,TRUE),"{other}","{decimal}")&"/{total}{words[2]}"'
        )
        points = 0.0 if math.isnan(context.results.index) else context.results.index
        shown = f"{points:.2f}".replace(".", decimal)
        text = f"{words[0]}{context.counted(leaves)}{words[1]}{shown}/{total}{words[2]}"
        self.sheet.write_formula(4, 0, formula, FORMATS["progress"], value=text)

    def _row(self, number: int, look: str, name: str, **cells: str) -> None:
        """Write what every row has: one look, its name, and the hidden codes that identify it."""
        for key in self.places.columns:
            self.put(key, number, None, look)
        self.put("code", number, cells.get("code"), cells.get("code_look", look))
        self.put("name", number, name, cells.get("name_look", look))
        self.put("item_code", number, cells["item_code"], "machine")
        if "input" in cells:
            self.put("input", number, cells["input"], "machine")
        self.put("key", number, cells.get("key", cells["item_code"]), "machine")

    def _result(self, key: str, number: int, live: str, value: float | str, look: str) -> None:
        """Write what the live sheet gives for the row."""
        own = self.places.cell("key", number, fixed_row=False)
        self.formula(key, number, live_result(live, own), value, look)

    def _sums(self, number: int, code: str, look: str, last: int) -> None:
        """Write the points of a node that has others below it, and how many of them are scored."""
        results, first = self.context.results, FIRST_ROW if code == INDEX_CODE else number + 1
        points = results.index if code == INDEX_CODE else results.points[code]
        self._target(number)
        self._result("self_points", number, "points", points, f"{look}_number")
        counted = self.context.counted(leaves_between(self.places, first, last))
        self._result("state", number, "state", counted, look)

    def _node(self, number: int, row: LedgerRow) -> None:
        node, lang, code = row.node, self.context.lang, row.node.code
        look = "area" if not node.parent else ("item" if node.is_item else "group")
        own = {"code": code, "code_look": f"{look}_code", "input": row.input_name}
        self._row(number, look, node.name(lang), item_code=code, **own)
        self.put("max_points", number, node.max_points, f"{look}_number")
        if node.is_item:
            self._item(number, node, look)
        else:
            self._sums(number, code, look, self.places.last_rows[code])
            if node.is_best_of:
                self.put("rule", number, self.context.word("best_of_sentence"), look)

    def _item(self, number: int, node: Node, look: str) -> None:
        result, code = self.context.results, node.code
        sentence = self.context.criteria.rules[code].sentence(self.context.lang)
        self.put("rule", number, sentence, "item" if node.parent else "area_text")
        self._target(number)
        self._result("self_points", number, "points", result.points[code], f"{look}_number")
        self._result("state", number, "state", result.states[code], look)
        self._texts(number, node)
        self._follow_up(number, node)

    def _follow_up(self, number: int, node: Node) -> None:
        """Write how many of the required documents are linked, with a link to what is required."""
        places, standing = self.places, self.context.standings[node.code]
        values: dict[str, float | bool | str] = {
            "lacking": standing.lacking,
            "due": day_number(standing.due),
            "unexplained": standing.is_unexplained,
            "to_do": number - FIRST_ROW + 1 if standing.is_to_do else "",
        }
        if needed := standing.required:
            is_na = self.context.results.is_na[node.code]
            values["proof"] = "" if is_na else f"{needed - standing.lacking}/{needed}"
        lang = self.context.lang
        formulas = follow_up(ASSESSMENT, number, places.columns, lang, needed=needed)
        for key, value in values.items():
            self.formula(key, number, formulas[key], value, "link" if key == "proof" else "machine")

    def _texts(self, number: int, node: Node) -> None:
        context, code = self.context, node.code
        explanation = context.texts.get((code, "explanation")) or context.filled.marked.get(code)
        self.put("documents", number, context.texts.get((code, "documents")), "entry_text")
        self.put("explanation", number, explanation, "entry_text")
        required = [one.said(context.lang) for one in context.required if one.item_code == code]
        hint = (
            context.word("ledger_hint_required", documents="; ".join(required)) if required else ""
        )
        self.advise("documents", number, f"{hint} {context.word('ledger_hint_documents')}".strip())
        if reminder := context.reminders.get(code, ""):
            self.advise("explanation", number, reminder)
        if allows_not_applicable(node):
            mark = MARK if code in context.filled.marked else None
            self.put("not_applicable", number, mark, "entry_mark")
            rule = {"validate": "list", "source": self.book.list_reference([MARK])}
            hint = context.word("ledger_hint_not_applicable")
            self.advise("not_applicable", number, hint, rule=rule, error=hint)

    def _entry(self, number: int, row: LedgerRow, entry: InputSpec) -> None:
        node, context, key = row.node, self.context, (row.node.code, entry.name)
        if not row.is_node:
            own = {"item_code": node.code, "input": row.input_name, "key": row.key}
            self._row(number, "input", self.titles[key], name_look="input_name", **own)
        value = context.filled.entries.get(key)
        self.put("entry", number, value, hints.LOOKS.get(entry.kind, "entry_number"))
        self.put("unit", number, entry.unit, "item" if row.is_node else "input")
        if context.previous:
            self.put("previous", number, _said(context.previous.get(key), context.lang), "previous")
        never = allows_never(context.criteria, node.code, entry)
        cell, options = self.places.cell("entry", number), self.places.options.get(key, "")
        checks: dict[str, Any] = {"title": entry.label(context.lang)}
        checks["rule"] = hints.validation(entry, cell, options, never)
        checks["error"] = hints.refusal(entry, context.lang)
        wrong = wrong_entry(self.places, self.live, row.input_name, number)
        self.formula("wrong", number, wrong, False)
        hint = hints.hint(node, entry, self.own_hints.get(key, ""), never, context.lang)
        self.advise("entry", number, hint, **checks)

    def _target(self, number: int) -> None:
        """Write the target set for a node on the sheet of targets; empty without a target."""
        own = self.places.cell("item_code", number, fixed_row=False)
        # MATCH keeps 1.1 and 1.10 apart, which SUMIF would take for the same number.
        formula = f'IFERROR(INDEX({TARGET_POINTS},MATCH({own},{TARGET_CODES},0)),"")'
        self.formula("target", number, formula, "")

    def _index(self) -> None:
        number, context = self.places.index_row, self.context
        self._row(number, "total", context.word("ledger_index_row"), item_code=INDEX_CODE)
        total = context.criteria.meta.total_points
        self.put("max_points", number, total, "total_number")
        self._sums(number, INDEX_CODE, "total", number - 1)

    def _signatures(self, row: int) -> None:
        """Write who signs: one high row, which no page break splits."""
        self.sheet.sheet.set_row(row, _SIGNATURE_POINTS)
        for key, who in (("name", "preparer"), ("rule", "head")):
            self.put(key, row, self.context.word(f"ledger_signature_{who}"), "signature")

    def _finish(self) -> None:
        visible = [place for place, column in enumerate(self.columns) if not column.hidden]
        raw = self.sheet.sheet
        self.sheet.print_on_a4(
            header_row=HEADER_ROW, top_row=_WHOSE_ROW, footer=self.context.footer
        )
        raw.freeze_panes(FIRST_ROW, 2)
        self._signatures(self.last + 2)
        raw.print_area(0, 0, self.last + 2, visible[-1])
        # With the hidden columns, so that sorting moves a row's codes along with its figures.
        raw.autofilter(HEADER_ROW, 0, self.last - 1, len(self.columns) - 1)
        self.sheet.protect()
        for name, top, bottom, key in (
            ("so_lieu_ke_khai", FIRST_ROW, self.last - 1, "entry"),
            ("diem_tu_danh_gia", FIRST_ROW, self.last - 1, "self_points"),
            ("chi_so", self.last, self.last, "self_points"),
        ):
            column = self.places.columns[key]
            self.book.define_name(name, ASSESSMENT, (top, column), (bottom, column))
        name_columns(self.book, ASSESSMENT, self.places.columns, FIRST_ROW, self.last)


def write_headings(
    sheet: SafeSheet, row: int, columns: Sequence[LedgerColumn], lang: str, *, high: bool = True
) -> None:
    """Write the headings of a table, and give its columns their widths."""
    for place, column in enumerate(columns):
        sheet.write_text(row, place, column.title(lang), "header")
        width = heading_width(column.title(lang), column.width)
        sheet.sheet.set_column(place, place, width, None, {"hidden": column.hidden})
    if high:
        shown = {c.title(lang): c.width for c in columns if not c.hidden}
        sheet.sheet.set_row(row, heading_height(shown, lang))


def _said(value: Entry, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return format_number(value, lang=lang)
    return format_date(value, lang) if isinstance(value, dt.date) else value
