"""The exact distribution of the index and of areas, on hundredths of a point.

Where the items of a unit add up, every outcome moves a total by an amount of its own, which the
roll-up itself tells; the distribution of the sum is built by adding source after source. Whether they
add up is tested for each unit and total: from everything at its worst to everything at its best the
single moves must come to the whole, and no two doubtful items may compete as alternatives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.values import NOT_APPLICABLE
from scoring.criteria import CriteriaSet
from scoring.points.rollup import roll_up
from scoring.rules.evaluate import BoolArray, FloatArray
from scoring.uncertainty.doubts import Doubts

IntArray = npt.NDArray[np.int64]
# Hundredths; where points do not fall on them, thousandths.
_GRIDS = (100, 1000)
_NOISE = 1e-7
_COLUMNS_AT_ONCE = 20_000
_FEW = 8


@dataclass(frozen=True)
class Moves:
    """What each outcome adds to the totals of its unit, from where all are at their worst.

    Attributes
    ----------
    nodes : int array, shape (n_totals,)
        Rows of the areas and, last, of the index (-1).
    least, most : float array, shape (n_totals, n_units)
        Each total with everything at its worst and at its best for the index.
    gain : float array, shape (n_totals, n_outcomes)
    adds_up : bool array, shape (n_totals, n_units)
        Whether the sum of the gains is the gain of the sum.
    """

    nodes: npt.NDArray[np.intp]
    least: FloatArray
    most: FloatArray
    gain: FloatArray = field(repr=False)
    adds_up: BoolArray


@dataclass(frozen=True)
class Chances:
    """Distributions of one total of several units on a common grid.

    Attributes
    ----------
    values : float array, shape (n_values,)
        Points of the grid.
    worst, best : float array, shape (n_units, n_values)
        Chances of the values, by the least and by the most favourable of what is credible; the same
        array where every chance is known.
    off : float array, shape (n_units,)
        By how much points may be off because they do not fall on the grid.
    grid : int
        How many values a point has.
    """

    values: FloatArray
    worst: FloatArray
    best: FloatArray
    off: FloatArray
    grid: int

    @property
    def is_band(self) -> bool:
        """Whether some chance is not known."""
        return self.worst is not self.best

    def reach(self, unit: int) -> pd.DataFrame:
        """Return the chance of one unit to reach at least so many points, as `index_spread` draws it.

        Columns ``points``, ``low_percent`` and ``high_percent``, from the least to the most points
        that have any chance.
        """
        faces = self.worst[unit], self.best[unit]
        likely = np.flatnonzero(faces[0] + faces[1] > 1e-9)
        mine = slice(likely[0], likely[-1] + 1)
        low, high = (100 * np.clip(face[mine][::-1].cumsum()[::-1], 0, 1) for face in faces)
        return pd.DataFrame({"points": self.values[mine], "low_percent": low, "high_percent": high})


def uncut(criteria: CriteriaSet) -> CriteriaSet:
    """Return the set without the last steps of its index, cap and rounding, which `cut` does after all."""
    meta = replace(criteria.meta, rank_on="unrounded", may_exceed_total=True)
    return replace(criteria, meta=meta)


def cut(points: FloatArray, criteria: CriteriaSet) -> FloatArray:
    """Return indices no higher than the set's total, where points outside the areas might pass it."""
    has_outside = any(not node.parent and node.kind != "normal" for node in criteria.nodes)
    if criteria.meta.may_exceed_total or not has_outside:
        return points
    return np.minimum(points, criteria.meta.total_points)


def rolled(doubts: Doubts, leaves: FloatArray, places: npt.NDArray[np.intp]) -> FloatArray:
    """Return the points of all nodes and the index for columns of items of the units in `places`."""
    criteria, sheet = uncut(doubts.sheet.criteria), doubts.sheet
    nothing = np.full((1, leaves.shape[1]), np.nan)
    is_leaf = np.append(sheet.is_leaf, False)[:, None]
    # Only marks of items count; those of parents follow from them.
    is_na = is_leaf & (sheet.status == NOT_APPLICABLE)
    return roll_up(criteria, np.append(leaves, nothing, axis=0), is_na[:, places]).points


def moves_of(doubts: Doubts, *, areas: bool = True) -> Moves:
    """Roll every outcome up on its own, and say where their moves add up."""
    sheet, criteria = doubts.sheet, doubts.sheet.criteria
    units = np.arange(len(sheet.units))
    roots = [row for row, node in enumerate(criteria.nodes) if not node.parent] if areas else []
    nodes = np.array([*roots, -1], dtype=np.intp)
    low, high = doubts.at_end(best=False), doubts.at_end(best=True)
    least, most = (rolled(doubts, leaves, units)[nodes] for leaves in (low, high))
    place, gain = doubts.place, np.empty((len(nodes), len(doubts.source)))
    firsts = np.searchsorted(doubts.outcome, np.arange(len(place) + 1))
    for start in range(0, len(place), _COLUMNS_AT_ONCE):
        end = min(start + _COLUMNS_AT_ONCE, len(place))
        mine = slice(firsts[start], firsts[end])
        columns = low[:, place[start:end]]
        columns[doubts.row[mine], doubts.outcome[mine] - start] = doubts.points[mine]
        gain[:, start:end] = (
            rolled(doubts, columns, place[start:end])[nodes] - least[:, place[start:end]]
        )
    return Moves(nodes, least, most, gain, _adds_up(doubts, least, most, gain))


