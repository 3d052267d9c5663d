"""A criteria set in memory: what the decision says, ready for rules, workbooks and scoring."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from scoring.base.displayed import Displayed
from scoring.base.findings import Finding
from scoring.base.labels import label
from scoring.criteria.columns import cell_name, without_unused
from scoring.criteria.roll_up_rules import RollUp, roll_up_rules
from scoring.criteria.set_nodes import Node
from scoring.criteria.set_policies import GradeRule, SetMeta
from scoring.rules import CompiledRule, compile_rule
from scoring.rules.expression import Condition
from scoring.rules.formula import parse_condition
from scoring.tables import columns_of, table_of

_T = TypeVar("_T")


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

    def introduced(self, lang: str = "vi") -> str:
        """Return name and version of the set, and of a sample that it is one: the line below a title."""
        badge = self.badge(lang)
        return f"{self.meta.name(lang)}. {self.stated}." + (f" {badge}." if badge else "")

    def foot(self, *parts: str, lang: str = "vi") -> str:
        """Return what stands at the foot of every printed page: badge, what it is, version."""
        return " · ".join(filter(None, (self.badge(lang), *parts, self.stated)))

    def badge(self, lang: str = "vi") -> str:
        """Return the mark of a sample; empty for other sets."""
        return label("chart_sample_badge", lang) if self.meta.status == "sample" else ""

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
