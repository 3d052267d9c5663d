"""From item points to criterion, area and index, for all units at once.

Each node holds what it earned and the maximum that applies to the unit. A parent adds up its
children (or takes the best of its alternatives). What does not apply follows the set's policy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.base.values import INDEX_CODE, INVALID, NOT_APPLICABLE, NOT_ASSESSED, SCORED
from scoring.criteria import CriteriaSet
from scoring.rules import expression as ex
from scoring.rules.evaluate import BoolArray, FloatArray, Numbers, Rows, Run

IntArray = npt.NDArray[np.int8]
# Bounds nearer than this are one figure.
_NOISE = 1e-9


@dataclass(frozen=True)
class Rolled:
    """Points and applicable maxima of all nodes, then of the index in the last row.

    Both arrays have the shape (n_nodes + 1, n_units). Points are NaN where something below is
    open; maxima are 0 where nothing below applies.
    """

    points: FloatArray
    maxima: FloatArray


def roll_up(criteria: CriteriaSet, points: FloatArray, not_applicable: BoolArray) -> Rolled:
    """Add leaf points up the tree, by the rules of `CriteriaSet.roll_up`.

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
    columns = _Columns(criteria, points, not_applicable)
    rules, run = criteria.roll_up, Run({}, columns.cells)
    for code in [*(node.code for node in reversed(criteria.nodes)), INDEX_CODE]:
        columns.applicable[code] = rules.applicable[code].numbers(run)
        if code in rules.given_up:
            columns.given_up[code] = rules.given_up[code].numbers(run)
        columns.keep(code, rules.points[code].numbers(run))
    return Rolled(points, columns.maxima())


class _Columns:
    """What the rules read of other nodes, filled in from the leaves to the index."""

    def __init__(
        self, criteria: CriteriaSet, points: FloatArray, not_applicable: BoolArray
    ) -> None:
        codes = [*(node.code for node in criteria.nodes), INDEX_CODE]
        self.rows = {code: row for row, code in enumerate(codes)}
        self.points, self.not_applicable = points, not_applicable
        # A plain number where it is the same for every unit, as it is where everything applies.
        self.applicable: dict[str, Numbers] = {}
        self.given_up: dict[str, Numbers] = {}

    def cells(self, column: str, codes: tuple[str, ...]) -> Rows:
        if column == ex.APPLICABLE:
            return [self.applicable[code] for code in codes]
        if column == ex.GIVEN_UP:
            return [self.given_up[code] for code in codes]
        rows = [self.rows[code] for code in codes]
        if column == ex.IS_NA:
            marks = [self.not_applicable[row] for row in rows]
            return [mark if mark.any() else np.False_ for mark in marks]  # type: ignore[misc]
        if column == ex.POINTS and rows == list(range(rows[0], rows[-1] + 1)):
            return self.points[rows[0] : rows[-1] + 1]
        return [self.points[row] for row in rows]

    def keep(self, code: str, points: Numbers) -> None:
        row = self.points[self.rows[code]]
        # What an item earned stands there already, unless something was done to it.
        if not np.may_share_memory(row, points):
            row[:] = points

    def maxima(self) -> FloatArray:
        rows = [self.applicable[code] for code in self.rows]
        if all(np.ndim(row) == 0 for row in rows):
            column = np.array(rows, dtype=np.float64)[:, None]
            return np.broadcast_to(column, self.points.shape)
        table = np.empty_like(self.points)
        for row, maximum in enumerate(rows):
            table[row] = maximum
        return table


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


