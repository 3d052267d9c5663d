"""The roll-up as Excel formulas: what a ledger shows while it is being filled in.

Open items count as nothing yet, so the sheet shows what is reached so far. Apart from that every
formula is written from the rules that `scoring.points.rollup` computes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xlsxwriter.utility import xl_rowcol_to_cell

from scoring.base.labels import label
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet, Node
from scoring.criteria.roll_up_rules import computed
from scoring.evidence.ledger.layout import MARK
from scoring.evidence.ledger.template import LedgerRow, allows_not_applicable
from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name
from scoring.rules.excel import ExcelInput, ExcelPen
from scoring.rules.expression import YEAR

# The names by which formulas call the columns of the live sheet.
LIVE_NAMES = "tinh"


@dataclass(frozen=True)
class Places:
    """Where a sheet keeps the rows of the set; rows and columns count from 0.

    ``Tự đánh giá`` has them where people see them and may move them, the hidden live sheet where
    formulas find them.

    Attributes
    ----------
    columns : mapping of column key to column
    rows : list of LedgerRow
        The rows of the table, from row `first` on.
    year : str
        Reference to the assessment year.
    options : mapping of (item code, input) to str
        Range with the options of a drop-down; see `ExcelInput.options`.
    """

    criteria: CriteriaSet
    columns: Mapping[str, int]
    rows: Sequence[LedgerRow]
    first: int
    year: str
    options: Mapping[tuple[str, str], str]
    node_rows: dict[str, int] = field(init=False, default_factory=dict)
    last_rows: dict[str, int] = field(init=False, default_factory=dict)
    entry_rows: dict[tuple[str, str], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=self.first):
            if row.is_node:
                self.node_rows[row.node.code] = number
            if row.input_name:
                self.entry_rows[row.node.code, row.input_name] = number
            code = row.node.code
            while code:
                self.last_rows[code] = number
                code = self.criteria.node(code).parent

    @property
    def index_row(self) -> int:
        """Row of the index, below the table."""
        return self.first + len(self.rows)

    def cell(self, key: str, row: int, *, fixed_row: bool = True) -> str:
        """Return the reference of a cell of the sheet; without `fixed_row` it moves when sorted."""
        return str(xl_rowcol_to_cell(row, self.columns[key], row_abs=fixed_row, col_abs=True))

    def span(self, key: str, first: int, last: int) -> str:
        """Return the absolute reference of cells one below the other."""
        return f"{self.cell(key, first)}:{self.cell(key, last)}"

    def entries(self, node: Node) -> str:
        """Return the reference of the entry cells of an item, without peers' best values."""
        assert node.spec is not None
        rows = [self.entry_rows[node.code, entry.name] for entry in node.spec.inputs]
        return ",".join(self.cell("entry", row) for row in rows)

    def children(self, key: str, nodes: Sequence[Node]) -> str:
        """Return the arguments that name the cells of `nodes` in column `key`.

        Items standing together are one range, so that the formula stays short.
        """
        siblings = all(node.is_item and node.parent == nodes[0].parent != "" for node in nodes)
        if len(nodes) > 1 and siblings:
            return self.span(key, self.node_rows[nodes[0].code], self.node_rows[nodes[-1].code])
        return ",".join(self.cell(key, self.node_rows[node.code]) for node in nodes)

    @cached_property
    def pen(self) -> ExcelPen:
        """The pen that writes the roll-up with the cells of this sheet."""
        return ExcelPen({}, self._place, nothing="0")

    def _place(self, column: str, codes: Sequence[str]) -> str:
        nodes = [self.criteria.node(code) for code in codes]
        if column == ex.EARNED:
            return self.criteria.rules[codes[0]].excel_formula(self.excel_inputs(nodes[0]))
        return self.children(column, nodes)

    def excel_inputs(self, node: Node) -> dict[str, ExcelInput]:
        """Return where the rule of an item finds its figures."""
        assert node.spec is not None
        cells = {YEAR: ExcelInput(self.year, "number")}
        for entry in node.spec.inputs:
            place = self.cell("entry", self.entry_rows[node.code, entry.name])
            options = self.options.get((node.code, entry.name), "")
            cells[entry.name] = ExcelInput(place, entry.kind, options)
            peer = self.entry_rows.get((node.code, best_name(entry.name)))
            if peer is not None:
                cells[best_name(entry.name)] = ExcelInput(self.cell("entry", peer), "number")
        return cells