def _adds_up(doubts: Doubts, least: FloatArray, most: FloatArray, gain: FloatArray) -> BoolArray:
    meta = doubts.sheet.criteria.meta
    order = np.lexsort((-doubts.score, doubts.source))
    tops = order[np.diff(doubts.source[order], prepend=-1) > 0]
    place, units = doubts.place[tops], least.shape[1]
    whole = np.array([np.bincount(place, row[tops], minlength=units) for row in gain])
    adds_up = np.abs(whole - (most - least)) < _NOISE
    if meta.rounding_stage == "area":
        adds_up &= (most == least) | (np.bincount(place, minlength=units) < 2)
    return adds_up & ~_competes(doubts)


def _competes(doubts: Doubts) -> BoolArray:
    """Say of which units two doubtful items stand below one node that takes the best."""
    nodes = doubts.sheet.criteria.nodes
    doubtful = np.zeros(doubts.leaves.shape, dtype=int)
    doubtful[doubts.row, doubts.place[doubts.outcome]] = 1
    at, competes = {node.code: row for row, node in enumerate(nodes)}, doubtful[0] < 0
    for row in range(len(nodes) - 1, -1, -1):
        if nodes[row].is_best_of:
            competes = competes | (doubtful[row] > 1)
        if nodes[row].parent:
            doubtful[at[nodes[row].parent]] += doubtful[row]
    return np.asarray(competes)


def exact_chances(doubts: Doubts, moves: Moves, total: int, units: npt.NDArray[np.intp]) -> Chances:
    """Return the distributions of one total for `units`.

    Parameters
    ----------
    total : int
        Position in ``moves.nodes``; -1 is the index.
    """
    gain, least = moves.gain[total], moves.least[total, units]
    grid, off = _grid(doubts, gain, moves.least[total], units)
    steps = np.rint(gain * grid).astype(np.int64)
    base = np.rint(least * grid).astype(np.int64)
    firsts = np.searchsorted(doubts.source, np.arange(len(doubts.sources) + 1))
    place = doubts.sources["place"].to_numpy(np.intp)
    first_of = np.searchsorted(place, [units, units + 1])
    faces = np.array([doubts.worst, doubts.best])
    is_band = bool(np.abs(faces[0] - faces[1]).max(initial=0.0) > 0)
    faces = faces if is_band else faces[:1]
    sums = []
    for first, last in first_of.T:
        cuts = [slice(firsts[at], firsts[at + 1]) for at in range(first, last)]
        sums.append(
            summed([steps[cut] for cut in cuts], [faces[:, cut] for cut in cuts], len(faces))
        )
    starts = base + np.array([start for start, _ in sums], dtype=np.int64)
    left = int(starts.min())
    size = int(max(at + part.shape[1] for at, (_, part) in zip(starts, sums, strict=True))) - left
    table = np.zeros((len(faces), len(units), size))
    for unit, (at, (_, part)) in enumerate(zip(starts - left, sums, strict=True)):
        table[:, unit, at : at + part.shape[1]] = part
    values = (left + np.arange(size)) / grid
    return Chances(values, table[0], table[1] if is_band else table[0], off, grid)


def _grid(
    doubts: Doubts, gain: FloatArray, least: FloatArray, units: npt.NDArray[np.intp]
) -> tuple[int, FloatArray]:
    """Return how many values of the grid a point has, and how far off the totals of units may be."""
    off = np.zeros(len(least))
    for grid in _GRIDS:
        away = np.abs(gain * grid - np.rint(gain * grid))
        off = np.abs(least * grid - np.rint(least * grid))
        heads = np.flatnonzero(np.diff(doubts.source, prepend=-1))
        most = np.maximum.reduceat(away, heads) if len(heads) else away
        np.add.at(off, doubts.sources["place"].to_numpy(np.intp), most)
        off = np.where(off * 1e-3 < _NOISE, 0.0, off / grid)
        if not off[units].any():
            break
    return grid, off[units]


def summed(
    steps: Sequence[IntArray], masses: Sequence[FloatArray], faces: int = 1
) -> tuple[int, FloatArray]:
    """Return the distribution of a sum of independent sources.

    Parameters
    ----------
    steps : sequence of int arrays, shape (n_outcomes,)
        What each outcome of a source adds.
    masses : sequence of float arrays, shape (faces, n_outcomes)
        Their chances, which sum to 1 in each row.

    Returns
    -------
    start : int
        The least sum.
    chances : float array, shape (faces, n_sums)
        Of `start`, `start` + 1, ...

    Examples
    --------
    >>> coin = np.array([[0.5, 0.5]])
    >>> start, chances = summed([np.array([0, 1]), np.array([-1, 2])], [coin, coin])
    >>> start, chances.tolist()
    (-1, [[0.25, 0.25, 0.0, 0.25, 0.25]])
    """
    start, known = 0, np.ones((faces, 1))
    for step, mass in sorted(
        zip(steps, masses, strict=True), key=lambda pair: int(np.ptp(pair[0]))
    ):
        least = int(step.min())
        away = step - least
        size = int(away.max())
        start += least
        if size == 0:
            continue
        if len(step) > _FEW:
            dense = [np.bincount(away, row, minlength=size + 1) for row in mass]
            known = np.array([np.convolve(a, b) for a, b in zip(known, dense, strict=True)])
            continue
        wider = np.zeros((faces, known.shape[1] + size))
        for at, share in zip(away, mass.T, strict=True):
            wider[:, at : at + known.shape[1]] += known * share[:, None]
        known = wider
    return start, known
