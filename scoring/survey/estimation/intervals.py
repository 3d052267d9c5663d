"""Intervals of a share from its design-based variance, vectorised over estimates.

Every method takes the share, its variance under the design, how many answers it rests on and the
degrees of freedom of the design. Where satisfaction lives, near 1 in few clusters, they differ
much: at 0.98 in 6 clusters of 10, Wald and logit cover about 62 of a nominal 95 percent, Wilson 98
and Korn-Graubard 99 (`tests/survey/test_intervals.py` simulates it again).

References
----------
E. B. Wilson (1927), JASA 22, 209-212. E. L. Korn and B. I. Graubard (1998), Survey Methodology 24,
193-201. J. D. Parker et al. (2017), NCHS Vital and Health Statistics 2(175). T. Lumley, R package
survey 4.1, ``svyciprop``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.base.errors import UsageError
from scoring.base.findings import Finding

Floats = npt.NDArray[np.float64]
Ends = tuple[Floats, Floats]

# Halvings of an interval of length 1 until its ends are neighbouring doubles.
_HALVINGS = 60

# What sums of many weights may be off by; nearer to 0 or 1 than this is 0 or 1.
_ROUNDING = 1e-12


def interval(
    method: str,
    share: npt.ArrayLike,
    variance: npt.ArrayLike,
    n: npt.ArrayLike,
    df: npt.ArrayLike,
    confidence: float = 0.95,
    *,
    scores: bool = False,
) -> Ends:
    """Return both ends of the interval of each share.

    Parameters
    ----------
    method : str
        One of `INTERVALS`. ``wilson`` (the default of a survey): score interval on the effective
        sample size, with the quantile of t at the degrees of freedom of the design.
        ``korn-graubard``: exact binomial on the effective size times (t at n - 1 over t at df)
        squared, at most n; the cautious choice. ``logit`` (also ``xlogit``, R's name for it) and
        ``wald`` (also ``mean``): for comparison only. ``asin``, ``beta`` and ``likelihood``: as R
        names them; ``beta`` is Korn-Graubard without the cap at n that NCHS puts on it.
        ``likelihood`` is the exact root of the profile; R interpolates the profile between a
        dozen points, and lies up to 0.00002 from the root.
    share, variance : array_like, shape (n_estimates,)
        Shares 0 to 1 and their variances under the design; arrays that broadcast together.
    n : array_like
        Answers that each share rests on, not weighted.
    df : array_like
        Degrees of freedom of the design; infinity for the normal distribution.
    confidence : float
        Between 0 and 1.
    scores : bool
        True for the mean of answers worth 0 to 1 that are not only 0 and 1 (weighted options).
        Wilson and Korn-Graubard then take ``share (1 - share) / variance`` as the effective size
        without the cap at n: scores vary less than zeros and ones of the same mean, so that size
        is rightly larger than n, and what carries over from the share is only that the variance
        vanishes towards both ends.

    Returns
    -------
    tuple of array, shape (n_estimates,)
        Low and high ends. Where the variance is 0, as at a share of 0 or 1, nothing speaks about
        clustering: ``wilson`` and ``korn-graubard`` take n as the effective size and still give
        an interval, ``logit`` and ``wald`` one of no width, the others NaN; at a share of 0 or 1
        itself ``logit`` gives NaN. NaN for every method where the share, the variance or the
        degrees of freedom are NaN, the variance is negative, the degrees of freedom are 0 or
        fewer, or n is 0; for ``korn-graubard`` and ``beta`` also where n is 1; for all but
        ``wald`` where weights below 0 took the share out of 0 to 1. Only ``wald`` may pass 0 and 1.

    Raises
    ------
    UsageError
        For an unknown method, a confidence outside 0 to 1, or without scipy (extra ``survey``).

    Examples
    --------
    >>> low, high = interval("wilson", [0.8, 1.0], [0.0016, 0.0], n=[150, 150], df=[12, 12])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.7002, 0.9693], [0.8726, 1.0])
    """
    if method not in INTERVALS:
        raise UsageError(f"no interval {method!r}; there are: {', '.join(INTERVALS)}")
    if not 0.0 < confidence < 1.0:
        raise UsageError(f"confidence is between 0 and 1, not {confidence}")
    arrays = (np.asarray(array, dtype=float) for array in (share, variance, n, df))
    p, v, size, freedom = np.broadcast_arrays(*arrays)
    given = _Given(_whole(p), np.where(v < _ROUNDING**2, 0.0, v), size, freedom, confidence, scores)
    with np.errstate(all="ignore"):
        low, high = _METHODS[method](given)
    known = np.isfinite(p) & np.isfinite(v) & (v >= 0) & (freedom > 0) & (size > 0)
    if method not in ("wald", "mean"):
        known &= given.binomial >= 0
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _whole(share: Floats) -> Floats:
    """Take away the rounding of a sum of weights, which may leave 1.0000000000000002."""
    near = np.round(share)
    return np.where(np.abs(share - near) < _ROUNDING, near, share)


def t_quantile(df: npt.ArrayLike, confidence: float = 0.95) -> Floats:
    """Return how many standard errors lie to either side at a confidence.

    Parameters
    ----------
    df : array_like
        Degrees of freedom; infinity for the normal distribution.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    array
        NaN where `df` is NaN, 0 or negative.

    Raises
    ------
    UsageError
        Without scipy (extra ``survey``).

    Examples
    --------
    >>> t_quantile([14, np.inf]).round(4).tolist()
    [2.1448, 1.96]
    """
    special = _special()
    df = np.asarray(df, dtype=float)
    upper = (1.0 + confidence) / 2.0
    quantile = special.stdtrit(np.where(np.isposinf(df), 1.0, df), upper)
    known = np.where(np.isposinf(df), special.ndtri(upper), quantile)
    return np.where(df > 0, known, np.nan)


def _special() -> Any:
    try:
        from scipy import special
    except ImportError:
        finding = Finding("survey-needs-scipy")
        raise UsageError(finding.text("en"), finding) from None
    return special


@dataclass(frozen=True)
class _Given:
    """What an interval is made of, as arrays of one shape."""

    share: Floats
    variance: Floats
    n: Floats
    df: Floats
    confidence: float
    scores: bool

    @cached_property
    def error(self) -> Floats:
        return np.sqrt(self.variance)

    @cached_property
    def binomial(self) -> Floats:
        return self.share * (1.0 - self.share)

    @cached_property
    def t(self) -> Floats:
        return t_quantile(self.df, self.confidence)

    @cached_property
    def effective(self) -> Floats:
        """Answers of a simple sample with this variance; n where the variance is 0."""
        return self._at_most_n(self._uncapped)

    @cached_property
    def effective_for_freedom(self) -> Floats:
        """The same, less what few degrees of freedom take off (Korn and Graubard)."""
        return self._at_most_n(self._uncapped * self.for_freedom)

    @cached_property
    def _uncapped(self) -> Floats:
        return np.where(self.variance > 0, self.binomial / self.variance, self.n)

    def _at_most_n(self, size: Floats) -> Floats:
        return size if self.scores else np.minimum(size, self.n)

    @cached_property
    def for_freedom(self) -> Floats:
        """What an effective size is worth at these degrees of freedom, of 1."""
        return (t_quantile(self.n - 1.0, self.confidence) / self.t) ** 2


def _wald(given: _Given) -> Ends:
    return given.share - given.t * given.error, given.share + given.t * given.error


def _wilson(given: _Given) -> Ends:
    size, t = given.effective, given.t
    shrink = 1.0 + t * t / size
    middle = (given.share + t * t / (2.0 * size)) / shrink
    half = t / shrink * np.sqrt(given.binomial / size + (t / (2.0 * size)) ** 2)
    # At a share of 0 or 1 one end is that share, but for rounding.
    low = np.where(given.share <= 0, 0.0, np.maximum(middle - half, 0.0))
    return low, np.where(given.share >= 1, 1.0, np.minimum(middle + half, 1.0))


def _korn_graubard(given: _Given) -> Ends:
    return _exact(given, given.effective_for_freedom)


def _beta(given: _Given) -> Ends:
    return _exact(given, given.binomial / given.variance * given.for_freedom)


def _exact(given: _Given, size: Floats) -> Ends:
    """Clopper and Pearson's interval for a sample of `size`, which need not be whole."""
    special = _special()
    yes, no, tail = size * given.share, size * (1.0 - given.share), (1.0 - given.confidence) / 2.0
    low = special.betaincinv(np.where(yes > 0, yes, 1.0), no + 1.0, tail)
    high = special.betainccinv(yes + 1.0, np.where(no > 0, no, 1.0), tail)
    known = np.isfinite(size)
    low = np.where(yes > 0, low, 0.0)
    high = np.where(no > 0, high, 1.0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _logit(given: _Given) -> Ends:
    special = _special()
    middle, half = special.logit(given.share), given.t * given.error / given.binomial
    inside = given.binomial > 0
    low, high = special.expit(middle - half), special.expit(middle + half)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _asin(given: _Given) -> Ends:
    middle = np.arcsin(np.sqrt(given.share))
    half = given.t * given.error / (2.0 * np.sqrt(given.binomial))
    # Past a right angle the sine comes down again, and R's interval with it; ours ends at 1.
    low = np.sin(np.clip(middle - half, 0.0, np.pi / 2)) ** 2
    high = np.sin(np.clip(middle + half, 0.0, np.pi / 2)) ** 2
    varied = (given.variance > 0) & (given.binomial > 0)
    return np.where(varied, low, np.nan), np.where(varied, high, np.nan)


def _likelihood(given: _Given) -> Ends:
    """Shares whose likelihood, scaled by the design effect, is just compatible with the data."""
    special = _special()
    share, rest = given.share, 1.0 - given.share
    # R estimates the dispersion with n - 1, which makes the deviance that much smaller.
    scale = 2.0 * given.binomial / given.variance * (given.n - 1.0) / given.n

    def too_far(tried: Floats) -> npt.NDArray[np.bool_]:
        deviance = special.rel_entr(share, tried) + special.rel_entr(rest, 1.0 - tried)
        return scale * deviance > given.t**2

    varied = (given.variance > 0) & (given.binomial > 0)
    low = _edge(too_far, np.zeros(share.shape), share)
    high = _edge(too_far, np.ones(share.shape), share)
    return np.where(varied, low, np.nan), np.where(varied, high, np.nan)


def _edge(
    too_far: Callable[[Floats], npt.NDArray[np.bool_]], outside: Floats, inside: Floats
) -> Floats:
    """Return where `too_far` begins between two arrays, by halving."""
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2.0
        far = too_far(middle)
        outside, inside = np.where(far, middle, outside), np.where(far, inside, middle)
    return inside


_METHODS: dict[str, Callable[[_Given], Ends]] = {
    "wilson": _wilson,
    "korn-graubard": _korn_graubard,
    "logit": _logit,
    "wald": _wald,
    "xlogit": _logit,
    "likelihood": _likelihood,
    "asin": _asin,
    "beta": _beta,
    "mean": _wald,
}

# The methods by name, the default first.
INTERVALS = tuple(_METHODS)
