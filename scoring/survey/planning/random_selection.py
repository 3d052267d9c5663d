"""Drawing places from a list: simple random, systematic, proportional to size, all from a seed.

The numbers come from the raw bits of PCG64, seeded through `SeedSequence`: both are promised to
stay as they are through versions and machines, which the methods of a Generator are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAW_METHODS = ("random", "systematic", "pps")
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
_ONE = 2**53  # steps of a uniform number


@dataclass(frozen=True)
class Selection:
    """What was drawn from a list.

    Attributes
    ----------
    places : int array, shape (n_drawn,)
        Places in the list, ascending.
    probabilities : float array, shape (n_drawn,)
        Chance of each to be drawn.
    reserves : int array
        Places of the reserve sample, in the order in which they are to be used.
    """

    places: Places
    probabilities: Floats
    reserves: Places


def uniform_numbers(seed: int, path: Sequence[str], count: int) -> Floats:
    """Return numbers from 0 (included) to 1, the same for a seed and a path on every machine.

    Parameters
    ----------
    seed : int
        0 or more.
    path : sequence of str
        What is drawn, such as the stage and the stratum: each has numbers of its own, so that a
        change elsewhere in the frame leaves its draw as it was.
    count : int

    Examples
    --------
    >>> uniform_numbers(2026, ["1", "R1"], 3).round(6).tolist()
    [0.023128, 0.021938, 0.801831]
    """
    digest = hashlib.sha256("\x1f".join(path).encode()).digest()
    words = np.frombuffer(digest, dtype=">u4").astype(np.uint32).tolist()
    bits = np.random.PCG64(np.random.SeedSequence([seed, *words])).random_raw(count)
    return (bits >> np.uint64(11)) / _ONE


def select(
    method: str, take: int, numbers: Floats, sizes: Floats | None = None, *, reserve: int = 0
) -> Selection:
    """Draw `take` of the places of a list, and a reserve from the others.

    Parameters
    ----------
    method : {"random", "systematic", "pps"}
        ``systematic`` goes through the list in equal steps, ``pps`` in steps of the cumulated
        sizes, after what is larger than a step has been taken for certain.
    take : int
        At most the length of the list.
    numbers : array, shape (n_units + 1,)
        Uniform numbers: the start of the steps, then one for each unit, by which a random sample
        and the order of the reserve are decided.
    sizes : array, shape (n_units,), optional
        Positive; for ``pps``.
    reserve : int
        How many more; fewer where the list ends.

    Examples
    --------
    >>> found = select("pps", 2, np.array([0.5, 0.1, 0.2, 0.3, 0.4]), np.array([70.0, 10, 10, 10]))
    >>> found.places.tolist(), found.probabilities.round(4).tolist()
    ([0, 2], [1.0, 0.3333])
    """
    start, keys = float(numbers[0]), numbers[1:]
    count = len(keys)
    if method == "pps":
        if sizes is None:
            raise ValueError("pps needs sizes")
        places, chances = _by_size(np.asarray(sizes, np.float64), take, start)
    else:
        random = np.sort(np.argsort(keys, kind="stable")[:take])
        places = random if method == "random" else _steps(count, take, start)
        chances = np.full(take, take / max(count, 1))
    left = np.ones(count, dtype=bool)
    left[places] = False
    order = np.argsort(keys, kind="stable")
    return Selection(places, chances, order[left[order]][:reserve])


def size_probabilities(sizes: Floats, take: int) -> Floats:
    """Return the chance of each unit in a draw proportional to size; 1 where it is certain.

    A unit is certain where its size is a whole step or more; without it the step of the others
    changes, which can make further ones certain.

    Examples
    --------
    >>> size_probabilities(np.array([70.0, 20, 5, 5]), 3).tolist()
    [1.0, 1.0, 0.5, 0.5]
    """
    chances = np.zeros(len(sizes))
    certain = np.zeros(len(sizes), dtype=bool)
    while (left := take - int(certain.sum())) > 0:
        chances = np.where(certain, 1.0, left * sizes / sizes[~certain].sum())
        if not (more := ~certain & (chances >= 1 - 1e-12)).any():
            break
        certain |= more
    return np.where(certain, 1.0, chances)


def _steps(count: int, take: int, start: float) -> Places:
    """Return every (count / take)-th place from a start within the first step."""
    # In whole numbers: a rounded product could pass over a place.
    first = int(start * _ONE)
    steps = ((first + step * _ONE) * count // (take * _ONE) for step in range(take))
    return np.fromiter(steps, dtype=np.intp, count=take)


def _by_size(sizes: Floats, take: int, start: float) -> tuple[Places, Floats]:
    chances = size_probabilities(sizes, take)
    certain = chances >= 1
    rest = np.flatnonzero(~certain)
    left = take - int(certain.sum())
    if left > 0:
        ends = np.cumsum(chances[rest])
        # The chances add up to the steps that are left, but for rounding.
        points = (start + np.arange(left)) * (ends[-1] / left)
        rest = rest[np.minimum(np.searchsorted(ends, points, side="right"), len(rest) - 1)]
    places = np.sort(np.concatenate([np.flatnonzero(certain), rest[:left]]))
    return places, chances[places]
