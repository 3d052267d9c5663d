"""Chances of beating each peer and of each rank, exact for units that do not depend on each other."""

from __future__ import annotations

import numpy as np

from scoring.rules.evaluate import FloatArray

_NOTHING = 1e-12


def beating(ahead: FloatArray, behind: FloatArray) -> FloatArray:
    """Return the chance that each unit has more points than each other.

    Parameters
    ----------
    ahead, behind : float array, shape (n_units, n_values)
        Distributions on one grid, of the unit and of the others.

    Returns
    -------
    float array, shape (n_units, n_units)
        Row `j`, column `k`: that `j` has more than `k`; NaN on the diagonal.

    Examples
    --------
    >>> beating(np.eye(2), np.eye(2)).tolist()
    [[nan, 0.0], [1.0, nan]]
    """
    below = np.zeros_like(behind)
    np.cumsum(behind[:, :-1], axis=1, out=below[:, 1:])
    chance = np.clip(ahead @ below.T, 0.0, 1.0)
    np.fill_diagonal(chance, np.nan)
    return chance


def rank_chances(own: FloatArray, others: FloatArray) -> FloatArray:
    """Return the chance of each rank of each unit; equal points share the better rank.

    Given the points of a unit, how many others have more is a sum of independent yes and no
    (Poisson-binomial), built up other after other over all its points at once.

    Parameters
    ----------
    own, others : float array, shape (n_units, n_values)
        Distribution of each unit, and those of the units as it meets them.

    Returns
    -------
    float array, shape (n_units, n_units)
        Column `k` is rank `k` + 1; rows sum to 1.

    Examples
    --------
    >>> rank_chances(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([[0.5, 0.5], [0.0, 1.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    count = len(own)
    more = np.clip(1.0 - np.cumsum(others, axis=1), 0.0, 1.0)
    ranks = np.zeros((count, count))
    for unit in range(count):
        at = np.flatnonzero(own[unit] > _NOTHING)
        ahead = np.delete(more[:, at], unit, axis=0)
        surely = (ahead >= 1 - _NOTHING).all(axis=1)
        maybe = ahead[~surely & (ahead > _NOTHING).any(axis=1)]
        first, known = int(surely.sum()), np.zeros((len(maybe) + 1, len(at)))
        known[0] = own[unit][at]
        for turn, chance in enumerate(maybe, start=1):
            passed = known[:turn] * chance
            known[:turn] -= passed
            known[1 : turn + 1] += passed
        ranks[unit, first : first + len(known)] = known.sum(axis=1)
    return ranks
