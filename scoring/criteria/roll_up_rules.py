"""How points become the index, written once for a set as expressions.

The arrays of scoring, the live formulas of ledgers and of result workbooks, and the sentences
about parents all come from these expressions (see `scoring.rules.expression`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.base.labels import label
from scoring.base.numbers import format_number
from scoring.base.rounding import round_points
from scoring.base.values import INDEX_CODE
from scoring.rules import expression as ex
from scoring.rules.evaluate import Run

if TYPE_CHECKING:
    from scoring.criteria.criteria_set import CriteriaSet
    from scoring.criteria.set_nodes import Node

_ZERO = ex.Number(0.0)


@dataclass(frozen=True)
class RollUp:
    """The expressions of the nodes of a set and of its index, by code.

    Attributes
    ----------
    points : mapping of str to Numeric
        Of an item over what its rule earned, of a parent over the nodes directly below it.
    applicable : mapping of str to Numeric
        The maximum that applies to the unit; 0 where nothing below the node does.
    given_up : mapping of str to Numeric
        What an item leaves to its siblings when it does not apply, where the set has it so.
    """

    points: Mapping[str, ex.Numeric]
    applicable: Mapping[str, ex.Numeric]
    given_up: Mapping[str, ex.Numeric]

    def sentence(self, code: str, lang: str = "vi") -> str:
        """Say how a parent follows from the nodes below it."""
        parts = list(ex.walk(self.points[code]))
        if any(isinstance(part, ex.Best) for part in parts):
            return label("best_of_sentence", lang)
        is_shared_out = any(isinstance(part, ex.Divide) for part in parts)
        return label("shared_out_sentence" if is_shared_out else "sum_sentence", lang)


def index_sentence(criteria: CriteriaSet, lang: str = "vi") -> str:
    """Say how the index follows from the areas, with what is added, taken off and capped.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> index_sentence(open_set("khanh-hoa-11-qd-tu-2026-monthly"), "en")
    'The sum of the areas, on the scale of 100 where items do not apply; less the penalty; not below 0, not above 100.'
    """
    meta, roots = criteria.meta, {node.kind for node in criteria.nodes if not node.parent}
    is_scaled = any(
        node.spec is not None and node.spec.not_applicable in ("drop", "redistribute")
        for node in criteria.nodes
    )
    outside = [kind for kind in ("bonus", "penalty") if kind in roots]
    if not outside and not is_scaled:
        return label("sum_sentence", lang)
    total = format_number(meta.total_points, lang=lang)
    parts = [label("index_sum_scaled" if is_scaled else "index_sum", lang, total=total)]
    for kind in outside:
        cap = meta.bonus_cap_points if kind == "bonus" else meta.penalty_cap_points
        most = (
            ""
            if math.isnan(cap)
            else label("index_at_most", lang, cap=format_number(cap, lang=lang))
        )
        parts.append(label(f"index_{kind}", lang) + most)
    if outside:
        key = "index_floor" if meta.may_exceed_total else "index_floor_ceiling"
        parts.append(label(key, lang, total=total))
    return "; ".join(parts) + "."


def roll_up_rules(criteria: CriteriaSet, *, all_apply: bool = False) -> RollUp:
    """Return the roll-up of a set.

    Parameters
    ----------
    criteria : CriteriaSet
    all_apply : bool
        Write it for units to which every item applies, without the parts about what does not.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> rules = roll_up_rules(open_set("service-quality-766"), all_apply=True)
    >>> rules.points["5"]
    Total(column='points', codes=('5.1', '5.2', '5.3'))
    """
    return _Builder(criteria, all_apply).built()


def computed(rule: ex.Numeric, columns: Mapping[str, Mapping[str, float]]) -> float:
    """Return what a rule gives for one unit.

    Parameters
    ----------
    columns : mapping of column to mapping of code to float
        What the rule reads of other nodes; NaN is open.
    """
    run = Run({}, lambda column, codes: [columns[column][code] for code in codes])
    return float(rule.numbers(run))


class _Builder:
    def __init__(self, criteria: CriteriaSet, all_apply: bool) -> None:
        self.criteria, self.meta, self.all_apply = criteria, criteria.meta, all_apply
        self.points: dict[str, ex.Numeric] = {}
        self.applicable: dict[str, ex.Numeric] = {}
        self.given_up: dict[str, ex.Numeric] = {}

    def built(self) -> RollUp:
        for node in self.criteria.nodes:
            if node.is_item:
                self._item(node)
        below: dict[str, list[str]] = {}
        for node in self.criteria.nodes:
            below.setdefault(node.parent, []).append(node.code)
        for node in self.criteria.nodes:
            if not node.is_item:
                self._parent(node, tuple(below[node.code]))
        self._index([node.code for node in self.criteria.areas])
        return RollUp(self.points, self.applicable, self.given_up)

    def _rounded(self, node: Node, points: ex.Numeric) -> ex.Numeric:
        return ex.Round(points, self.meta.decimals) if self.meta.rounds(node) else points

    def _item(self, node: Node) -> None:
        spec, code, most = node.spec, node.code, ex.Number(node.max_points)
        assert spec is not None
        self.points[code] = ex.OrOpen(self._rounded(node, ex.Earned(code)))
        self.applicable[code] = most
        if self.all_apply or spec.not_applicable == "not_allowed":
            return
        is_na = ex.IsNotApplicable(code)
        instead: ex.Numeric = _ZERO
        if spec.not_applicable == "full":
            kept = node.max_points
            kept = round_points(kept, self.meta.decimals) if self.meta.rounds(node) else kept
            instead = ex.Number(kept)
        if spec.not_applicable in ("drop", "redistribute"):
            instead, self.applicable[code] = ex.Dropped(), ex.If(is_na, _ZERO, most)
        if spec.not_applicable == "redistribute":
            self.given_up[code] = ex.If(is_na, most, _ZERO)
        self.points[code] = ex.If(is_na, instead, self.points[code])

    def _parent(self, node: Node, below: tuple[str, ...]) -> None:
        if node.is_best_of:
            best = self._rounded(node, ex.Best(below))
            self.points[node.code] = ex.IfAnyKnown(below, best)
            most = ex.Number(node.max_points)
            self.applicable[node.code] = ex.If(ex.AnyApplies(below), most, _ZERO)
            return
        points: ex.Numeric = ex.Total(ex.POINTS, below)
        applicable: ex.Numeric = ex.Total(ex.APPLICABLE, below)
        givers = tuple(code for code in below if code in self.given_up)
        if givers:
            factor = _made_up(applicable, ex.Total(ex.GIVEN_UP, givers))
            points = ex.Binary("*", points, factor)
            applicable = ex.Binary("*", applicable, factor)
        self.points[node.code] = self._rounded(node, points)
        self.applicable[node.code] = applicable

    def _index(self, areas: Sequence[str]) -> None:
        meta, total = self.meta, ex.Number(self.meta.total_points)
        applicable = ex.Total(ex.APPLICABLE, tuple(areas))
        index = self._on_the_total(tuple(areas), applicable, total)
        bonus, penalty = self._outside("bonus"), self._outside("penalty")
        if bonus is not None:
            index = ex.Binary("+", index, bonus)
        if penalty is not None:
            index = ex.Binary("-", index, penalty)
        if bonus is not None or penalty is not None:
            index = ex.Largest((index, _ZERO))
            index = index if meta.may_exceed_total else ex.Smallest((index, total))
        if meta.rank_on == "rounded":
            index = ex.Round(index, meta.decimals)
        applies = ex.Compare(">", applicable, _ZERO)
        self.points[INDEX_CODE] = index if self.all_apply else ex.If(applies, index, ex.Missing())
        self.applicable[INDEX_CODE] = ex.If(applies, total, _ZERO)

    def _on_the_total(
        self, areas: tuple[str, ...], applicable: ex.Numeric, total: ex.Number
    ) -> ex.Numeric:
        """Rescale what the areas earned to the total, where other maxima apply."""
        earned = ex.Total(ex.POINTS, areas)
        if self.all_apply:
            return earned
        rescaled = ex.Binary("*", ex.Divide(earned, applicable), total)
        return ex.If(ex.Near(applicable, total), earned, rescaled)

    def _outside(self, kind: str) -> ex.Numeric | None:
        """Return the points outside the areas, up to their cap; None where the set has none."""
        roots = tuple(
            node.code for node in self.criteria.nodes if not node.parent and node.kind == kind
        )
        if not roots:
            return None
        cap = self.meta.bonus_cap_points if kind == "bonus" else self.meta.penalty_cap_points
        extra = ex.Total(ex.POINTS, roots)
        return extra if math.isnan(cap) else ex.Smallest((extra, ex.Number(cap)))


def _made_up(applicable: ex.Numeric, given_up: ex.Numeric) -> ex.Numeric:
    """Return the factor by which children make up for siblings that do not apply."""
    whole = ex.Binary("+", applicable, given_up)
    factor = ex.Divide(whole, applicable)
    return ex.If(ex.Compare(">", applicable, _ZERO), factor, ex.Number(1.0))
