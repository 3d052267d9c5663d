"""The levels of points that a move reaches, each with the least change that reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.advice.item_case import IntArray, ItemCase
from scoring.advice.moves import Move
from scoring.rules.evaluate import BoolArray, FloatArray

# Less is the noise of a sum.
_NOTHING = 1e-9
_NEAR = 1e-9
# Less than half a step is taken off a penalty: the half itself is rounded up.
_BELOW_HALF = 1e-7


@dataclass(frozen=True)
class Levels:
    """What a move brings: one row for each unit and level, the nearest first within a unit.

    Attributes
    ----------
    move : Move
    places : int array, shape (n,)
    x, points, size : array, shape (n,)
        `points` of the item afterwards; `size` of the change.
    figures : mapping of str to array, shape (n,)
    is_edge : bool array, shape (n,)
        False for what lies between two edges of the rule.
    """

    move: Move
    places: IntArray
    x: FloatArray
    points: FloatArray
    size: FloatArray
    figures: Mapping[str, FloatArray]
    is_edge: BoolArray

    def best(self, n_units: int) -> IntArray:
        """Return the last level of each unit, -1 where it has none."""
        last = np.full(n_units, -1, dtype=np.intp)
        last[self.places] = np.arange(len(self.places))
        return last


def levels(case: ItemCase, move: Move, every: float | None) -> Levels:
    """Return the levels of a move that are better than what stands.

    Parameters
    ----------
    case : ItemCase
    move : Move
    every : float or None
        Where points rise steadily a level is a multiple of this; None: the edges only.
    """
    places, x, earned = _at_edges(case, move)
    is_edge = np.ones(len(x), dtype=bool)
    if every is not None and move.grid:
        more = _between(case, move, (places, x, earned), every)
        places, x = np.concatenate([places, more[0]]), np.concatenate([x, more[1]])
        earned = np.concatenate([earned, more[2]])
        is_edge = np.arange(len(x)) < len(is_edge)
    points = case.rounded(earned)
    worth = case.sign * points
    keep = np.flatnonzero(worth > case.worth_now[places] + _NOTHING)
    size = move.size(places[keep], x[keep])
    # An edge stands before what was found between two of them at the same figure.
    order = np.lexsort((~is_edge[keep], worth[keep], size, places[keep]))
    keep, size = keep[order], size[order]
    first = _rises(places[keep], worth[keep], case.rule.spec.max_points)
    keep, size = keep[first], size[first]
    figures = move.figures(places[keep], x[keep])
    return Levels(move, places[keep], x[keep], points[keep], size, figures, is_edge[keep])


def _rises(places: IntArray, worth: FloatArray, most: float) -> BoolArray:
    """Say which rows of a unit are worth more than every row of it before."""
    if not len(places):
        return np.zeros(0, dtype=bool)
    # A unit's rows lie above those of all units before it.
    lifted = worth + places * (2.0 * most + 1.0)
    best = np.maximum.accumulate(lifted)
    is_first = np.append(True, places[1:] != places[:-1])
    rises = np.append(True, lifted[1:] > best[:-1] + _NOTHING)
    return is_first | rises


def _at_edges(case: ItemCase, move: Move) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return unit, `x` and earned points of everything tried, in order of unit and `x`."""
    ordered = np.sort(move.tried, axis=0).T
    is_new = np.isfinite(ordered)
    is_new[:, 1:] &= ordered[:, 1:] != ordered[:, :-1]
    places = np.nonzero(is_new)[0]
    x = ordered[is_new]
    return places, x, case.earned(places, move.figures(places, x))


def _between(
    case: ItemCase, move: Move, edges: tuple[IntArray, FloatArray, FloatArray], every: float
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return the nearest figures that reach each multiple of `every` between two edges."""
    places, x, earned = edges
    worth = case.sign * earned
    # What the set rounds half up is reached half a step earlier.
    early = 0.0 if case.decimals is None else 0.5 * 10.0**-case.decimals
    early -= _BELOW_HALF if case.sign < 0 and early else 0.0
    low, high = np.minimum(worth[:-1], worth[1:]), np.maximum(worth[:-1], worth[1:])
    is_open = (places[:-1] == places[1:]) & (x[1:] - x[:-1] > 1.5 * move.grid)
    is_open &= high > np.maximum(low, case.worth_now[places[:-1]] - early) + _NOTHING
    piece = np.flatnonzero(is_open)
    first = (
        np.floor(
            (np.maximum(low[piece], case.worth_now[places[piece]] - early) + early + _NOTHING)
            / every
        )
        + 1
    )
    last = np.ceil((high[piece] + early - _NOTHING) / every) - 1
    count = np.maximum(last - first + 1, 0).astype(np.intp)
    start = np.repeat(np.cumsum(count) - count, count)
    wanted = (np.repeat(first, count) + np.arange(len(start)) - start) * every - early
    piece = np.repeat(piece, count)
    share = (wanted - worth[piece]) / (worth[piece + 1] - worth[piece])
    steps = (x[piece] + share * (x[piece + 1] - x[piece])) / move.grid
    rises = worth[piece + 1] > worth[piece]
    steps = np.where(rises, np.ceil(steps - _NEAR), np.floor(steps + _NEAR))
    at = steps if move.grid == 1.0 else steps / round(1 / move.grid)
    return places[piece], at, case.earned(places[piece], move.figures(places[piece], at))
