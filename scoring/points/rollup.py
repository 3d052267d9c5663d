"""From item points to criterion, area and index, for all units at once.

Each node holds what it earned and the maximum that applies to the unit. A parent adds up its
children (or takes the best of its alternatives). What does not apply follows the set's policy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.base.rounding import round_points
from scoring.base.values import INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED
from scoring.criteria import CriteriaSet, Node
from scoring.criteria.model import BEST_OF
from scoring.rules.evaluate import BoolArray, FloatArray

IntArray = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Rolled:
    """Points and applicable maxima of all nodes, then of the index in the last row.

    Both arrays have the shape (n_nodes + 1, n_units). Points are NaN where something below is
    open; maxima are 0 where nothing below applies.
    """

    points: FloatArray
    maxima: FloatArray


def roll_up(criteria: CriteriaSet, points: FloatArray, not_applicable: BoolArray) -> Rolled:
    """Add leaf points up the tree.

    Parameters
    ----------
    criteria : CriteriaSet
    points : array, shape (n_nodes + 1, n_units)
        Points of the leaves in the rows of their nodes, NaN where open. The array becomes that of
        the result: the other rows are filled in, since it is too large to copy for nothing.
    not_applicable : bool array, same shape

    Returns
    -------
    Rolled
    """
    rows = {node.code: row for row, node in enumerate(criteria.nodes)}
    # Where everything applies to everybody the maxima are one column, shown to every unit.
    width = points.shape[1] if not_applicable.any() else 1
    maxima = np.zeros((len(points), width))
    shared: dict[str, FloatArray] = {}
    for node in reversed(criteria.nodes):
        row = rows[node.code]
        if node.is_item:
            _leaf(node, row, points, maxima, not_applicable[row], shared)
        else:
            children = [rows[child.code] for child in criteria.children(node.code)]
            _parent(node, row, children, points, maxima, shared)
        if _is_rounded_at(criteria.meta.rounding_stage, node):
            points[row] = round_points(points[row], criteria.meta.decimals)
    points[-1], maxima[-1] = _index(criteria, rows, points, maxima)
    return Rolled(points, np.broadcast_to(maxima, points.shape))


def _is_rounded_at(stage: str, node: Node) -> bool:
    return (stage == "item" and node.is_item) or (stage == "area" and not node.parent)


def _leaf(
    node: Node,
    row: int,
    points: FloatArray,
    maxima: FloatArray,
    not_applicable: BoolArray,
    shared: dict[str, FloatArray],
) -> None:
    assert node.spec is not None
    maxima[row] = node.max_points
    if not not_applicable.any():
        return
    policy = node.spec.not_applicable
    points[row, not_applicable] = node.max_points if policy == "full" else 0.0
    if policy in ("drop", "redistribute"):
        maxima[row, not_applicable] = 0.0
    if policy == "redistribute":
        given_up = np.where(not_applicable, node.max_points, 0.0)
        shared[node.parent] = shared.get(node.parent, 0.0) + given_up


def _parent(
    node: Node,
    row: int,
    children: list[int],
    points: FloatArray,
    maxima: FloatArray,
    shared: dict[str, FloatArray],
) -> None:
    if node.rule == BEST_OF:
        # An alternative left empty does not compete; only when all are empty is the item open.
        points[row] = np.fmax.reduce(points[children], axis=0)
        maxima[row] = np.where(maxima[children].max(axis=0) > 0, node.max_points, 0.0)
        return
    total, applicable = _added(points, children), _added(maxima, children)
    given_up = shared.get(node.code)
    if given_up is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(applicable > 0, (applicable + given_up) / applicable, 1.0)
        total, applicable = total * factor, applicable * factor
    points[row], maxima[row] = total, applicable


def _added(table: FloatArray, rows: list[int]) -> FloatArray:
    """Return the sum of some rows; NaN where one of them is."""
    if len(rows) > 1 and rows == list(range(rows[0], rows[-1] + 1)):
        return np.add.reduce(table[rows[0] : rows[-1] + 1], axis=0)
    total = table[rows[0]].copy()
    for row in rows[1:]:
        total += table[row]
    return total


def _index(
    criteria: CriteriaSet, rows: dict[str, int], points: FloatArray, maxima: FloatArray
) -> tuple[FloatArray, FloatArray]:
    meta = criteria.meta
    areas = [rows[node.code] for node in criteria.areas]
    earned, applicable = _added(points, areas), _added(maxima, areas)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = np.where(
            np.abs(applicable - meta.total_points) < 1e-9,
            earned,
            earned / applicable * meta.total_points,
        )
    outside = {
        "bonus": (1.0, meta.bonus_cap_points),
        "penalty": (-1.0, meta.penalty_cap_points),
    }
    is_plain = True
    for kind, (sign, cap) in outside.items():
        roots = [rows[n.code] for n in criteria.nodes if not n.parent and n.kind == kind]
        if roots:
            is_plain = False
            extra = _added(points, roots)
            index = index + sign * (extra if math.isnan(cap) else np.minimum(extra, cap))
    if not is_plain:
        ceiling = np.inf if meta.may_exceed_total else meta.total_points
        index = np.clip(index, 0.0, ceiling)
    index = np.where(applicable > 0, index, np.nan)
    total = np.where(applicable > 0, meta.total_points, 0.0)
    return round_points(index, meta.decimals) if meta.rank_on == "rounded" else index, total


def with_parents(criteria: CriteriaSet, status: IntArray, rolled: Rolled) -> IntArray:
    """Return `status` with the rows of parents and, last, of the index filled in.

    A parent is not applicable when nothing below it applies, not assessed while anything that
    applies is open, scored otherwise.
    """
    for row, node in enumerate(criteria.nodes):
        if not node.is_item:
            status[row] = _derived(rolled, row)
    status[-1] = _derived(rolled, -1)
    return status


def _derived(rolled: Rolled, row: int) -> IntArray:
    open_or_scored = np.where(np.isnan(rolled.points[row]), NOT_ASSESSED, SCORED)
    return np.where(rolled.maxima[row] > 0, open_or_scored, NOT_APPLICABLE).astype(np.int8)


def bounds(
    criteria: CriteriaSet, status: IntArray, not_applicable: BoolArray, rolled: Rolled
) -> tuple[Rolled, Rolled]:
    """Return the lowest and highest result while something is open.

    Everything not assessed or invalid counts as nothing for the one and as full for the other.
    For a penalty it is the other way round: the most that can be taken off gives the lowest.
    """
    is_open = (status == NOT_ASSESSED) | (status == INVALID)
    if not is_open.any():
        return rolled, rolled
    most = np.array([node.max_points for node in criteria.nodes] + [0.0])[:, None]
    is_penalty = np.array([node.kind == "penalty" for node in criteria.nodes] + [False])[:, None]
    nothing = np.where(is_open, np.where(is_penalty, most, 0.0), rolled.points)
    everything = np.where(is_open, np.where(is_penalty, 0.0, most), rolled.points)
    return (
        roll_up(criteria, _without_idle_alternatives(criteria, nothing, is_open), not_applicable),
        roll_up(
            criteria, _without_idle_alternatives(criteria, everything, is_open), not_applicable
        ),
    )


def _without_idle_alternatives(
    criteria: CriteriaSet, points: FloatArray, is_open: BoolArray
) -> FloatArray:
    """Leave an open alternative out where another one of the same node is scored."""
    rows = {node.code: row for row, node in enumerate(criteria.nodes)}
    for node in criteria.nodes:
        if node.rule != BEST_OF:
            continue
        children = [rows[child.code] for child in criteria.children(node.code)]
        decided = ~is_open[children].all(axis=0)
        points[children] = np.where(is_open[children] & decided, np.nan, points[children])
    return points
