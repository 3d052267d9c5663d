"""Distributions of totals of all units of a block, exact ones and simulated ones, on one grid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scoring.criteria import CriteriaSet
from scoring.rules.evaluate import FloatArray
from scoring.uncertainty.doubts import Doubts
from scoring.uncertainty.index_chances import Chances, Moves, cut, exact_chances
from scoring.uncertainty.simulated import simulated_totals

Drawn = dict[int, tuple[FloatArray, FloatArray]]
_FINE = 1000


def drawn_totals(
    doubts: Doubts, moves: Moves, units: npt.NDArray[np.intp], draws: int, seed: int
) -> Drawn:
    """Simulate the totals of the units whose moves do not add up."""
    hard = [int(unit) for unit in units if not moves.adds_up[:, unit].all()]
    return {
        unit: simulated_totals(doubts, moves.nodes, unit, draws=draws, seed=seed) for unit in hard
    }


def total_chances(
    doubts: Doubts, moves: Moves, total: int, units: npt.NDArray[np.intp], drawn: Drawn
) -> Chances:
    """Return the distributions of one total of `units`, exact wherever the moves add up."""
    is_drawn = np.isin(units, list(drawn)) if drawn else np.zeros(len(units), dtype=bool)
    if not is_drawn.any():
        return exact_chances(doubts, moves, total, units)
    exact = exact_chances(doubts, moves, total, units[~is_drawn]) if (~is_drawn).any() else None
    grid = exact.grid if exact else _FINE
    faces = [
        np.array([np.rint(drawn[int(unit)][face][total] * grid) for unit in units[is_drawn]])
        for face in (0, 1)
    ]
    lows, highs = [int(face.min()) for face in faces], [int(face.max()) for face in faces]
    if exact:
        own = np.rint(exact.values[[0, -1]] * grid).astype(int)
        lows, highs = [*lows, int(own[0])], [*highs, int(own[1])]
    left, size = min(lows), max(highs) - min(lows) + 1
    table = np.zeros((2, len(units), size))
    if exact:
        start = int(own[0]) - left
        table[:, ~is_drawn, start : start + exact.worst.shape[1]] = [exact.worst, exact.best]
    for face, steps in enumerate(faces):
        for unit, row in zip(np.flatnonzero(is_drawn), steps.astype(int) - left, strict=True):
            table[face, unit] = np.bincount(row, minlength=size) / len(row)
    off = np.full(len(units), 0.5 / grid)
    off[~is_drawn] = exact.off if exact else 0.0
    best = table[1] if not np.array_equal(table[0], table[1]) else table[0]
    return Chances((left + np.arange(size)) / grid, table[0], best, off, grid)


def compared_chances(chances: Chances, criteria: CriteriaSet) -> Chances:
    """Return the distributions of the index as it is compared: capped, and rounded half up where the set says so."""
    steps = np.rint(cut(chances.values, criteria) * chances.grid).astype(np.int64)
    grid = 10**criteria.meta.decimals if criteria.meta.rank_on == "rounded" else chances.grid
    grid = min(grid, chances.grid)
    ends = (2 * steps * grid + chances.grid) // (2 * chances.grid)
    heads = np.flatnonzero(np.diff(ends, prepend=ends[0] - 1))
    worst = np.add.reduceat(chances.worst, heads, axis=1)
    best = np.add.reduceat(chances.best, heads, axis=1) if chances.is_band else worst
    return Chances(ends[heads] / grid, worst, best, chances.off, grid)
