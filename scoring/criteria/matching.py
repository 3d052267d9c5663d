"""Which node of an older set a node of a newer one continues: by code and by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from scoring.base.text import without_marks
from scoring.criteria.model import CriteriaSet, Node

# Below this likeness (0 to 100) two nodes of the same code are taken for different things, and
# two of different codes need more, for names of the field resemble each other.
SAME_CODE_LIKENESS = 60.0
OTHER_CODE_LIKENESS = 86.0
_CODE_BONUS = 8.0
_PARENT_BONUS = 4.0
_LEVEL_MALUS = 6.0

MATCH_KINDS = ("code+name", "name", "code", "similar", "added", "removed")


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
    by_new = {}
    taken: set[str] = set()
    for _, first, second, likeness in sorted(_candidates(old, new), key=lambda entry: entry[:1]):
        if second.code in by_new or first.code in taken:
            continue
        taken.add(first.code)
        by_new[second.code] = Pair(first, second, _kind(first, second), likeness / 100)
    pairs = [by_new.get(node.code, Pair(None, node, "added", 1.0)) for node in new.nodes]
    removed = [Pair(node, None, "removed", 1.0) for node in old.nodes if node.code not in taken]
    return pairs + removed


def folded_name(node: Node) -> str:
    """Return a node's name for comparing only."""
    return without_marks(node.name_vi).strip(" .;:")


def _kind(old: Node, new: Node) -> str:
    same_name = folded_name(old) == folded_name(new)
    if old.code == new.code:
        return "code+name" if same_name else "code"
    return "name" if same_name else "similar"


def _candidates(
    old: CriteriaSet, new: CriteriaSet
) -> Iterator[tuple[tuple[float, int, int], Node, Node, float]]:
    """Yield the pairs that are alike enough: rank (best first), both nodes and the likeness."""
    if not old.nodes or not new.nodes:
        return
    names = [[folded_name(node) for node in criteria.nodes] for criteria in (old, new)]
    likeness = process.cdist(*names, scorer=fuzz.token_sort_ratio, dtype=np.float32)
    positions = {node.code: place for place, node in enumerate(new.nodes)}
    near = {(int(row), int(column)) for row, column in np.argwhere(likeness >= OTHER_CODE_LIKENESS)}
    for row, node in enumerate(old.nodes):
        column = positions.get(node.code)
        if column is not None and likeness[row, column] >= SAME_CODE_LIKENESS:
            near.add((row, column))
    for row, column in near:
        first, second = old.nodes[row], new.nodes[column]
        alike = float(likeness[row, column])
        score = alike + _bonus(first, second, old, new)
        yield (-score, column, row), first, second, alike


def _bonus(first: Node, second: Node, old: CriteriaSet, new: CriteriaSet) -> float:
    bonus = _CODE_BONUS if first.code == second.code else 0.0
    if _parent_name(first, old) == _parent_name(second, new):
        bonus += _PARENT_BONUS
    return bonus if first.is_item == second.is_item else bonus - _LEVEL_MALUS


def _parent_name(node: Node, criteria: CriteriaSet) -> str:
    return folded_name(criteria.node(node.parent)) if node.parent else ""
