"""Writing ``Tự đánh giá``: the table evaluators know, with live points."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.base.dates import format_date
from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.criteria import CriteriaSet, Node
from scoring.evidence.ledger import hints, layout, live_formulas
from scoring.evidence.ledger.cell_styles import FORMATS, HEADER_HEIGHT, row_height
from scoring.evidence.ledger.filling import Entry, Filling, Results
from scoring.evidence.ledger.layout import ASSESSMENT, MARK, LedgerColumn
from scoring.evidence.ledger.status_colours import add_conditions
from scoring.evidence.ledger.template import (
    LedgerRow,
    allows_never,
    allows_not_applicable,
    ledger_rows,
)
from scoring.files.xlsx import FormatName, SafeSheet, SafeWorkbook

HEADER_ROW = 5
FIRST_ROW = HEADER_ROW + 1
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
    year_cell: str
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    previous: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    reminders: Mapping[str, str] = field(default_factory=dict)

    def word(self, key: str, **values: object) -> str:
        """Return a label in the language of the ledger."""
        return label(key, self.lang, **values)

    @property
    def footer(self) -> str:
        """What stands at the foot of every printed page."""
        parts = {"set": self.criteria.meta.name(self.lang), "unit": self.unit_name}
        return self.word("ledger_footer", **parts, year=self.year)


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
    writer = _Writer(book, sheet, context, places, columns)
    writer.write()
    return places


def _places(
    book: SafeWorkbook, context: Context, columns: list[LedgerColumn]
) -> live_formulas.Places:
    rows = ledger_rows(context.criteria)
    options: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.input is None or row.is_peer:
            continue
        never = allows_never(context.criteria, row.node.code, row.input)
        texts = hints.options_of(row.node, row.input, never, context.lang)
        if texts:
            reference = book.list_reference(texts).removeprefix("=")
            options[row.node.code, row.input.name] = reference
    keys = {column.key: place for place, column in enumerate(columns)}
    return live_formulas.Places(context.criteria, keys, rows, FIRST_ROW, context.year_cell, options)


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
        self.last = places.index_row

    def write(self) -> None:
        """Write everything."""
        self._title()
        for place, column in enumerate(self.columns):
            self.sheet.write_text(HEADER_ROW, place, column.title(self.context.lang), "header")
            self.sheet.sheet.set_column(place, place, column.width, None, {"hidden": column.hidden})
        self.sheet.sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
        for number, row in enumerate(self.places.rows, start=FIRST_ROW):
            if row.is_node:
                self._node(number, row)
            if row.input is not None:
                self._entry(number, row)
            self._height(number, row)
        self._index()
        add_conditions(self.book, self.sheet, self.places, self.context.lang)
        self._finish()

    def put(self, key: str, row: int, value: object, look: FormatName) -> None:
        if key in self.places.columns:
            self.sheet.write(row, self.places.columns[key], value, look)

    def formula(
        self, key: str, row: int, formula: str, value: float | str | bool, look: FormatName
    ) -> None:
        self.sheet.write_formula(row, self.places.columns[key], f"={formula}", look, value=value)

    def _height(self, number: int, row: LedgerRow) -> None:
        """Make the row high enough for its wrapped texts."""
        widths = {column.key: column.width for column in self.columns}
        node, lang = row.node, self.context.lang
        if not row.is_node:
            assert row.input is not None
            cells = [(row.input.label(lang), widths["name"] - 2)]
        else:
            cells = [(node.name(lang), widths["name"])]
            if node.is_item:
                sentence = self.context.criteria.rules[node.code].sentence(lang)
                cells.append((sentence, widths["rule"]))
        self.sheet.sheet.set_row(number, row_height(cells, bold=not node.parent))

    def _title(self) -> None:
        context, meta = self.context, self.context.criteria.meta
        self.sheet.write_text(0, 0, context.word("ledger_title"), "title")
        name = meta.name(context.lang)
        warning = {"sample": "ledger_sample", "observed": "ledger_observed"}.get(meta.status)
        self.sheet.write_text(1, 0, name, FORMATS["subtitle"])
        if warning:
            self.sheet.write_text(2, 0, context.word(warning), FORMATS["warning"])
        unit = {"unit": context.unit_name, "year": context.year, "period": context.period}
        self.sheet.write_text(3, 0, context.word("ledger_unit_year", **unit), FORMATS["plain"])
        self._progress()

    def _progress(self) -> None:
        """Write the line that says how far the evaluator has come."""
        context, places = self.context, self.places
        items = len(context.criteria.leaves)
        span = (FIRST_ROW, places.index_row - 1, items, context.lang)
        scored, applicable = live_formulas.state_counts(places, *span)
        index = places.cell("self_points", places.index_row)
        marks = ('".",","', ",") if context.lang == "vi" else ('",","."', ".")
        words = [context.word(f"ledger_progress_{part}") for part in ("done", "items", "points")]
        total = format_number(context.criteria.meta.total_points, lang=context.lang)
        formula = (
            f'"{words[0]}"&{scored}&"/"&{applicable}&"{words[1]}"'
            f'&SUBSTITUTE(FIXED(N({index}),2,TRUE),{marks[0]})&"/{total}{words[2]}"'
        )
        points = 0.0 if math.isnan(context.results.index) else context.results.index
        counted = self._counted(context.criteria.leaves)
        shown = f"{points:.2f}".replace(".", marks[1])
        text = f"{words[0]}{counted}{words[1]}{shown}/{total}{words[2]}"
        self.sheet.write_formula(4, 0, f"={formula}", FORMATS["progress"], value=text)

    def _counted(self, leaves: tuple[Node, ...]) -> str:
        states = [self.context.results.states[node.code] for node in leaves]
        na = self.context.word("ledger_state_not_applicable")
        return f"{states.count(self.context.word('ledger_state_scored'))}/{len(states) - states.count(na)}"

    def _node(self, number: int, row: LedgerRow) -> None:
        node, lang = row.node, self.context.lang
        area = "area" if not node.parent else ("item" if node.is_item else "group")
        look, code_look = FORMATS[area], FORMATS[f"{area}_code"]
        number_look = FORMATS[f"{area}_number"]
        for key in self.places.columns:
            self.put(key, number, None, look)
        self.put("code", number, node.code, code_look)
        self.put("name", number, node.name(lang), look)
        self.put("max_points", number, node.max_points, number_look)
        self.put("item_code", number, node.code, FORMATS["machine"])
        self.put("input", number, row.input_name, FORMATS["machine"])
        self._target(number, node.code)
        if node.is_item:
            self._item(number, node, look, number_look)
        else:
            self._parent(number, node, look, number_look)

    def _item(self, number: int, node: Node, look: FormatName, number_look: FormatName) -> None:
        places, result = self.places, self.context.results
        rule = self.context.criteria.rules[node.code]
        sentence_look = FORMATS["item" if node.parent else "area_text"]
        self.put("rule", number, rule.sentence(self.context.lang), sentence_look)
        is_na = live_formulas.is_na_formula(places, node)
        if is_na:
            self.formula("is_na", number, is_na, result.is_na[node.code], FORMATS["machine"])
        formula = live_formulas.points_formula(places, node.code)
        self.formula("self_points", number, formula, result.points[node.code], number_look)
        state = live_formulas.item_state_formula(places, node, self.context.lang)
        self.formula("state", number, state, result.states[node.code], look)
        formula = live_formulas.applicable_formula(places, node.code)
        maximum = result.applicable[node.code]
        if formula:
            self.formula("applicable", number, formula, maximum, FORMATS["machine"])
        else:
            self.put("applicable", number, maximum, FORMATS["machine"])
        given = live_formulas.given_up_formula(places, node.code)
        if given:
            value = node.max_points if result.is_na[node.code] else 0.0
            self.formula("given_up", number, given, value, FORMATS["machine"])
        self._texts(number, node)

    def _texts(self, number: int, node: Node) -> None:
        context = self.context
        for key in ("documents", "explanation"):
            text = context.texts.get((node.code, key), "")
            if key == "explanation":
                text = text or context.filled.marked.get(node.code, "")
            self.put(key, number, text, FORMATS["entry_text"])
        place = (number, self.places.columns["documents"])
        self._message(
            place,
            layout.title(ASSESSMENT, "documents", context.lang),
            context.word("ledger_hint_documents"),
        )
        reminder = context.reminders.get(node.code, "")
        if reminder:
            place = (number, self.places.columns["explanation"])
            self._message(place, layout.title(ASSESSMENT, "explanation", context.lang), reminder)
        if allows_not_applicable(node):
            mark = MARK if node.code in context.filled.marked else None
            self.put("not_applicable", number, mark, FORMATS["entry_mark"])
            place = (number, self.places.columns["not_applicable"])
            self.sheet.add_list(
                place,
                place,
                [MARK],
                title=hints.fitted(layout.title(ASSESSMENT, "not_applicable", context.lang)),
                message=context.word("ledger_hint_not_applicable"),
                error=context.word("ledger_hint_not_applicable"),
            )

    def _message(self, place: tuple[int, int], title: str, text: str) -> None:
        message = hints.fitted(text, 255)
        self.sheet.add_rule(
            place, place, {"validate": "any"}, title=hints.fitted(title), message=message
        )

    def _parent(self, number: int, node: Node, look: FormatName, number_look: FormatName) -> None:
        places, result = self.places, self.context.results
        formula = live_formulas.points_formula(places, node.code)
        self.formula("self_points", number, formula, result.points[node.code], number_look)
        formula = live_formulas.applicable_formula(places, node.code)
        self.formula(
            "applicable", number, formula, result.applicable[node.code], FORMATS["machine"]
        )
        below = self._leaves_below(node)
        span = (number + 1, places.last_rows[node.code], len(below), self.context.lang)
        formula = live_formulas.counted_state_formula(places, *span)
        self.formula("state", number, formula, self._counted(below), look)
        if node.is_best_of:
            self.put("rule", number, self.context.word("best_of_sentence"), look)

    def _leaves_below(self, node: Node) -> tuple[Node, ...]:
        rows = self.places
        first, last = rows.node_rows[node.code], rows.last_rows[node.code]
        leaves = self.context.criteria.leaves
        return tuple(leaf for leaf in leaves if first <= rows.node_rows[leaf.code] <= last)

    def _entry(self, number: int, row: LedgerRow) -> None:
        assert row.input is not None
        node, entry, context = row.node, row.input, self.context
        if not row.is_node:
            self._input_row(number, row)
        look = FORMATS[hints.LOOKS.get(entry.kind, "entry_number")]
        never = not row.is_peer and allows_never(context.criteria, node.code, entry)
        value = context.filled.entries.get((node.code, entry.name))
        self.put("entry", number, value, look)
        self.put(
            "unit", number, entry.unit, FORMATS["input"] if not row.is_node else FORMATS["item"]
        )
        if context.previous:
            previous = _said(context.previous.get((node.code, entry.name)), context.lang)
            self.put("previous", number, previous, FORMATS["previous"])
        place = (number, self.places.columns["entry"])
        rule: dict[str, Any] = {"validate": "any"}
        if not row.is_peer:
            options = self.places.options.get((node.code, entry.name), "")
            rule = hints.validation(entry, self.places.cell("entry", number), options, never)
        own = "" if row.is_peer else self.own_hints.get((node.code, entry.name), "")
        self.sheet.add_rule(
            place,
            place,
            rule,
            title=hints.fitted(entry.label(context.lang)),
            message=hints.hint(node, entry, own, never, context.lang),
            error="" if row.is_peer else hints.refusal(entry, context.lang),
        )

    def _input_row(self, number: int, row: LedgerRow) -> None:
        assert row.input is not None
        for key in self.places.columns:
            self.put(key, number, None, FORMATS["input"])
        name = row.input.label(self.context.lang)
        if row.is_peer:
            name = self.context.word("ledger_peer_best", name=name)
        self.put("name", number, name, FORMATS["input_name"])
        self.put("item_code", number, row.node.code, FORMATS["machine"])
        self.put("input", number, row.input_name, FORMATS["machine"])

    def _target(self, number: int, code: str) -> None:
        """Write the target set for a node on the sheet of targets, empty while there is none."""
        own = self.places.cell("item_code", number)
        # MATCH keeps 1.1 and 1.10 apart, which SUMIF would take for the same number.
        formula = f'IFERROR(INDEX({TARGET_POINTS},MATCH({own},{TARGET_CODES},0)),"")'
        self.formula("target", number, formula, "", FORMATS["machine"])

    def _index(self) -> None:
        number, context = self.places.index_row, self.context
        for key in self.places.columns:
            self.put(key, number, None, FORMATS["total"])
        self.put("name", number, context.word("ledger_index_row"), FORMATS["total"])
        total = context.criteria.meta.total_points
        self.put("max_points", number, total, FORMATS["total_number"])
        self.put("item_code", number, "INDEX", FORMATS["machine"])
        self._target(number, "INDEX")
        formula = live_formulas.points_formula(self.places, "INDEX")
        self.formula("self_points", number, formula, context.results.index, FORMATS["total_number"])
        leaves = context.criteria.leaves
        span = (FIRST_ROW, number - 1, len(leaves), context.lang)
        formula = live_formulas.counted_state_formula(self.places, *span)
        self.formula("state", number, formula, self._counted(leaves), FORMATS["total"])

    def _finish(self) -> None:
        visible = [place for place, column in enumerate(self.columns) if not column.hidden]
        raw = self.sheet.sheet
        self.sheet.print_on_a4(header_row=HEADER_ROW, footer=self.context.footer)
        raw.freeze_panes(FIRST_ROW, 2)
        raw.print_area(0, 0, self.last, visible[-1])
        # With the hidden columns, so that sorting moves a row's codes along with its figures.
        raw.autofilter(HEADER_ROW, 0, self.last - 1, len(self.columns) - 1)
        self.sheet.protect()
        entry = self.places.columns["entry"]
        names = {"so_lieu_ke_khai": (FIRST_ROW, self.last - 1, entry)}
        names["diem_tu_danh_gia"] = (FIRST_ROW, self.last - 1, self.places.columns["self_points"])
        names["chi_so"] = (self.last, self.last, self.places.columns["self_points"])
        for name, (top, bottom, column) in names.items():
            self.book.define_name(name, ASSESSMENT, (top, column), (bottom, column))


def _said(value: Entry, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return format_number(value, lang=lang)
    return format_date(value, lang) if isinstance(value, dt.date) else value
