"""Live formulas of the result workbook: how a parent's points follow from its children's.

A formula is only given where it yields what Python computed, so a workbook never contradicts the
other outputs; where a rule cannot be told by the cells alone, the cell keeps the plain figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.criteria.model import BEST_OF, SetMeta

# Excel takes 255 arguments; a few are kept for the rest of the formula.
_MOST_CHILDREN = 250
_CLOSE = 1e-9


class PointsCell(NamedTuple):
    """A cell with points, for whoever makes formulas of it.

    Attributes
    ----------
    unit_code, code : str
        Whose points of which node.
    cell : str
        The address, as ``F12``.
    children : tuple of str
        The addresses of the points of the nodes directly below, on the same sheet.
    points : float
        What Python computed; NaN while something is open.
    child_codes, child_points : tuple
        Codes and points of the children, in the order of `children`.
    """

    unit_code: str
    code: str
    cell: str
    children: tuple[str, ...]
    points: float = math.nan
    child_codes: tuple[str, ...] = ()
    child_points: tuple[float, ...] = ()

    @property
    def is_open(self) -> bool:
        """True where the points are unknown because those of a child are."""
        return math.isnan(self.points) and any(math.isnan(p) for p in self.child_points)

    def agrees(self, value: float) -> bool:
        """Say whether `value` is what Python computed; true where nothing is known of it."""
        return not self.child_points or self.is_open or abs(value - self.points) < _CLOSE


RollUp = Callable[[PointsCell], str | None]


def sum_of_children(cell: PointsCell) -> str | None:
    """Return the formula that adds up the children, empty while one of them is.

    Examples
    --------
    >>> sum_of_children(PointsCell("H44", "1", "E4", ("E5", "E6")))
    '=IF(COUNT(E5,E6)=2,SUM(E5,E6),"")'
    """
    if not 0 < len(cell.children) <= _MOST_CHILDREN or not cell.agrees(sum(cell.child_points)):
        return None
    return _when_all_known(cell.children, f"SUM({','.join(cell.children)})")


@dataclass(frozen=True)
class SetFormulas:
    """The formulas of the parents and of the index of a set; see `roll_up_of`.

    Attributes
    ----------
    rules, kinds : mapping of str to str
        By code: the rule of each parent, and ``normal``, ``bonus`` or ``penalty`` of each node.
    roots : frozenset of str
        Codes of the nodes without a parent.
    """

    meta: SetMeta
    rules: Mapping[str, str]
    kinds: Mapping[str, str]
    roots: frozenset[str]

    def __call__(self, cell: PointsCell) -> str | None:
        """Return the formula of a cell, None where it has to stay a plain figure."""
        if not 0 < len(cell.children) <= _MOST_CHILDREN:
            return None
        if cell.code == INDEX_CODE:
            return self._index(cell)
        rule = self.rules.get(cell.code)
        if rule == BEST_OF:
            return _best(cell)
        if rule != "":
            return None
        if self.meta.rounding_stage == "area" and cell.code in self.roots:
            return _rounded_sum(cell, self.meta.decimals)
        return sum_of_children(cell)

    def _index(self, cell: PointsCell) -> str | None:
        """Areas, plus bonus, less penalty, each capped, the whole kept within the total."""
        meta, parts = self.meta, self._by_kind(cell.child_codes)
        formula, value = _sum(cell, parts["normal"])
        for kind, sign, cap in (
            ("bonus", "+", meta.bonus_cap_points),
            ("penalty", "-", meta.penalty_cap_points),
        ):
            if not parts[kind]:
                continue
            extra, points = _sum(cell, parts[kind])
            if not math.isnan(cap):
                extra, points = f"MIN({extra},{cap:g})", min(points, cap)
            formula += sign + extra
            value += points if sign == "+" else -points
        if parts["bonus"] or parts["penalty"]:
            formula, value = f"MAX({formula},0)", max(value, 0.0)
            if not meta.may_exceed_total:
                formula = f"MIN({formula},{meta.total_points:g})"
                value = min(value, meta.total_points)
        if meta.rank_on == "rounded":
            formula = f"ROUND({formula},{meta.decimals})"
            value = round_points(value, meta.decimals)
        return _when_all_known(cell.children, formula) if cell.agrees(value) else None

    def _by_kind(self, codes: tuple[str, ...]) -> dict[str, list[int]]:
        parts: dict[str, list[int]] = {"normal": [], "bonus": [], "penalty": []}
        for place, code in enumerate(codes):
            parts[self.kinds[code]].append(place)
        return parts


def roll_up_of(criteria: CriteriaSet) -> SetFormulas:
    """Return the formulas of the parents and of the index of a set.

    Sums, the best of alternatives, bonus and penalty with their caps, and the rounding that the
    set declares are told; shared-out and rescaled points are not.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> formula = roll_up_of(open_set("service-quality-766"))
    >>> formula(PointsCell("H44", "1", "E4", ("E5", "E6"), 7.5, ("1.1", "1.2"), (6.0, 1.5)))
    '=IF(COUNT(E5,E6)=2,SUM(E5,E6),"")'
    """
    nodes = criteria.nodes
    return SetFormulas(
        criteria.meta,
        {node.code: node.rule for node in nodes if not node.is_item},
        {node.code: node.kind for node in nodes},
        frozenset(node.code for node in nodes if not node.parent),
    )


def _best(cell: PointsCell) -> str | None:
    known = [points for points in cell.child_points if not math.isnan(points)]
    if not known or not abs(max(known) - cell.points) < _CLOSE:
        return None
    inside = ",".join(cell.children)
    return f'=IF(COUNT({inside})=0,"",MAX({inside}))'


def _rounded_sum(cell: PointsCell, decimals: int) -> str | None:
    if not cell.agrees(round_points(sum(cell.child_points), decimals)):
        return None
    return _when_all_known(cell.children, f"ROUND(SUM({','.join(cell.children)}),{decimals})")


def _sum(cell: PointsCell, places: list[int]) -> tuple[str, float]:
    addresses = ",".join(cell.children[place] for place in places)
    return f"SUM({addresses})", sum(cell.child_points[place] for place in places)


def _when_all_known(children: tuple[str, ...], formula: str) -> str:
    return f'=IF(COUNT({",".join(children)})={len(children)},{formula},"")'
