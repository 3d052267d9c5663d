"""The roll-up as Excel formulas: what a ledger shows while it is being filled in.

Open items count as nothing yet, so the sheet shows what is reached so far. Apart from that every
formula says what `scoring.points.rollup` computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_rowcol_to_cell

from scoring.base.labels import label
from scoring.criteria import CriteriaSet, Node
from scoring.criteria.model import SetMeta
from scoring.evidence.ledger.template import MARK, LedgerRow, allows_not_applicable, is_best_of
from scoring.rules.evaluate import best_name
from scoring.rules.excel import ExcelInput
from scoring.rules.expression import YEAR

# Excel takes at most 255 arguments.
_MOST_ARGUMENTS = 200


@dataclass(frozen=True)
class Places:
    """Where ``Tự đánh giá`` keeps things; rows and columns count from 0.

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

    def cell(self, key: str, row: int) -> str:
        """Return the absolute reference of a cell of the sheet."""
        return str(xl_rowcol_to_cell(row, self.columns[key], row_abs=True, col_abs=True))

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


def _function(name: str, arguments: str) -> str:
    """Write a call; a list longer than Excel takes is nested."""
    parts = arguments.split(",")
    if len(parts) <= _MOST_ARGUMENTS:
        return f"{name}({arguments})"
    chunks = [parts[at : at + _MOST_ARGUMENTS] for at in range(0, len(parts), _MOST_ARGUMENTS)]
    return f"{name}({','.join(f'{name}({chr(44).join(chunk)})' for chunk in chunks)})"


def number(value: float) -> str:
    """Write a constant as Excel reads it."""
    return repr(float(value)) if value % 1 else str(int(value))


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


def item_points_formula(places: Places, node: Node) -> str:
    """Return the points of an item; empty text while it is open."""
    formula = places.criteria.rules[node.code].excel_formula(places.excel_inputs(node))
    meta = places.criteria.meta
    if meta.rounding_stage == "item" or (meta.rounding_stage == "area" and not node.parent):
        formula = f"ROUND({formula},{meta.decimals})"
    row = places.node_rows[node.code]
    instead = points_when_not_applicable(places.criteria, node)
    shown = '""' if instead is None else number(instead)
    if not is_na_formula(places, node):
        return f'IFERROR({formula},"")'
    return f'IF({places.cell("is_na", row)},{shown},IFERROR({formula},""))'


def points_when_not_applicable(criteria: CriteriaSet, node: Node) -> float | None:
    """Return what an item that does not apply counts as; None where it shows nothing."""
    assert node.spec is not None
    if node.spec.not_applicable == "full":
        return node.max_points
    parent = criteria.by_code.get(node.parent)
    competes = parent is not None and is_best_of(parent)
    dropped = node.spec.not_applicable in ("drop", "redistribute")
    return None if dropped and not competes else 0.0


def item_applicable_formula(places: Places, node: Node) -> str:
    """Return the maximum of an item that applies to the unit; empty where it never changes."""
    assert node.spec is not None
    dropped = node.spec.not_applicable in ("drop", "redistribute")
    if not dropped or not is_na_formula(places, node):
        return ""
    is_na = places.cell("is_na", places.node_rows[node.code])
    return f"IF({is_na},0,{number(node.max_points)})"


def given_up_formula(places: Places, node: Node) -> str | None:
    """Return the points an item gives to its siblings when it does not apply."""
    if node.spec is None or node.spec.not_applicable != "redistribute":
        return None
    is_na = places.cell("is_na", places.node_rows[node.code])
    return f"IF({is_na},{number(node.max_points)},0)"


def item_state_formula(places: Places, node: Node, lang: str) -> str:
    """Return the state of an item in words."""
    assert node.spec is not None
    row = places.node_rows[node.code]
    entries = places.entries(node)
    count = len(node.spec.inputs)
    scored, is_open, is_na, check = (
        label(f"ledger_state_{state}", lang)
        for state in ("scored", "open", "not_applicable", "check")
    )
    waiting = f'IF({_function("COUNTA", entries)}={count},"{check}","{is_open}")'
    points = places.cell("self_points", row)
    return f'IF({places.cell("is_na", row)},"{is_na}",IF(ISNUMBER({points}),"{scored}",{waiting}))'


