"""A criteria set in memory: what the decision says, ready for rules, workbooks and scoring."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.due_dates import read_due_date
from scoring.base.findings import Finding
from scoring.base.same_unknown import SameUnknown
from scoring.base.text import code_key, without_marks
from scoring.criteria.columns import cell_name, without_unused
from scoring.criteria.roll_up_rules import RollUp, roll_up_rules
from scoring.rules import CompiledRule, RuleSpec, compile_rule
from scoring.rules.expression import Condition
from scoring.rules.formula import parse_condition
from scoring.tables import columns_of, table_of

BEST_OF = "best_of"
_T = TypeVar("_T")
Ties = Literal["min", "dense", "max"]
# What proof can be, short of sufficient; the causes of a gap of the same names.
PROOF_STATES = ("no-evidence", "late", "evidence-invalid")


def listed_codes(text: str) -> tuple[str, ...]:
    """Return the codes of a cell that lists several.

    >>> listed_codes("VIII; V")
    ('VIII', 'V')
    """
    return tuple(code.strip() for code in text.split(";") if code.strip())


@dataclass(frozen=True, slots=True, eq=False)
class Grade(SameUnknown):
    """A class of the index, such as A or "Tốt", between two ends on the set's total.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> best = open_set("department-sample").meta.grades[0]
    >>> best.label("vi"), best.lower, best.upper
    ('Tốt (mẫu)', 90, inf)
    """

    code: str
    label_vi: str
    label_en: str
    lower: float
    upper: float
    lower_closed: bool
    upper_closed: bool

    def label(self, lang: str = "vi") -> str:
        """Return the wording people read."""
        return (self.label_en if lang == "en" else self.label_vi) or self.code


@dataclass(frozen=True, slots=True, eq=False)
class GradeRule(SameUnknown):
    """A condition or quota of a grade, as the decision words it.

    Attributes
    ----------
    grade : str
        Code of the grade it is about; empty for every grade.
    kind : str
        ``needs`` (the grade is granted only where `test` holds), ``forces`` (it is the grade
        wherever `test` holds), ``caps`` (no grade above it where `test` holds), ``lowers`` (one
        grade down where `test` holds) or ``quota`` (at most `percent` of the units may have it).
    item_code, test : str
        The item whose figures the condition reads, and the condition over them.
    percent : float
    of : str
        The quota counts against the units of this grade, or these; empty: against all graded ones.
    order, instead : str
        Codes by whose points a quota that is passed leaves units out, and the grade they get.
    within : str
        ``block`` where each block has a quota of its own, else the whole run.
    """

    grade: str
    kind: str
    item_code: str
    test: str
    vi: str
    en: str
    source: str
    percent: float = math.nan
    of: str = ""
    within: str = ""
    order: str = ""
    instead: str = ""

    def label(self, lang: str = "vi") -> str:
        """Return the wording people read."""
        return (self.en if lang == "en" else self.vi) or self.vi


@dataclass(frozen=True, slots=True, eq=False)
class SetMeta(SameUnknown):
    """Identity and policies of a set, from ``set.toml``.

    Attributes
    ----------
    rounding_stage : str
        Where points are rounded: ``item``, ``area`` or ``index`` (only the index is).
    rank_on : str
        ``rounded`` or ``unrounded``: what ranks and grades compare.
    ties, tie_items : str
        What units share that nothing parts, and the codes whose points part those of equal index,
        in order (see `tie_codes`).
    cut_off : str
        Up to which day figures count, as a due date such as ``year-11-30``; empty where not said.
    areas_add_up : bool
        False where the decision's own maxima do not add up and the set says so.
    bonus_cap_points, penalty_cap_points : float
        Caps of the sums outside the areas; NaN where the set has none.
    proof_percent : mapping of str to float
        Percent of an item's points that stays when its proof is ``no-evidence``, ``late`` or
        ``evidence-invalid``; empty where the set declares nothing, and then no figure is given.
    grade_rules : tuple of GradeRule
        Conditions and quotas beyond the points; without them points alone give the grade.
    caveats : tuple of dict
        What a reader must know, each with ``vi`` and ``en``.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> meta = open_set("service-quality-766").meta
    >>> meta.status, meta.total_points, meta.rounding_stage, meta.decision["number"]
    ('observed', 100.0, 'item', '766/QĐ-TTg')
    """

    set_id: str
    version: str
    name_vi: str
    name_en: str
    tier: str
    status: str
    total_points: float
    valid_from: dt.date | None
    valid_to: dt.date | None
    decision: Mapping[str, str]
    source: str
    decimals: int = 2
    rounding_stage: str = "index"
    rank_on: str = "rounded"
    ties: Ties = "min"
    tie_items: str = ""
    not_applicable: str = "not_allowed"
    cut_off: str = ""
    areas_add_up: bool = True
    bonus_cap_points: float = math.nan
    penalty_cap_points: float = math.nan
    may_exceed_total: bool = False
    grades: tuple[Grade, ...] = ()
    grade_rules: tuple[GradeRule, ...] = ()
    proof_percent: Mapping[str, float] = field(default_factory=dict)
    caveats: tuple[Mapping[str, str], ...] = ()

    def name(self, lang: str = "vi") -> str:
        """Return the set's name."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi

    def cut_off_day(self, year: int) -> dt.date | None:
        """Return up to which day figures of a year count; None where the set does not say it."""
        due = read_due_date(self.cut_off)
        return None if due is None else due.on(year)

    def rounds(self, node: Node) -> bool:
        """Say whether the points of a node are rounded by themselves; an item may be an area."""
        stage = self.rounding_stage
        return (stage == "item" and node.is_item) or (stage == "area" and not node.parent)

    @property
    def tie_codes(self) -> tuple[str, ...]:
        """The codes of `tie_items`, in order."""
        return listed_codes(self.tie_items)

    def warnings(self, lang: str = "vi") -> list[str]:
        """Return the caveats, in Vietnamese where there is no other."""
        return [caveat.get(lang) or caveat.get("vi", "") for caveat in self.caveats]


