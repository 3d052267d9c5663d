"""The hidden sheet that computes a ledger: its rows stand still, whatever people sort or insert.

Every row looks for its figure on ``Tự đánh giá`` by the key that travels with the row there, and
``Tự đánh giá`` takes its points from here by the same key. A row whose number or name is that of
another row, because only some columns were sorted, counts for nobody, as when it is scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scoring.base.values import INDEX_CODE
from scoring.criteria import Node
from scoring.evidence.ledger import layout
from scoring.evidence.ledger.layout import LIVE_SHEET
from scoring.evidence.ledger.sheets import live_formulas
from scoring.evidence.ledger.sheets.cell_styles import FORMATS
from scoring.evidence.ledger.sheets.live_formulas import LIVE_NAMES, Places
from scoring.evidence.ledger.template import LedgerRow, allows_not_applicable, row_titles
from scoring.files.excel.xlsx import SafeWorkbook

if TYPE_CHECKING:
    from scoring.evidence.ledger.sheets.assessment_sheet import Context

_NAMED = ("key", "points", "state")


def live_places(places: Places) -> Places:
    """Return where the live sheet keeps the rows of ``Tự đánh giá``."""
    columns = {column.key: place for place, column in enumerate(layout.columns(LIVE_SHEET))}
    return Places(places.criteria, columns, places.rows, 1, places.year, places.options)


def live_result(key: str, own_key: str) -> str:
    """Return the formula that takes a column of the live sheet by the cell `own_key`."""
    return f"INDEX({LIVE_NAMES}_{key},MATCH({own_key},{LIVE_NAMES}_key,0))"


def write_live(book: SafeWorkbook, context: Context, places: Places) -> None:
    """Write the sheet, every formula with what it comes to."""
    _LiveWriter(book, context, places).write()


class _LiveWriter:
    def __init__(self, book: SafeWorkbook, context: Context, places: Places) -> None:
        self.sheet = book.add_sheet(LIVE_SHEET, hidden=True)
        self.book, self.context, self.places = book, context, places
        self.titles = row_titles(context.criteria, context.lang)

    def write(self) -> None:
        for place, column in enumerate(layout.columns(LIVE_SHEET)):
            self.sheet.write_text(0, place, column.title(self.context.lang), FORMATS["machine"])
        for number, row in enumerate(self.places.rows, start=self.places.first):
            self._row(number, row)
        last = self.places.index_row
        self.sheet.write_text(last, self.places.columns["key"], INDEX_CODE)
        self._sums(last, INDEX_CODE, last - 1)
        columns = self.places.columns
        for key in _NAMED:
            first, end = (self.places.first, columns[key]), (last, columns[key])
            self.book.define_name(f"{LIVE_NAMES}_{key}", LIVE_SHEET, first, end)
        self.sheet.protect()

    def _put(self, key: str, row: int, formula: str, value: float | str | bool) -> None:
        """Write a formula with its value; the value alone where nothing changes it."""
        if formula:
            self.sheet.write_formula(row, self.places.columns[key], f"={formula}", value=value)
        else:
            self.sheet.write(row, self.places.columns[key], value)

    def _row(self, number: int, row: LedgerRow) -> None:
        node, own = row.node, (row.node.code, row.input_name)
        told = node.code if row.is_node else self.titles[own]
        self.sheet.write_text(number, self.places.columns["key"], row.key)
        self.sheet.write_text(number, self.places.columns["told"], told)
        if node.is_item:
            self._found(number, row)
        if row.input is not None:
            value = self.context.filled.entries.get(own)
            self._mirror("entry", number, "" if value is None else value)
        if row.is_node and node.is_item:
            self._item(number, node)
        elif row.is_node:
            self._sums(number, node.code, self.places.last_rows[node.code])

    def _found(self, number: int, row: LedgerRow) -> None:
        """Write where the row stands now; 0 where it is gone, or seen as another one."""
        key, told = (self.places.cell(name, number) for name in ("key", "told"))
        seen = "code" if row.is_node else "name"
        shown = f"INDEX(tdg_{seen},MATCH({key},tdg_key,0))"
        names = self.places.span("told", self.places.first, self.places.index_row - 1)
        parted = f"AND({shown}<>{told},ISNUMBER(MATCH({shown},{names},0)))"
        formula = f"IFERROR(IF({parted},0,MATCH({key},tdg_key,0)),0)"
        self._put("at", number, formula, number - self.places.first + 1)

    def _mirror(self, key: str, number: int, value: object) -> None:
        """Write what stands on ``Tự đánh giá``; an empty cell is empty text and never a zero."""
        at = self.places.cell("at", number)
        there = f"INDEX(tdg_{key},{at})"
        formula = f'IFERROR(IF({at}=0,"",IF(ISBLANK({there}),"",{there})),"#")'
        self._put(key, number, formula, live_formulas.cached(value))

    def _item(self, number: int, node: Node) -> None:
        places, result, code = self.places, self.context.results, node.code
        if allows_not_applicable(node):
            marked = code in self.context.filled.marked
            self._mirror("not_applicable", number, layout.MARK if marked else "")
        if is_na := live_formulas.is_na_formula(places, node):
            self._put("is_na", number, is_na, result.is_na[code])
        self._put("points", number, live_formulas.points_formula(places, code), result.points[code])
        state = live_formulas.item_state_formula(places, node, self.context.lang)
        self._put("state", number, state, result.states[code])
        if given := live_formulas.given_up_formula(places, code):
            self._put("given_up", number, given, node.max_points if result.is_na[code] else 0.0)
        self._applicable(number, code)

    def _applicable(self, number: int, code: str) -> None:
        formula = live_formulas.applicable_formula(self.places, code)
        self._put("applicable", number, formula, self.context.results.applicable[code])

    def _sums(self, number: int, code: str, last: int) -> None:
        """Write the points of a node that has others below it, and how many of them are scored."""
        results, is_index = self.context.results, code == INDEX_CODE
        points = results.index if is_index else results.points[code]
        self._put("points", number, live_formulas.points_formula(self.places, code), points)
        first = self.places.first if is_index else number + 1
        leaves = leaves_between(self.places, first, last)
        lang = self.context.lang
        counts = live_formulas.state_counts(self.places, first, last, len(leaves), lang)
        self._put("state", number, '&"/"&'.join(counts), self.context.counted(leaves))
        if not is_index:
            self._applicable(number, code)


def leaves_between(places: Places, first: int, last: int) -> Sequence[Node]:
    """Return the items whose rows stand from `first` to `last`."""
    rows = places.node_rows
    return [leaf for leaf in places.criteria.leaves if first <= rows[leaf.code] <= last]