def _sharing(places: Places, children: Sequence[Node]) -> str:
    """Return the factor by which children make up for siblings that do not apply; may be empty."""
    givers = [
        child for child in children if child.spec and child.spec.not_applicable == "redistribute"
    ]
    if not givers:
        return ""
    applicable = _function("SUM", places.children("applicable", children))
    given = _function("SUM", places.children("given_up", givers))
    return f"IF({applicable}>0,({applicable}+{given})/{applicable},1)"


def parent_points_formula(places: Places, node: Node) -> str:
    """Return what the children of a node have reached so far."""
    children = places.criteria.children(node.code)
    points = places.children("self_points", children)
    if is_best_of(node):
        return f"IF({_function('COUNT', points)}=0,0,{_function('MAX', points)})"
    factor = _sharing(places, children)
    total = _function("SUM", points) + (f"*{factor}" if factor else "")
    meta = places.criteria.meta
    if meta.rounding_stage == "area" and not node.parent:
        return f"ROUND({total},{meta.decimals})"
    return total


def parent_applicable_formula(places: Places, node: Node) -> str:
    """Return the maximum of a node that applies to the unit."""
    children = places.criteria.children(node.code)
    applicable = places.children("applicable", children)
    if is_best_of(node):
        return f"IF({_function('MAX', applicable)}>0,{number(node.max_points)},0)"
    factor = _sharing(places, children)
    return _function("SUM", applicable) + (f"*{factor}" if factor else "")


def counted_state_formula(places: Places, first: int, last: int, items: int, lang: str) -> str:
    """Return how many items of some rows are scored, of how many that apply, as ``3/5``."""
    scored, applicable = state_counts(places, first, last, items, lang)
    return f'{scored}&"/"&{applicable}'


def state_counts(places: Places, first: int, last: int, items: int, lang: str) -> tuple[str, str]:
    """Return the formulas that count scored items and items that apply."""
    span = places.span("state", first, last)
    scored = label("ledger_state_scored", lang)
    is_na = label("ledger_state_not_applicable", lang)
    return f'COUNTIF({span},"{scored}")', f'({items}-COUNTIF({span},"{is_na}"))'


def index_formula(places: Places) -> str:
    """Return the index as far as it is reached, empty text while nothing applies."""
    criteria, meta = places.criteria, places.criteria.meta
    earned = _function("SUM", places.children("self_points", criteria.areas))
    applicable = _function("SUM", places.children("applicable", criteria.areas))
    total = number(meta.total_points)
    index = f"IF(ABS({applicable}-{total})<0.000000001,{earned},{earned}/{applicable}*{total})"
    extra = _outside(places, "bonus", "+", meta.bonus_cap_points)
    extra += _outside(places, "penalty", "-", meta.penalty_cap_points)
    if extra:
        index = f"MAX(0,{index}{extra})"
        index = index if meta.may_exceed_total else f"MIN({total},{index})"
    if meta.rank_on == "rounded":
        index = f"ROUND({index},{meta.decimals})"
    return f'IF({applicable}>0,{index},"")'


def _outside(places: Places, kind: str, sign: str, cap: float) -> str:
    roots = [node for node in places.criteria.nodes if not node.parent and node.kind == kind]
    if not roots:
        return ""
    extra = _function("SUM", places.children("self_points", roots))
    return sign + (extra if math.isnan(cap) else f"MIN({extra},{number(cap)})")


def index_so_far(
    meta: SetMeta,
    earned: float,
    applicable: float,
    bonus: float,
    penalty: float,
    rounded: Callable[[float, int], float],
) -> float:
    """Return what `index_formula` gives, for the cached result; NaN while nothing applies."""
    if applicable <= 0:
        return math.nan
    plain = abs(applicable - meta.total_points) < 1e-9
    index = earned if plain else earned / applicable * meta.total_points
    for extra, cap, sign in (
        (bonus, meta.bonus_cap_points, 1),
        (penalty, meta.penalty_cap_points, -1),
    ):
        index += sign * (extra if math.isnan(cap) else min(extra, cap))
    if bonus or penalty:
        index = max(0.0, index if meta.may_exceed_total else min(index, meta.total_points))
    return rounded(index, meta.decimals) if meta.rank_on == "rounded" else index