@dataclass(frozen=True, slots=True, eq=False)
class Node(SameUnknown):
    """An area, criterion or sub-criterion; `spec` is there on the leaves, which earn points.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> node = open_set("service-quality-766").node("2")
    >>> node.name_en, node.max_points, node.rule, node.spec.kind
    ('Timeliness', 20.0, 'ratio', 'ratio')
    """

    code: str
    parent: str
    kind: str
    name_vi: str
    name_en: str
    max_points: float
    assessed_by: str
    rule: str
    source: str
    note_vi: str = ""
    note_en: str = ""
    spec: RuleSpec | None = None

    @property
    def is_item(self) -> bool:
        """True on a leaf."""
        return self.spec is not None

    @property
    def is_best_of(self) -> bool:
        """True where the best of the nodes below counts instead of their sum."""
        return self.rule == BEST_OF

    @property
    def level(self) -> str:
        """``area``, ``criterion`` or ``item``; a leaf without a parent is an area."""
        if not self.parent:
            return "area"
        return "item" if self.is_item else "criterion"

    def name(self, lang: str = "vi") -> str:
        """Return the node's name."""
        return (self.name_en if lang == "en" else self.name_vi) or self.name_vi

    def note(self, lang: str = "vi") -> str:
        """Return the node's caveat, empty where it has none."""
        return (self.note_en if lang == "en" else self.note_vi) or self.note_vi


