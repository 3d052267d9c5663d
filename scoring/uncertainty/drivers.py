"""What drives the doubt about an index: the share of each source, on its own and with all it takes part in.

Where sources add up the shares follow exactly from their variances, and the first-order share is the
total one. Elsewhere they are estimated (Saltelli 2010 for the first order, Jansen 1999 for the total).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.units import KEY_COLUMNS
from scoring.rules.evaluate import FloatArray
from scoring.tables import empty, table_of
from scoring.uncertainty.doubts import Doubts
from scoring.uncertainty.index_chances import Moves
from scoring.uncertainty.simulated import SEED, chosen_of, through_roll_up

Model = Callable[[FloatArray], FloatArray]
DRAWS = 2_000
_FEW = 8


def sobol_shares(
    model: Model, inputs: int, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[FloatArray, FloatArray]:
    """Estimate the first-order and total shares of variance of a function of independent uniforms.

    Parameters
    ----------
    model : callable
        From an array of shape (inputs, n) with numbers from 0 to 1 to one of shape (n,).

    Returns
    -------
    first, total : float array, shape (inputs,)
        NaN where the function does not vary.

    References
    ----------
    A. Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer Physics
    Communications 181; M. Jansen (1999), Analysis of variance designs for model output, ibid. 117.

    Examples
    --------
    >>> first, total = sobol_shares(lambda x: x[0] + 2 * x[1], 2)
    >>> first.round(1).tolist(), total.round(1).tolist()
    ([0.2, 0.8], [0.2, 0.8])
    """
    one, other = np.random.default_rng(seed).random((2, inputs, draws))
    at_one, at_other = model(one), model(other)
    variance = np.concatenate([at_one, at_other]).var()
    first, total = np.full((2, inputs), np.nan)
    if variance < 1e-18:
        return first, total
    for place in range(inputs):
        mixed = one.copy()
        mixed[place] = other[place]
        at_mixed = model(mixed)
        first[place] = ((at_other - at_other.mean()) * (at_mixed - at_one)).mean() / variance
        total[place] = ((at_one - at_mixed) ** 2).mean() / (2 * variance)
    return first, total


def drivers(
    doubts: Doubts, moves: Moves, confidence_percent: float, seed: int = SEED
) -> pd.DataFrame:
    """Return the table ``IndexDrivers``: every source of every unit, the strongest first.

    Returns
    -------
    DataFrame
        ``down_points`` and ``up_points`` are how far the source alone moves the index from its own
        mean (without known chances: from its middle). Shares are missing for a unit any of whose
        sources has no chance: what is not known has no variance.
    """
    sources, gain = doubts.sources, moves.gain[-1]
    heads = np.flatnonzero(np.diff(doubts.source, prepend=-1))
    if not len(heads):
        return empty("IndexDrivers")
    low, high = _reach(doubts, gain, heads, confidence_percent)
    weighted = np.add.reduceat(gain * doubts.chance, heads)
    mean = np.where(sources["is_known"], weighted, (low + high) / 2)
    spread = np.add.reduceat((gain - mean[doubts.source]) ** 2 * doubts.chance, heads)
    place = sources["place"].to_numpy(np.intp)
    whole = np.bincount(place, spread, minlength=len(doubts.sheet.units))[place]
    first = np.divide(spread, whole, out=np.full(len(spread), np.nan), where=whole > 1e-18)
    total = first.copy()
    for unit in np.flatnonzero(~moves.adds_up[-1]):
        mine = np.flatnonzero(place == unit)
        first[mine], total[mine] = _estimated(doubts, int(unit), mine, seed)
    units = doubts.sheet.units.iloc[place].reset_index(drop=True)[KEY_COLUMNS]
    table = units.assign(
        source=sources["key"], kind=sources["kind"], item_codes=sources["item_codes"],
        down_points=low - mean, up_points=high - mean, first_percent=100 * first,
        total_percent=100 * total, cases=sources["cases"],
        method=np.where(moves.adds_up[-1][place], "exact", "simulated"),
    )  # fmt: skip
    order = table.assign(place=place, width=high - low)
    order = order.sort_values(["place", "width"], ascending=[True, False], kind="stable")
    return table_of(order.drop(columns=["place", "width"]), "IndexDrivers")


def _reach(
    doubts: Doubts, gain: FloatArray, heads: npt.NDArray[np.intp], confidence_percent: float
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of each source: of a few outcomes the extremes, of a survey its interval."""
    low, high = np.minimum.reduceat(gain, heads), np.maximum.reduceat(gain, heads)
    sizes = np.diff(np.append(heads, len(gain)))
    tail = (1 - confidence_percent / 100) / 2
    for source in np.flatnonzero(sizes > _FEW):
        cut = slice(heads[source], heads[source] + sizes[source])
        order = np.argsort(gain[cut], kind="stable")
        ends = np.searchsorted(doubts.chance[cut][order].cumsum(), [tail, 1 - tail])
        low[source], high[source] = gain[cut][order][np.minimum(ends, sizes[source] - 1)]
    return low, high


def _estimated(
    doubts: Doubts, unit: int, sources: npt.NDArray[np.intp], seed: int
) -> tuple[FloatArray, FloatArray]:
    if not doubts.sources["is_known"].to_numpy(bool)[sources].all():
        return np.full((2, len(sources)), np.nan)[0], np.full(len(sources), np.nan)
    index = np.array([-1], dtype=np.intp)

    def model(uniform: FloatArray) -> FloatArray:
        chosen = [
            chosen_of(doubts, s, doubts.chance, row)
            for s, row in zip(sources, uniform, strict=True)
        ]
        return through_roll_up(doubts, index, unit, chosen, uniform.shape[1])[0]

    return sobol_shares(model, len(sources), seed=seed)
