"""How the points of one unit's items add up, as the groups that the frontier works on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scoring.base.values import INDEX_CODE
from scoring.criteria.set_nodes import Node
from scoring.points import ScoreSheet
from scoring.whatif.choices import Group

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class GoalTree:
    """The groups of a unit, and which row of the sheet each item is.

    Attributes
    ----------
    group : Group
        Gives the points of `code` from those of the items.
    rows : tuple of int
        Row of each item in the arrays of the sheet.
    signs : tuple of float
        -1 where points are taken off.
    code : str
        The node whose points are the goal, or ``INDEX``.
    """

    group: Group
    rows: tuple[int, ...]
    signs: tuple[float, ...]
    code: str


def goal_tree(
    sheet: ScoreSheet,
    place: int,
    code: str = INDEX_CODE,
    at_least: Mapping[str, float] | None = None,
) -> GoalTree:
    """Return how the items of a unit make up the index, or the points of one node.

    What is open counts as nothing, what does not apply as the set says.

    Parameters
    ----------
    sheet : ScoreSheet
    place : int
        Column of the unit.
    code : str
    at_least : mapping of code to float, optional
        Points that nodes must have as well.
    """
    builder = _Builder(sheet, place, at_least or {})
    group = builder.index() if code == INDEX_CODE else builder.node(sheet.criteria.node(code))
    return GoalTree(group, tuple(builder.rows), tuple(builder.signs), code)


class _Builder:
    def __init__(self, sheet: ScoreSheet, place: int, at_least: Mapping[str, float]) -> None:
        self.sheet, self.criteria, self.meta = sheet, sheet.criteria, sheet.criteria.meta
        self.maxima, self.at_least = sheet.maxima[:, place], at_least
        self.points = sheet.points_low[:, place]
        self.rows, self.signs = list[int](), list[float]()
        self.below: dict[str, list[Node]] = {}
        for node in self.criteria.nodes:
            self.below.setdefault(node.parent, []).append(node)

    def index(self) -> Group:
        areas = [self.node(node) for node in self.criteria.areas]
        applicable = math.fsum(self._most(node) for node in self.criteria.areas)
        whole = self.meta.total_points
        weight = _factor(whole, applicable)
        caps = {"bonus": self.meta.bonus_cap_points, "penalty": self.meta.penalty_cap_points}
        outside = [group for kind, cap in caps.items() if (group := self._outside(kind, cap))]
        index = Group(groups=(Group(groups=tuple(areas), weight=weight), *outside), code=INDEX_CODE)
        if outside:
            high = math.inf if self.meta.may_exceed_total else whole
            index = replace(index, low=0.0, high=high)
        if self.meta.rank_on == "rounded":
            # What was kept within its ends is rounded, not the other way round.
            index = Group(groups=(index,), decimals=self.meta.decimals, code=INDEX_CODE)
        return replace(index, at_least=self.at_least.get(INDEX_CODE, -math.inf))

    def _outside(self, kind: str, cap: float) -> Group | None:
        roots = [node for node in self.below[""] if node.kind == kind]
        if not roots:
            return None
        groups = tuple(self.node(node) for node in roots)
        if math.isnan(cap):
            return Group(groups=groups)
        return Group(groups=groups, high=cap) if kind == "bonus" else Group(groups=groups, low=-cap)

    def node(self, node: Node) -> Group:
        """Return the group of a node; what is taken off counts below zero."""
        goal = self.at_least.get(node.code, -math.inf)
        if node.kind == "penalty" and node.code in self.at_least:
            goal = -goal  # no more is to be taken off than that
        rounds = self.meta.rounding_stage == "area" and not node.parent
        decimals = self.meta.decimals if rounds else None
        if node.is_item:
            group = Group(items=(self._item(node),), decimals=decimals)
        elif node.is_best_of and node.kind == "penalty":
            # The worst of several counts: nothing is moved there.
            group = Group(start=-float(self.points[self.sheet.row(node.code)]))
        elif node.is_best_of and not self._competing(node):
            # None of the alternatives applies: there is nothing to be had.
            group = Group()
        else:
            children = self._competing(node)
            weight = 1.0 if node.is_best_of else _factor(
                self._most(node), math.fsum(self._most(child) for child in self.below[node.code])
            )  # fmt: skip
            items = tuple(self._item(child) for child in children if child.is_item
                          and child.code not in self.at_least)  # fmt: skip
            groups = tuple(self.node(child) for child in children if not child.is_item
                           or child.code in self.at_least)  # fmt: skip
            group = Group(items, groups, weight=weight, decimals=decimals, best=node.is_best_of)
        return replace(group, at_least=goal, code=node.code)

    def _competing(self, node: Node) -> Sequence[Node]:
        """Return the nodes below; of alternatives only those that apply and compete.

        One that is open does not compete with another that has points.
        """
        below = self.below[node.code]
        if not node.is_best_of:
            return below
        known = [one for one in below if not math.isnan(self.points[self.sheet.row(one.code)])]
        return [one for one in known if self._most(one) > 0]

    def _item(self, node: Node) -> int:
        self.rows.append(self.sheet.row(node.code))
        self.signs.append(_signed(node.kind))
        return len(self.rows) - 1

    def _most(self, node: Node) -> float:
        return float(self.maxima[self.sheet.row(node.code)])


def _signed(kind: str) -> float:
    return -1.0 if kind == "penalty" else 1.0


def _factor(wanted: float, there: float) -> float:
    """Return what points are multiplied by where other maxima apply."""
    return 1.0 if there <= 0 or abs(wanted - there) < _SAME else wanted / there