def is_na_formula(places: Places, node: Node) -> str:
    """Return the condition that an item does not apply: marked so, or by its own figures.

    Empty where the item always applies.
    """
    own = places.criteria.rules[node.code].excel_not_applicable(places.excel_inputs(node))
    tests = [own] if own else []
    if allows_not_applicable(node):
        mark = places.cell("not_applicable", places.node_rows[node.code])
        tests.insert(0, f'{mark}="{MARK}"')
    if not tests:
        return ""
    # A figure of the wrong kind must not spread an error over the sheet.
    return f"IFERROR({tests[0] if len(tests) == 1 else 'OR(' + ','.join(tests) + ')'},FALSE())"


def points_formula(places: Places, code: str) -> str:
    """Return the points of a node, or of the index, as far as they are reached.

    Empty text while an item is open, or where nothing applies to the unit.
    """
    return places.pen.write(places.criteria.roll_up.points[code])


def applicable_formula(places: Places, code: str) -> str:
    """Return the maximum of a node that applies to the unit; empty where it never changes."""
    rule = places.criteria.roll_up.applicable[code]
    return "" if isinstance(rule, ex.Number) else places.pen.write(rule)


def given_up_formula(places: Places, code: str) -> str:
    """Return the points an item gives to its siblings when it does not apply; may be empty."""
    rule = places.criteria.roll_up.given_up.get(code)
    return places.pen.write(rule) if rule else ""


def points_when_not_applicable(criteria: CriteriaSet, code: str) -> float | None:
    """Return what an item that does not apply counts as; None where its cell stays empty."""
    rule = criteria.roll_up.points[code]
    instead = rule.then if isinstance(rule, ex.If) else None
    return instead.value if isinstance(instead, ex.Number) else None


def item_state_formula(places: Places, node: Node, lang: str) -> str:
    """Return the state of an item in words."""
    assert node.spec is not None
    row = places.node_rows[node.code]
    count = len(node.spec.inputs)
    # An empty entry comes as empty text, which COUNTA would count.
    given = "+".join(f'({cell}<>"")' for cell in places.entries(node).split(","))
    given = given if count > 1 else f"N{given}"
    scored, is_open, half, is_na, check = (
        label(f"ledger_state_{state}", lang)
        for state in ("scored", "open", "half", "not_applicable", "check")
    )
    some = f'IF({given}>0,"{half}","{is_open}")' if count > 1 else f'"{is_open}"'
    waiting = f'IF({given}={count},"{check}",{some})'
    points = places.cell("points", row)
    return f'IF({places.cell("is_na", row)},"{is_na}",IF(ISNUMBER({points}),"{scored}",{waiting}))'


def state_counts(places: Places, first: int, last: int, items: int, lang: str) -> tuple[str, str]:
    """Return the formulas that count scored items and items that apply."""
    span = places.span("state", first, last)
    scored = label("ledger_state_scored", lang)
    is_na = label("ledger_state_not_applicable", lang)
    return f'COUNTIF({span},"{scored}")', f'({items}-COUNTIF({span},"{is_na}"))'


def cached(value: object) -> float | str | bool:
    """Return an entry as the result of a formula that repeats it: a day as its number."""
    if isinstance(value, dt.date):
        return float((value - dt.date(1899, 12, 30)).days)
    return value if isinstance(value, float | str | bool) else float(str(value))


def index_so_far(criteria: CriteriaSet, columns: Mapping[str, Mapping[str, float]]) -> float:
    """Return what the formula of the index gives, for the cached result.

    Parameters
    ----------
    columns : mapping of column to mapping of code to float
        ``points`` and ``applicable`` of the nodes; what is open counts as nothing yet.
    """
    reached = {
        code: 0.0 if math.isnan(points) else points for code, points in columns["points"].items()
    }
    return computed(criteria.roll_up.points[INDEX_CODE], {**columns, "points": reached})
