"""What ranks and grades compare: points as the set declares, free of the noise of binary sums."""

from __future__ import annotations

import numpy as np

from scoring.base.rounding import round_points
from scoring.criteria import SetMeta
from scoring.rules.evaluate import FloatArray

# Sums of the same points in another order differ in the last bits; that is no difference.
_NOISE_DECIMALS = 9


def compared_points(points: FloatArray, meta: SetMeta) -> FloatArray:
    """Return the points that ranks and grades go by.

    Parameters
    ----------
    points : float array
        NaN where open.
    meta : SetMeta
        Says by `rank_on` whether rounded or unrounded points are compared.

    Returns
    -------
    float array, same shape
        Rounded to the set's decimals, or to nine where unrounded points are compared: 38.43,
        28.33 and 13.24 make 80, though their binary sum lies below it.
    """
    return round_points(points, meta.decimals if meta.rank_on == "rounded" else _NOISE_DECIMALS)


def grades(index: FloatArray, meta: SetMeta) -> list[str]:
    """Return the grade code of each index; empty where it is open or the set has no grades."""
    compared = compared_points(index, meta)
    result = np.full(len(index), "", dtype=object)
    for grade in meta.grades:
        above = compared >= grade.lower if grade.lower_closed else compared > grade.lower
        below = compared <= grade.upper if grade.upper_closed else compared < grade.upper
        result[above & below] = grade.code
    return result.tolist()
