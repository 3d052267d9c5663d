"""Which units a survey's error lets nobody tell apart: simultaneous confidence sets for ranks.

All signed pairs of a block are tested at once, step by step: with the stated confidence no unit is
shown to be better that is not, so that all rank sets hold the true ranks together (Mogstad,
Romano, Shaikh and Wilhelm 2024). A pair is shown where the difference passes the square root of
the sum of the squares of the two half-widths that face each other (MOVER), each widened to the
critical value by scoring the widened interval of the figure, so that rules of steps count in full.
Errors of two units are taken to be independent; errors that both share make the sets too wide, never
too narrow. Points without a survey figure have no sampling error and compare exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.points.places import RANKED_WITHIN
from scoring.points.sampling import with_sampling
from scoring.points.sheet import ScoreSheet
from scoring.rules.evaluate import BoolArray, FloatArray

# The half-widths below and above the points at a number of standard errors, each of shape (n_units,).
Widths = Callable[[float], tuple[FloatArray, FloatArray]]
SEED = 20240611
DRAWS = 2000
# Above this many units the bound of Holm takes the place of draws: a little wider, and quick.
_MOST_DRAWN = 150
_SAME = 1e-9
_CHUNK = 4_000_000


@dataclass(frozen=True)
class RankSets:
    """Simultaneous confidence sets for the ranks of the units of a sheet.

    Attributes
    ----------
    first, last : int array, shape (n_units,)
        Between which the true rank of each unit lies, all at once with the stated confidence; 0
        where a unit takes no place.
    alike : tuple of int arrays
        For each unit the columns of those it cannot be told apart from.
    """

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    alike: tuple[npt.NDArray[np.intp], ...]


def rank_sets(
    sheet: ScoreSheet, *, unranked: BoolArray | None = None, confidence_percent: float = 95.0
) -> RankSets | None:
    """Return the rank sets of all units, each block and period for itself; None without sampling errors.

    Parameters
    ----------
    sheet : ScoreSheet
        With `sampling`.
    unranked : bool array, shape (n_units,), optional
        Units that take no place.
    confidence_percent : float
        That all sets of a block hold at once.

    Raises
    ------
    UsageError
        When the confidence is not between 0 and 100, or that of a survey figure is not known.
    """
    if sheet.sampling is None:
        return None
    figures = sheet.sampling.figures
    if not figures["confidence_percent"].between(0, 100, inclusive="neither").all():
        raise UsageError("rank_sets needs the confidence_percent of every survey figure")
    points = sheet.points[-1]
    is_ranked = ~np.isnan(points) & ~(np.zeros(len(points), bool) if unranked is None else unranked)
    first, last = np.zeros((2, len(points)), dtype=np.int64)
    alike = [np.empty(0, dtype=np.intp)] * len(points)
    for group in sheet.units.groupby(RANKED_WITHIN, sort=False).indices.values():
        places = np.asarray(group, dtype=np.intp)
        places = places[is_ranked[places]]

        widths = partial(_widths, sheet, places)
        above = shown_above(points[places], widths, confidence_percent=confidence_percent)
        first[places] = 1 + above.sum(axis=0)
        last[places] = len(places) - above.sum(axis=1)
        unsure = ~above & ~above.T & ~np.eye(len(places), dtype=bool)
        for place, others in zip(places, unsure, strict=True):
            alike[place] = places[others]
    return RankSets(first, last, tuple(alike))


def _widths(
    sheet: ScoreSheet, places: npt.NDArray[np.intp], errors: float
) -> tuple[FloatArray, FloatArray]:
    """Return how far the index of each unit reaches down and up at a number of standard errors."""
    assert sheet.sampling is not None
    figures = sheet.sampling.figures
    levels = {
        level: NormalDist().inv_cdf(0.5 + level / 200)
        for level in set(figures["confidence_percent"])
    }
    wider = errors / figures["confidence_percent"].map(levels)
    low = figures["value"] - (figures["value"] - figures["low"]) * wider
    high = figures["value"] + (figures["high"] - figures["value"]) * wider
    widened, _ = with_sampling(sheet, figures.assign(low=low, high=high).drop(columns="place"))
    assert widened.sampling is not None
    points = sheet.points[-1]
    below, above = points - widened.sampling.low[-1], widened.sampling.high[-1] - points
    below, above = below[places], above[places]
    return np.nan_to_num(below), np.nan_to_num(above)


def shown_above(
    points: FloatArray,
    widths: Widths,
    *,
    confidence_percent: float = 95.0,
    draws: int = DRAWS,
    seed: int = SEED,
) -> BoolArray:
    """Say which units are shown to be better than which.

    Parameters
    ----------
    points : float array, shape (n_units,)
        Estimates, none of them NaN.
    widths : callable
        From a number of standard errors to the half-widths below and above `points`.
    confidence_percent : float
        With which no true order is contradicted anywhere.
    draws, seed : int
        Of the simulated largest difference of the pairs that are still open.

    Returns
    -------
    bool array, shape (n_units, n_units)
        True in row `j` and column `k` where `j` is shown to be better than `k`.

    References
    ----------
    Mogstad, Romano, Shaikh and Wilhelm, Inference for Ranks with Applications to Mobility across
    Neighbourhoods and Academic Achievement across Countries, Review of Economic Studies 91 (2024).

    Examples
    --------
    >>> alike = lambda errors: (np.full(3, errors), np.full(3, errors))
    >>> shown_above(np.array([10.0, 9.0, 2.0]), alike).astype(int).tolist()
    [[0, 0, 1], [0, 0, 1], [0, 0, 0]]
    """
    if not 0 < confidence_percent < 100:
        raise UsageError(f"confidence_percent is {confidence_percent}, not between 0 and 100")
    count, alpha = len(points), 1 - confidence_percent / 100
    ahead = points[:, None] - points[None, :]
    cautious = _bound(alpha, count * (count - 1))
    scales = [side / cautious for side in widths(cautious)]
    spread = np.hypot(scales[0][:, None], scales[1][None, :])
    is_open = spread > 0
    # Points without an error compare exactly.
    above = ~is_open & (ahead > _SAME)
    np.fill_diagonal(is_open, False)
    errors = _errors(scales, draws, seed) if count <= _MOST_DRAWN else None
    while is_open.any():
        critical = cautious if errors is None else _critical(errors, spread, is_open, alpha)
        if errors is None:
            critical = _bound(alpha, int(is_open.sum()))
        below, over = widths(critical)
        found = is_open & (ahead > np.hypot(below[:, None], over[None, :]) + _SAME)
        if not found.any():
            break
        above |= found
        is_open &= ~found
    return above


def _bound(alpha: float, tests: int) -> float:
    """Return the critical value that holds for so many tests, however they hang together."""
    return NormalDist().inv_cdf(1 - alpha / max(tests, 2))


def _errors(scales: list[FloatArray], draws: int, seed: int) -> FloatArray:
    """Return simulated errors of the estimates, shape (draws, n_units)."""
    normal = np.random.default_rng(seed).standard_normal((draws, len(scales[0])))
    # The truth lies below an estimate that came out too high.
    return normal * np.where(normal > 0, scales[0], scales[1])


def _critical(errors: FloatArray, spread: FloatArray, is_open: BoolArray, alpha: float) -> float:
    """Return what the largest standardised difference of the open pairs seldom passes."""
    ahead, behind = np.nonzero(is_open)
    divisor = spread[ahead, behind]
    most = np.empty(len(errors))
    step = max(1, _CHUNK // len(ahead))
    for start in range(0, len(errors), step):
        part = errors[start : start + step]
        most[start : start + step] = ((part[:, ahead] - part[:, behind]) / divisor).max(axis=1)
    return max(float(np.quantile(most, 1 - alpha, method="higher")), 0.0)


def alike_names(sheet: ScoreSheet, sets: RankSets) -> pd.Series:
    """Return for each unit the codes of those it cannot be told apart from, by code order of columns."""
    codes = sheet.units["unit_code"].to_numpy()
    return pd.Series(["; ".join(map(str, codes[others])) for others in sets.alike])
