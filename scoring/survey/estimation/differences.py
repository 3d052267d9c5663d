"""Differences of estimates: between domains, between surveys, between years that share units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.survey.estimation.estimates import DomainEstimates
from scoring.survey.estimation.intervals import t_quantile
from scoring.survey.estimation.sampling_units import Floats, Ints


@dataclass(frozen=True)
class Differences:
    """Differences, a row each.

    Attributes
    ----------
    estimate, variance : float array, shape (n_differences, n_columns)
        NaN where one of the two has no estimate.
    degrees_of_freedom : float array, shape (n_differences, n_columns)
    """

    estimate: Floats
    variance: Floats
    degrees_of_freedom: Floats

    @property
    def standard_error(self) -> Floats:
        """Standard error of each difference."""
        return np.sqrt(self.variance)


def difference(
    estimates: DomainEstimates, first: Sequence[int] | Ints, second: Sequence[int] | Ints
) -> Differences:
    """Return the first domain minus the second, of one survey, with their covariance.

    Parameters
    ----------
    estimates : DomainEstimates
    first, second : int sequence, shape (n_differences,)
        Domains.

    Returns
    -------
    Differences
        Their degrees of freedom are those of both domains taken together.

    References
    ----------
    R's ``svycontrast`` on ``svyby(..., covmat = TRUE)``.

    Examples
    --------
    >>> from scoring.survey.estimation.design import survey_design
    >>> from scoring.survey.estimation.estimates import mean
    >>> forms = pd.DataFrame({"commune": list("aabbcc"), "weight": 10.0})
    >>> shares = mean(survey_design(forms, clusters=["commune"]), [1, 1, 1, 0, 1, 0],
    ...               domains=[0, 1, 0, 1, 0, 1])
    >>> difference(shares, [0], [1]).estimate.round(4).tolist()
    [[0.6667]]
    """
    one, other = np.asarray(first, np.int64), np.asarray(second, np.int64)
    gap = estimates.estimate[one] - estimates.estimate[other]
    if estimates.replicates:
        # Set by set: one that misses a domain has no difference, and is left out of both.
        off = estimates.replicated[one] - estimates.replicated[other]
        variance = estimates.replicates.variance(off, gap)
    else:
        spread = [
            _contrast_variance(estimates.covariance(column), one, other)
            for column in range(gap.shape[1])
        ]
        variance = np.maximum(np.column_stack(spread), 0)
    freedom = np.repeat(_joint_freedom(estimates, one, other)[:, None], gap.shape[1], axis=1)
    return Differences(gap, np.where(np.isnan(gap), np.nan, variance), freedom)


@dataclass(frozen=True)
class Side:
    """One side of differences of shares, with the intervals of the shares themselves.

    Attributes
    ----------
    estimate, variance, low, high : float array, shape (n_differences, n_columns)
    degrees_of_freedom : float array, shape (n_differences,)
    """

    estimate: Floats
    variance: Floats
    low: Floats
    high: Floats
    degrees_of_freedom: Floats


def recovered(
    found: Differences, one: Side, other: Side, confidence: float = 0.95
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return both ends, the p-value and the degrees of freedom of differences of shares.

    The standard error of a share is recovered from its own interval, on the side that the
    difference needs. Where everybody of a few sampling units is satisfied the variance is 0, and
    an interval of estimate and standard error would call almost any difference real.

    Parameters
    ----------
    found : Differences
        Their variance tells how much the two sides vary together.
    one, other : Side
    confidence : float
        That of the intervals of both sides.

    Returns
    -------
    tuple of float array, shape (n_differences, n_columns)
        The interval leaves out 0 where the p-value is below what the confidence leaves. NaN
        where a side has no interval.

    References
    ----------
    G. Y. Zou, A. Donner (2008), Statistics in Medicine 27, 1693-1702; with the covariance as in
    G. Y. Zou (2008), American Journal of Epidemiology 168, 212-224. Degrees of freedom after
    Satterthwaite, at most those of `found`.
    """
    from scipy.special import stdtr

    spread = np.sqrt(one.variance * other.variance)
    shared = (one.variance + other.variance - found.variance) / 2
    alike = np.divide(shared, spread, out=np.zeros_like(spread), where=spread > 0).clip(-1, 1)
    falls, rises = (
        _combined(below, above, alike, found.degrees_of_freedom)
        for below, above in (
            (_recovered(one, one.low, confidence), _recovered(other, other.high, confidence)),
            (_recovered(one, one.high, confidence), _recovered(other, other.low, confidence)),
        )
    )
    low = found.estimate - t_quantile(falls[1], confidence) * falls[0]
    high = found.estimate + t_quantile(rises[1], confidence) * rises[0]
    error, freedom = (
        np.where(found.estimate < 0, up, down) for down, up in zip(falls, rises, strict=True)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * stdtr(freedom, -np.abs(found.estimate) / error)
    return low, high, np.asarray(p_value, float), freedom


def _recovered(side: Side, end: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the standard error that an end of an interval stands for, and its freedom."""
    freedom = side.degrees_of_freedom[:, None]
    return np.abs(end - side.estimate) / t_quantile(freedom, confidence), freedom


def _combined(
    below: tuple[Floats, Floats], above: tuple[Floats, Floats], alike: Floats, most: Floats
) -> tuple[Floats, Floats]:
    """Return the standard error of a difference, and its freedom after Satterthwaite."""
    (one, freedom), (other, others) = below, above
    variance = np.maximum(one**2 + other**2 - 2 * alike * one * other, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weighed = (one**2 + other**2) ** 2 / (one**4 / freedom + other**4 / others)
    return np.sqrt(variance), np.fmin(weighed, most)


def _contrast_variance(covariance: Floats, one: Ints, other: Ints) -> Floats:
    return covariance[one, one] + covariance[other, other] - 2 * covariance[one, other]


def _joint_freedom(estimates: DomainEstimates, one: Ints, other: Ints) -> Floats:
    """Return sampling units minus strata that either domain meets."""
    if estimates.replicates:
        return np.maximum(*(estimates.degrees_of_freedom[at] for at in (one, other)))
    domain, cluster, stratum = estimates.linearised.met()
    clusters, strata = (
        _either(domain, met, estimates.linearised.n_domains)[one, other]
        for met in (cluster, stratum)
    )
    return clusters - strata


def _either(domain: Ints, met: Ints, n_domains: int) -> Floats:
    """Count what either of two domains meets, for all pairs of domains."""
    table = np.zeros((int(met.max(initial=-1)) + 1, n_domains), np.float32)
    table[met, domain] = 1
    both = (table.T @ table).astype(float)
    alone = both.diagonal()
    return alone[:, None] + alone - both


def difference_between(
    one: DomainEstimates, other: DomainEstimates, first: Sequence[int] | Ints,
    second: Sequence[int] | Ints, *, shared: bool = False,
) -> Differences:  # fmt: skip
    """Return a domain of one survey minus a domain of another.

    Parameters
    ----------
    one, other : DomainEstimates
        With the same columns; one of them is usually another year.
    first, second : int sequence, shape (n_differences,)
        Domains of `one` and of `other`.
    shared : bool
        Whether sampling units of the first stage with the same codes are the same units, as in
        a panel. Their estimates then vary together, and the difference varies less. Two surveys
        with replicate weights share them set by set.

    Returns
    -------
    Differences
        Degrees of freedom after Satterthwaite where nothing is shared; where units are, the
        units minus the strata of both surveys taken together.

    References
    ----------
    L. Kish (1965), *Survey Sampling*, section 12.4; P. Tam (1984), American Statistician 38.
    """
    at, to = np.asarray(first, np.int64), np.asarray(second, np.int64)
    gap = one.estimate[at] - other.estimate[to]
    own, their = one.variance[at], other.variance[to]
    if shared and one.replicates and other.replicates:
        off = one.replicated[at] - other.replicated[to]
        freedom = np.minimum(one.degrees_of_freedom[at], other.degrees_of_freedom[to])
        return Differences(gap, one.replicates.variance(off, gap), _each(freedom, gap))
    if shared and not one.replicates and not other.replicates:
        covariance, freedom = _shared(one, other, at, to)
        return Differences(gap, np.maximum(own + their - 2 * covariance, 0), _each(freedom, gap))
    if shared:
        raise UsageError("one survey has replicate weights and the other none: nothing is shared")
    return Differences(gap, own + their, _satterthwaite(one, other, at, to))


def _each(freedom: Floats, gap: Floats) -> Floats:
    return np.repeat(freedom[:, None], gap.shape[1], axis=1)


def _satterthwaite(one: DomainEstimates, other: DomainEstimates, at: Ints, to: Ints) -> Floats:
    own, their = one.variance[at], other.variance[to]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = own**2 / one.degrees_of_freedom[at][:, None]
        parts = parts + their**2 / other.degrees_of_freedom[to][:, None]
        found = (own + their) ** 2 / parts
    # Without any variance there is nothing to weigh the two by.
    either = np.minimum(one.degrees_of_freedom[at], other.degrees_of_freedom[to])[:, None]
    return np.where(own + their > 0, found, either)


def _shared(
    one: DomainEstimates, other: DomainEstimates, at: Ints, to: Ints
) -> tuple[Floats, Floats]:
    """Return covariances over the sampling units that both surveys have, and their freedom."""
    lefts, rights = (_unit_names(estimates) for estimates in (one, other))
    place = rights.get_indexer(lefts)
    kept = place >= 0
    columns = []
    for column in range(one.estimate.shape[1]):
        left, right = (estimates.linearised.deviations(column) for estimates in (one, other))
        columns.append(np.einsum("ud,ud->d", left[kept][:, at], right[place[kept]][:, to]))
    return np.column_stack(columns), _panel_freedom(one, other, at, to)


def _unit_names(estimates: DomainEstimates) -> pd.MultiIndex:
    """Return stratum and code of each sampling unit of the first stage."""
    units = estimates.linearised.units
    names = [*units.stratum_columns[:1], *units.cluster_columns[:1]]
    if not units.cluster_columns:
        raise UsageError("forms that were drawn by themselves share no sampling units")
    first = np.flatnonzero(np.diff(units.stages[0].cluster_of_unit, prepend=-1))
    return pd.MultiIndex.from_frame(units.labels[names].iloc[first])


def _panel_freedom(one: DomainEstimates, other: DomainEstimates, at: Ints, to: Ints) -> Floats:
    """Return units minus strata of both surveys together, known by their codes."""
    names = [_unit_names(estimates) for estimates in (one, other)]
    clusters = pd.factorize(names[0].append(names[1]))[0]
    strata = pd.factorize(
        pd.Index([name[0] if len(name) > 1 else "" for name in names[0].append(names[1])])
    )[0]
    met = [estimates.linearised.met() for estimates in (one, other)]
    shift = len(names[0]), one.linearised.n_domains
    domain = np.concatenate([met[0][0], met[1][0] + shift[1]])
    cluster = np.concatenate([met[0][1], met[1][1] + shift[0]])
    n_domains = shift[1] + other.linearised.n_domains
    count = [_either(domain, codes[cluster], n_domains)[at, to + shift[1]]
             for codes in (clusters, strata)]  # fmt: skip
    return count[0] - count[1]