def rolled_again(
    criteria: CriteriaSet,
    status: IntArray,
    leaves: FloatArray,
    ends: tuple[FloatArray, FloatArray] | None = None,
    waits: BoolArray | None = None,
) -> dict[str, FloatArray | IntArray]:
    """Roll other points of the same items up, where what does not apply stays as it is.

    Parameters
    ----------
    criteria : CriteriaSet
    status : int8 array, shape (n_nodes + 1, n_units)
        Of the items as they were scored.
    leaves : array, shape (n_nodes, n_units)
        Points of the items, NaN where open; rows of parents are not read.
    ends : pair of arrays, optional
        What open items may come to (see `bounds`).
    waits : bool array, shape (n_nodes, n_units), optional
        Items that are sure to get points: while open, one of them leaves its alternatives open too.

    Returns
    -------
    dict
        ``points, points_low, points_high, status``, as `ScoreSheet` holds them.
    """
    is_leaf = np.array([*(node.is_item for node in criteria.nodes), False])[:, None]
    is_na = is_leaf & (status == NOT_APPLICABLE)
    points = np.append(leaves, np.full((1, leaves.shape[1]), np.nan), axis=0)
    points[is_na] = np.nan
    still = np.where(status == INVALID, INVALID, NOT_ASSESSED)
    new = np.where(is_leaf & np.isnan(points), still, SCORED).astype(np.int8)
    new[is_na] = NOT_APPLICABLE
    rolled = roll_up(criteria, points, is_na)
    low, high = bounds(criteria, new, is_na, rolled, ends, waits)
    if waits is not None:
        rolled.points[np.abs(high.points - low.points) > _NOISE] = np.nan
    new = with_parents(criteria, new, rolled)
    made = {"points": rolled.points, "points_low": low.points, "points_high": high.points}
    return {**made, "status": new}


def _derived(rolled: Rolled, row: int) -> IntArray:
    open_or_scored = np.where(np.isnan(rolled.points[row]), NOT_ASSESSED, SCORED)
    return np.where(rolled.maxima[row] > 0, open_or_scored, NOT_APPLICABLE).astype(np.int8)


def bounds(
    criteria: CriteriaSet,
    status: IntArray,
    not_applicable: BoolArray,
    rolled: Rolled,
    ends: tuple[FloatArray, FloatArray] | None = None,
    waits: BoolArray | None = None,
) -> tuple[Rolled, Rolled]:
    """Return the lowest and highest result while something is open.

    Everything not assessed or invalid counts as nothing for the one and as full for the other.
    For a penalty it is the other way round: the most that can be taken off gives the lowest.
    `ends`, of shape (n_nodes, n_units), narrows what open leaves may come to; NaN narrows nothing.
    An open alternative does not compete, unless it `waits` for points that it is sure to get.
    """
    is_open = (status == NOT_ASSESSED) | (status == INVALID)
    if not is_open.any():
        return rolled, rolled
    most = np.array([node.max_points for node in criteria.nodes] + [0.0])[:, None]
    is_penalty = np.array([node.kind == "penalty" for node in criteria.nodes] + [False])[:, None]
    nothing = np.where(is_open, np.where(is_penalty, most, 0.0), rolled.points)
    everything = np.where(is_open, np.where(is_penalty, 0.0, most), rolled.points)
    for points, end in zip((nothing, everything), ends or (), strict=False):
        is_known = is_open[:-1] & ~np.isnan(end)
        points[:-1][is_known] = end[is_known]
    may_idle = is_open if waits is None else is_open & ~np.append(waits, waits[:1] & False, axis=0)
    low, high = (
        _without_idle_alternatives(criteria, points, may_idle, rolled)
        for points in (nothing, everything)
    )
    return roll_up(criteria, low, not_applicable), roll_up(criteria, high, not_applicable)


def _without_idle_alternatives(
    criteria: CriteriaSet, points: FloatArray, may_idle: BoolArray, rolled: Rolled
) -> FloatArray:
    """Leave an open alternative out, with all below it, where another one has points."""
    rows = {node.code: row for row, node in enumerate(criteria.nodes)}
    idle = np.zeros_like(may_idle)
    for row, node in enumerate(criteria.nodes):
        parent = rows.get(node.parent, -1)
        idle[row] = idle[parent]
        if node.parent and criteria.nodes[parent].is_best_of:
            known = ~np.isnan(rolled.points[parent])
            idle[row] |= known & np.isnan(rolled.points[row])
    points[idle & may_idle] = np.nan
    return points
