"""Simulation, for what does not add up, and to check the exact distributions by.

In `simulated_totals` every source draws from a stream of its own, named by seed, unit and source:
whatever else changes, it draws the same again (common random numbers), and its worst and best face
move together. `draws_of`, a check of what is exact, draws all from one stream, which is faster.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.rules.evaluate import FloatArray
from scoring.uncertainty.doubts import Doubts
from scoring.uncertainty.index_chances import Moves, cut, rolled

DRAWS, SEED = 10_000, 20261231
_CHUNK = 2_000


@dataclass(frozen=True)
class Draws:
    """Simulated totals.

    Attributes
    ----------
    index : float array, shape (n_draws, n_units)
    ranks : int array, shape (n_draws, n_units)
        Among all units, equal points sharing the better rank.
    """

    index: FloatArray
    ranks: npt.NDArray[np.int64]


def draws_of(doubts: Doubts, moves: Moves, *, draws: int = DRAWS, seed: int = SEED) -> Draws:
    """Simulate the index of units whose moves add up, and the ranks among all of them.

    The chances are the best estimates, for unknown ones the middle of the band, so that this is a
    check of what is exact and no result of its own.
    """
    index = np.repeat(moves.least[-1][:, None], draws, axis=1)
    firsts = np.searchsorted(doubts.source, np.arange(len(doubts.sources) + 1))
    place = doubts.sources["place"].to_numpy(np.intp)
    chance = np.where(np.isnan(doubts.chance), (doubts.worst + doubts.best) / 2, doubts.chance)
    stream = np.random.default_rng(seed)
    for at, unit in enumerate(place):
        own = slice(firsts[at], firsts[at + 1])
        add_drawn(index[unit], stream, moves.gain[-1, own], chance[own])
    points = np.round(cut(index, doubts.sheet.criteria), 9).T
    return Draws(points, ranks_of(points))


def add_drawn(
    totals: FloatArray, stream: np.random.Generator, gain: FloatArray, chance: FloatArray
) -> None:
    """Add what one source draws to each of `totals`, in place."""
    draw = stream.random(len(totals), dtype=np.float32)
    if len(gain) > 8:
        totals += gain[np.minimum(np.searchsorted(chance.cumsum(), draw), len(gain) - 1)]
        return
    totals += gain[0]
    for step, edge in zip(np.diff(gain), chance.cumsum(), strict=False):
        if step:
            totals += np.where(draw > np.float32(edge), step, 0.0)


def ranks_of(points: FloatArray) -> npt.NDArray[np.int64]:
    """Return the ranks of the units in each row; equal points share the better one.

    >>> ranks_of(np.array([[3.0, 5.0, 5.0, 1.0]])).tolist()
    [[3, 1, 1, 4]]
    """
    order = np.argsort(-points, axis=1, kind="stable")
    sorted_points = np.take_along_axis(points, order, axis=1)
    counting = np.broadcast_to(np.arange(1, points.shape[1] + 1), points.shape).copy()
    counting[:, 1:][sorted_points[:, 1:] == sorted_points[:, :-1]] = 0
    standing, ranks = np.maximum.accumulate(counting, axis=1), np.empty_like(counting)
    np.put_along_axis(ranks, order, standing, axis=1)
    return ranks


def simulated_totals(
    doubts: Doubts, nodes: npt.NDArray[np.intp], unit: int, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[FloatArray, FloatArray]:
    """Simulate totals of one unit through the roll-up, by its worst and by its best chances.

    Returns
    -------
    worst, best : float array, shape (n_totals, n_draws)
    """
    sources = np.flatnonzero(doubts.sources["place"].to_numpy() == unit)
    uniform = np.array([_stream(doubts, int(source), seed).random(draws) for source in sources])
    made = []
    for face in (doubts.worst, doubts.best):
        parts = [
            _totals(doubts, nodes, unit, sources, face, uniform[:, at : at + _CHUNK])
            for at in range(0, draws, _CHUNK)
        ]
        made.append(np.concatenate(parts, axis=1))
    return made[0], made[1]


def _stream(doubts: Doubts, source: int, seed: int) -> np.random.Generator:
    row = doubts.sources.iloc[source]
    key = doubts.sheet.keys[row["place"]]
    name = f"{key.unit_code}|{key.year}|{key.period}|{row['kind']}|{row['key']}"
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _totals(
    doubts: Doubts, nodes: npt.NDArray[np.intp], unit: int,
    sources: npt.NDArray[np.intp], face: FloatArray, uniform: FloatArray,
) -> FloatArray:  # fmt: skip
    chosen = [
        chosen_of(doubts, source, face, row) for source, row in zip(sources, uniform, strict=True)
    ]
    return through_roll_up(doubts, nodes, unit, chosen, uniform.shape[1])


def chosen_of(
    doubts: Doubts, source: int, face: FloatArray, uniform: FloatArray
) -> npt.NDArray[np.intp]:
    """Return the outcome of a source at each uniform number; a larger one is never less favourable."""
    first, last = np.searchsorted(doubts.source, [source, source + 1])
    order = first + np.argsort(doubts.score[first:last], kind="stable")
    at = np.searchsorted(face[order].cumsum(), uniform, side="right")
    return order[np.minimum(at, len(order) - 1)]


def through_roll_up(
    doubts: Doubts, nodes: npt.NDArray[np.intp], unit: int,
    chosen: list[npt.NDArray[np.intp]], draws: int,
) -> FloatArray:  # fmt: skip
    """Return the totals of a unit where each source comes to the outcomes in `chosen`."""
    leaves = np.repeat(doubts.leaves[:, [unit]], draws, axis=1)
    for outcomes in chosen:
        for outcome in np.unique(outcomes):
            mine = slice(*np.searchsorted(doubts.outcome, [outcome, outcome + 1]))
            hit = np.flatnonzero(outcomes == outcome)
            leaves[doubts.row[mine][:, None], hit] = doubts.points[mine][:, None]
    return rolled(doubts, leaves, np.full(draws, unit, dtype=np.intp))[nodes]
