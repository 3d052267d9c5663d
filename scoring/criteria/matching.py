"""Which node of an older set a node of a newer one continues: by code and by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from scoring.criteria.criteria_set import CriteriaSet
from scoring.criteria.set_nodes import Node, folded_name

# Below this likeness (0 to 100) two nodes of the same code are taken for different things, and
# two of different codes need more, for names of the field resemble each other.
SAME_CODE_LIKENESS = 60.0
OTHER_CODE_LIKENESS = 86.0
_CODE_BONUS = 8.0
_PARENT_BONUS = 4.0
_LEVEL_MALUS = 6.0
_MOST_PER_NODE = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """A node of the old set and the node of the new set that continues it.

    Attributes
    ----------
    old, new : Node or None
        None where the node is only in the other set.
    match : str
        ``code+name``: both are the same; ``name``: the same name under another code; ``code``: the
        same code and a name that resembles; ``similar``: only a name that resembles; ``added``
        and ``removed``: no counterpart.
    confidence : float
        Likeness of the names, 0 to 1; 1 for a node without a counterpart.
    """

    old: Node | None
    new: Node | None
    match: str
    confidence: float

    @property
    def node(self) -> Node | None:
        """The node as the newer set has it, or the older where it was removed."""
        return self.new or self.old

    @property
    def cells(self) -> dict[str, object]:
        """The codes of both nodes and how they match, as tables hold them."""
        return {
            "old_code": self.old.code if self.old else "",
            "new_code": self.new.code if self.new else "",
            "match": self.match,
            "confidence": round(self.confidence, 2),
        }


def match_nodes(old: CriteriaSet, new: CriteriaSet) -> list[Pair]:
    """Pair the nodes of two sets, each at most once.

    Returns
    -------
    list of Pair
        In the order of the new set; what was removed stands behind, in the order of the old one.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> criteria = open_set("service-quality-766")
    >>> {pair.match for pair in match_nodes(criteria, criteria)}
    {'code+name'}
    """
    by_new = {pair.new.code: pair for pair in _same(old, new) if pair.new}
    taken = {pair.old.code for pair in by_new.values() if pair.old}
    left = [node for node in old.nodes if node.code not in taken]
    right = [node for node in new.nodes if node.code not in by_new]
    candidates = _Candidates(old, new, left, right)
    for first, second, likeness in candidates.best_first():
        if second.code in by_new or first.code in taken:
            continue
        taken.add(first.code)
        by_new[second.code] = Pair(first, second, _kind(first, second), likeness / 100)
    pairs = [by_new.get(node.code, Pair(None, node, "added", 1.0)) for node in new.nodes]
    removed = [Pair(node, None, "removed", 1.0) for node in old.nodes if node.code not in taken]
    return pairs + removed


def _kind(old: Node, new: Node) -> str:
    same_name = folded_name(old) == folded_name(new)
    if old.code == new.code:
        return "code+name" if same_name else "code"
    return "name" if same_name else "similar"


def _same(old: CriteriaSet, new: CriteriaSet) -> Iterator[Pair]:
    """Yield the nodes that kept both code and name, which most do from one year to the next."""
    for node in new.nodes:
        before = old.by_code.get(node.code)
        if before is not None and folded_name(before) == folded_name(node):
            yield Pair(before, node, "code+name", 1.0)


class _Candidates:
    """The pairs of leftover nodes that are alike enough to continue each other."""

    def __init__(
        self, old: CriteriaSet, new: CriteriaSet, left: list[Node], right: list[Node]
    ) -> None:
        self.old, self.new, self.left, self.right = old, new, left, right

    def best_first(self) -> Iterator[tuple[Node, Node, float]]:
        """Yield old node, new node and the likeness of their names, 0 to 100."""
        if not self.left or not self.right:
            return
        names = [[folded_name(node) for node in nodes] for nodes in (self.left, self.right)]
        likeness = process.cdist(*names, scorer=fuzz.token_sort_ratio, dtype=np.float32)
        near = self._near(likeness)
        ranked = sorted(
            (-float(likeness[row, column]) - self._bonus(row, column), column, row)
            for row, column in near
        )
        for _, column, row in ranked:
            yield self.left[row], self.right[column], float(likeness[row, column])

    def _near(self, likeness: npt.NDArray[np.float32]) -> set[tuple[int, int]]:
        # The best few of each node are enough: a set of a thousand names alike stays quick.
        kept = min(_MOST_PER_NODE, likeness.shape[1])
        best = np.argsort(-likeness, axis=1, kind="stable")[:, :kept]
        near = {
            (row, int(column))
            for row, columns in enumerate(best)
            for column in columns
            if likeness[row, column] >= OTHER_CODE_LIKENESS
        }
        positions = {node.code: column for column, node in enumerate(self.right)}
        for row, node in enumerate(self.left):
            column = positions.get(node.code)
            if column is not None and likeness[row, column] >= SAME_CODE_LIKENESS:
                near.add((row, column))
        return near

    def _bonus(self, row: int, column: int) -> float:
        first, second = self.left[row], self.right[column]
        bonus = _CODE_BONUS if first.code == second.code else 0.0
        if _parent_name(first, self.old) == _parent_name(second, self.new):
            bonus += _PARENT_BONUS
        return bonus if first.is_item == second.is_item else bonus - _LEVEL_MALUS


def _parent_name(node: Node, criteria: CriteriaSet) -> str:
    return folded_name(criteria.node(node.parent)) if node.parent else ""
