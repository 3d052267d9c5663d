"""How often chance alone gives so much: exact binomial, binomial with units that vary, outliers."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# What is found has, over all tests of its kind together, at most this chance of being chance.
LEVEL = 0.05
# Whoever cannot be compared with so many others is not compared.
FEWEST_PEERS = 10


def binomial_tail(count: int, hits: int, share: float) -> float:
    """Return the chance of `hits` or more among `count`, each with the chance `share`.

    >>> round(binomial_tail(4, 2, 0.5), 4), binomial_tail(5, 0, 0.0), binomial_tail(5, 1, 0.0)
    (0.6875, 1.0, 0.0)
    """
    if math.isnan(share) or hits <= 0:
        return 1.0
    if share <= 0.0 or share >= 1.0:
        return float(share >= 1.0)
    logs = (_log_chosen(count, k) + k * math.log(share) + (count - k) * math.log1p(-share)
            for k in range(hits, count + 1))  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))


def poisson_tail(hits: int, mean: float) -> float:
    """Return the chance of `hits` or more where `mean` are expected.

    >>> round(poisson_tail(2, 1.0), 4), poisson_tail(0, 1.0), poisson_tail(1, 0.0)
    (0.2642, 1.0, 0.0)
    """
    if hits <= 0 or mean <= 0.0:
        return float(hits <= 0)
    # The tail itself is summed: one less the rest would lose the small chances that matter.
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(hits, hits + 60))
    return min(1.0, math.fsum(map(math.exp, logs)))


def chances_among_others(counts: Floats, hits: Floats, least_spread: float = 0.0) -> Floats:
    """Return for each row how likely its hits or more are, if it is one like all the others.

    Shares of the others vary by more than the binomial: a good unit is good in many items. A
    beta-binomial is fitted to them by moments, the row itself left out.

    Parameters
    ----------
    counts, hits : float array, shape (n_rows,)
        How many were looked at and how many of them show it; rows without any count are left out.
    least_spread : float
        The least variation between rows that is believed (0 to 1): a few rows that happen to be
        alike do not prove that the next one is.

    Returns
    -------
    float array, shape (n_rows,)
        NaN where nothing was looked at or fewer than `FEWEST_PEERS` others are there.

    References
    ----------
    J. G. Skellam (1948), A probability distribution derived from the binomial, JRSS B 10.

    Examples
    --------
    >>> hits = np.array([20.0] + [4.0, 8.0] * 10)
    >>> chances = chances_among_others(np.full(21, 20.0), hits)
    >>> bool(chances[0] < 0.001), bool(chances[1] > 0.3)
    (True, True)
    """
    known = counts > 0
    chances = np.full(len(counts), np.nan)
    if known.sum() <= FEWEST_PEERS:
        return chances
    n, k = counts[known], hits[known]
    mean, spread = _moments_of_others(n, k)
    spread = np.maximum(spread, least_spread)
    chances[known] = [
        _varied_tail(int(count), int(hit), float(share), float(rho))
        for count, hit, share, rho in zip(n, k, mean, spread, strict=True)
    ]
    return chances


def _moments_of_others(n: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Return the mean share of all other rows and how far it varies between them (0 to 1)."""
    share, others = k / n, len(n) - 1
    # Half a hit more and half a miss: what nobody shows is rare, not impossible.
    mean = (k.sum() - k + 0.5) / (n.sum() - n + 1.0)
    first = share.sum() - share
    variance = ((share**2).sum() - share**2 - first**2 / others) / (others - 1)
    inverse = ((1 / n).sum() - 1 / n) / others
    binomial = mean * (1 - mean)
    spread = (variance / binomial - inverse) / (1 - inverse + 1e-12)
    return mean, np.clip(spread, 0.0, 0.99)


def _varied_tail(count: int, hits: int, share: float, rho: float) -> float:
    if rho < 1e-6:
        return binomial_tail(count, hits, share)
    total = 1 / rho - 1
    a, b = share * total, (1 - share) * total
    base = math.lgamma(total) - math.lgamma(a) - math.lgamma(b) - math.lgamma(total + count)
    logs = (_log_chosen(count, k) + base + math.lgamma(a + k) + math.lgamma(b + count - k)
            for k in range(hits, count + 1))  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))


def _log_chosen(count: int, hits: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(hits + 1) - math.lgamma(count - hits + 1)


def outlying(values: Floats, floor: float) -> tuple[Floats, Floats, Floats]:
    """Return the chance, by either side, of a value so far from all the others.

    Parameters
    ----------
    values : float array, shape (n,)
        NaN: not known.
    floor : float
        The least standard deviation that is believed: where all others are equal, the next is not
        sure to be.

    Returns
    -------
    chance, middle, spread : float array, shape (n,)
        The middle and the standard deviation are those of the others. NaN with fewer than
        `FEWEST_PEERS` others. The chance takes values as normal (externally studentized residual).

    References
    ----------
    R. D. Cook, S. Weisberg (1982), Residuals and Influence in Regression, 2.2.2;
    D. L. Wallace (1959), Bounds on normal approximations to Student's distribution.

    Examples
    --------
    >>> values = np.array([60.0, *np.linspace(-5, 5, 20)])
    >>> chance, middle, _ = outlying(values, 1.0)
    >>> bool(chance[0] < 1e-9), round(float(middle[0]), 6), bool(chance[1] > 0.2)
    (True, 0.0, True)
    """
    known = ~np.isnan(values)
    chance, middle, spread = (np.full(len(values), np.nan) for _ in range(3))
    others = int(known.sum()) - 1
    if others < FEWEST_PEERS:
        return chance, middle, spread
    x = values[known]
    # Sums are of distances from one value in the middle, so that large values lose no digits.
    near = x - np.median(x)
    first, second = near.sum() - near, (near**2).sum() - near**2
    deviation = np.sqrt(np.maximum(second - first**2 / others, 0.0) / (others - 1))
    believed = np.maximum(deviation, max(floor, 1e-12))
    t = np.abs(near - first / others) / (believed * math.sqrt(1 + 1 / others))
    degrees = others - 1
    z = (8 * degrees + 1) / (8 * degrees + 3) * np.sqrt(degrees * np.log1p(t**2 / degrees))
    normal = NormalDist()
    chance[known] = [2 * normal.cdf(-one) for one in z.tolist()]
    middle[known], spread[known] = x - near + first / others, deviation
    return chance, middle, spread