@dataclass(frozen=True)
class CriteriaSet(Displayed):
    """A checked criteria set.

    Attributes
    ----------
    meta : SetMeta
    nodes : tuple of Node
        Sorted by code, every parent before its children.
    tables : mapping of str to DataFrame
        The sheets as text, as read; what export writes and the fingerprint is taken of.
    place : str
        Folder or workbook the set was read from.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> criteria = open_set("service-quality-766")
    >>> criteria.meta.total_points, len(criteria.areas)
    (100.0, 6)
    >>> criteria.node("5.3").name_en
    'Satisfaction with the handling of procedures'
    """

    meta: SetMeta
    nodes: tuple[Node, ...]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    raw_meta: Mapping[str, object] = field(repr=False)
    place: str = ""

    @property
    def set_id(self) -> str:
        """The set's identifier, the name of its folder."""
        return self.meta.set_id

    @property
    def stated(self) -> str:
        """What every result says of the set it stands on: id, version and fingerprint."""
        return f"{self.set_id} {self.meta.version}, {self.fingerprint[:16]}"

    @cached_property
    def by_code(self) -> dict[str, Node]:
        """The nodes by their codes."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def _worked_out(self) -> dict[Callable[..., Any], Any]:
        return {}

    def once(self, make: Callable[[CriteriaSet], _T]) -> _T:
        """Return what a function makes of the set, made at the first asking.

        For what thousands of ledgers of a set ask for; nobody may change what comes back.

        >>> from scoring.criteria import open_set
        >>> criteria = open_set("service-quality-766")
        >>> criteria.once(str) == str(criteria)
        True
        """
        if make not in self._worked_out:
            self._worked_out[make] = make(self)
        return self._worked_out[make]

    def node(self, code: str) -> Node:
        """Return the node `code`; KeyError when the set has none."""
        return self.by_code[code]

    @cached_property
    def areas(self) -> tuple[Node, ...]:
        """The nodes without a parent that count towards the total."""
        return tuple(node for node in self.nodes if not node.parent and node.kind == "normal")

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The nodes that earn points, in order."""
        return tuple(node for node in self.nodes if node.is_item)

    @cached_property
    def rules(self) -> dict[str, CompiledRule]:
        """The rule of every leaf, ready to use."""
        return {node.code: compile_rule(node.spec) for node in self.leaves if node.spec}

    @cached_property
    def grade_tests(self) -> tuple[tuple[GradeRule, Condition], ...]:
        """The rules of grades that are conditions, each with what it asks of the figures."""
        rules = [rule for rule in self.meta.grade_rules if rule.kind != "quota"]
        return tuple((rule, parse_condition(rule.test)) for rule in rules)

    @cached_property
    def roll_up(self) -> RollUp:
        """How the points of items become those of parents and the index."""
        return roll_up_rules(self)

    def children(self, code: str) -> tuple[Node, ...]:
        """Return the direct children of `code`, in order."""
        return tuple(node for node in self.nodes if node.parent == code)

    def lineage(self, code: str) -> list[Node]:
        """Return the node `code`, its parent and so on up to its area."""
        nodes = [self.by_code[code]]
        while nodes[-1].parent:
            nodes.append(self.by_code[nodes[-1].parent])
        return nodes

    def area_of(self, code: str) -> Node:
        """Return the node without a parent that `code` belongs to."""
        return self.lineage(code)[-1]

    def cell_of(self, item: str, sheet: str = "items", column: str = "") -> str:
        """Return the address of the first row about an item; empty where it has none."""
        key = "code" if sheet == "items" else "item_code"
        table = self.tables[sheet]
        rows = table.index[table[key] == item]
        # Of two items with one code, the second is the one to mend.
        row = rows[-1 if sheet == "items" else 0] if len(rows) else None
        return "" if row is None else cell_name(sheet, column or key, int(row))

    def finding(
        self, code: str, item: str, sheet: str = "items", column: str = "", /, **values: object
    ) -> Finding:
        """Return a finding about an item, at its first row of a sheet."""
        cell = self.cell_of(item, sheet, column)
        return Finding(code, sheet=sheet, cell=cell, item_code=item, values=values)

    @cached_property
    def items(self) -> pd.DataFrame:
        """The tree as the table ``Items`` (see `scoring.tables`), one row per node."""
        columns = columns_of("Items")
        fields = ["parent" if column == "parent_code" else column for column in columns]
        rows = [[getattr(node, field) for field in fields] for node in self.nodes]
        return table_of(rows, "Items")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over everything the set says; two sets with the same one score the same."""
        digest = hashlib.sha256()
        digest.update(json.dumps(self.raw_meta, sort_keys=True, default=str).encode())
        for sheet in sorted(self.tables):
            table = without_unused(self.tables[sheet])
            rows = [list(table.columns), *table.to_numpy().tolist()]
            digest.update(json.dumps([sheet, rows], ensure_ascii=False).encode())
        return digest.hexdigest()


def folded_name(node: Node) -> str:
    """Return a node's name for comparing only."""
    return without_marks(node.name_vi).strip(" .;:")


def in_order(nodes: list[Node]) -> tuple[Node, ...]:
    """Return `nodes` by their codes' numbers, which puts parents before children."""
    return tuple(sorted(nodes, key=lambda node: code_key(node.code)))
