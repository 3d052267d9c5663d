"""Quantiles of Student's t without scipy, for charts and reports that read estimates from a file."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

# The finite sums of whole degrees of freedom; beyond, the expansion is right to four digits.
_SUMMED = 40
_HALVINGS = 60


def student_quantile(alpha: npt.ArrayLike, degrees: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return how far Student's t goes to either side with the chance `alpha` of going further.

    Parameters
    ----------
    alpha : array
        Between 0 and 1, both sides together.
    degrees : array
        Degrees of freedom, rounded down to whole ones, which is cautious; infinite for the normal
        distribution.

    Returns
    -------
    array
        NaN where `alpha` or `degrees` is, and below one degree.

    References
    ----------
    M. Abramowitz, I. A. Stegun (1964), 26.7.3, 26.7.4 and 26.7.5.

    Examples
    --------
    >>> student_quantile([0.05, 0.05, 0.05], [2, 14, np.inf]).round(4).tolist()
    [4.3027, 2.1448, 1.96]
    """
    pairs = np.broadcast(np.asarray(alpha, float), np.asarray(degrees, float))
    found = [_quantile(float(a), float(v)) for a, v in pairs]
    return np.array(found, float).reshape(pairs.shape)


@lru_cache(maxsize=4096)
def _quantile(alpha: float, degrees: float) -> float:
    if not (0 < alpha < 1 and degrees >= 1):
        return math.nan
    if degrees > _SUMMED:
        return _expanded(NormalDist().inv_cdf(1 - alpha / 2), degrees)
    low, high = 0.0, math.pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - _inside(middle, int(degrees)) > alpha else (low, middle)
    return math.sqrt(int(degrees)) * math.tan(low)


def _inside(angle: float, degrees: int) -> float:
    """Return the chance that t stays within the root of the degrees times the tangent."""
    odd = degrees % 2
    term, total = (math.cos(angle) if odd else 1.0), 0.0
    for step in range(1, degrees // 2 + 1):
        total += term
        above, below = (2 * step, 2 * step + 1) if odd else (2 * step - 1, 2 * step)
        term *= math.cos(angle) ** 2 * above / below
    inside = math.sin(angle) * total
    return 2 / math.pi * (angle + inside) if odd else inside


def _expanded(z: float, v: float) -> float:
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3
