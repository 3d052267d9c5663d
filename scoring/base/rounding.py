"""Round once, half up, at the edge.

Points are compared and ranked unrounded unless a criteria set declares otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

# A float that stands for 2.675 lies a little below it. Nine more decimals are more than any
# count or percentage carries, and few enough to bring such a value back onto its tie.
_GUARD_DECIMALS = 9


@overload
def round_points(points: float, decimals: int = 2) -> float: ...
@overload
def round_points(points: npt.NDArray[np.float64], decimals: int = 2) -> npt.NDArray[np.float64]: ...
@overload
def round_points(points: pd.Series, decimals: int = 2) -> pd.Series: ...
def round_points(
    points: float | npt.NDArray[np.float64] | pd.Series, decimals: int = 2
) -> float | npt.NDArray[np.float64] | pd.Series:
    """Round half up (away from zero), as people and spreadsheets do.

    Parameters
    ----------
    points : float, array of any shape, or Series
        Points, percent or any other figure. NaN stays NaN.
    decimals : int
        Decimals to keep, 0 or more.

    Returns
    -------
    float, array or Series
        The rounded figures, same shape and index. Agrees with ``Decimal(str(x))`` rounded half up for
        every figure given to at most ``decimals + 9`` decimals and below ten thousand.

    Examples
    --------
    >>> round_points(2.675), round(2.675, 2)
    (2.68, 2.67)
    >>> round_points(np.array([0.125, 61.885, np.nan])).tolist()
    [0.13, 61.89, nan]
    """
    rounded = _round_array(np.asarray(points, dtype=np.float64), decimals)
    if isinstance(points, np.ndarray):
        return rounded
    if not hasattr(points, "index"):
        return float(rounded)
    series: Any = points
    return series.astype("float64").where(series.isna(), rounded)


def reads_alike_within(decimals: int) -> float:
    """Return how far apart points may lie that a reader takes for the same: half a last digit.

    An appraiser who copies 8,60 from a workbook has not lowered a claim of 8.6047.

    Examples
    --------
    >>> 8.6047 - 8.60 <= reads_alike_within(2) < 8.61 - 8.60
    True
    """
    # Floats lie a little beside the figures that were typed.
    return 0.5 / 10**decimals + 1e-9


def _round_array(points: npt.NDArray[np.float64], decimals: int) -> npt.NDArray[np.float64]:
    scale = 10.0**decimals
    near = np.round(np.abs(points) * scale, _GUARD_DECIMALS)
    rounded = np.floor(near + 0.5) / scale
    return np.asarray(np.copysign(rounded, points) + 0.0)
