"""Estimates of means, totals and ratios over domains, with their design-based variance.

The second pass: everything comes from `ClusterTotals`, so data in pieces give the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from scoring.base.errors import UsageError
from scoring.survey.estimation.cluster_totals import ClusterTotals, cluster_totals
from scoring.survey.estimation.design import SurveyDesign
from scoring.survey.estimation.intervals import t_quantile
from scoring.survey.estimation.linearised import Linearised
from scoring.survey.estimation.replicates import Replicates
from scoring.survey.estimation.sampling_units import Floats


@dataclass(frozen=True)
class DomainEstimates:
    """Estimates of some columns in some domains.

    Attributes
    ----------
    estimate, variance : float array, shape (n_domains, n_columns)
        NaN where no form of the domain has an answer.
    forms : float array, shape (n_domains,)
        Forms of the domain.
    answers : float array, shape (n_domains, n_columns)
        Forms with an answer.
    answered_weight : float array, shape (n_domains, n_columns)
    counts : float array, shape (n_domains, n_columns)
        Sums of the denominators without weights, such as how many opinions were given.
    weight : float array, shape (n_domains,)
    degrees_of_freedom : float array, shape (n_domains,)
        Sampling units minus strata that the domain meets, as R counts them.
    linearised : Linearised
    residual_products : float array, shape (n_domains, n_columns, n_columns)
        Weighted products of the linearised values of two columns, form by form.
    replicates : Replicates or None
    replicated : float array, shape (n_domains, n_columns, n_replicates)
        The estimates under each set of replicate weights.
    """

    estimate: Floats
    variance: Floats
    forms: Floats
    answers: Floats
    answered_weight: Floats
    counts: Floats
    weight: Floats
    degrees_of_freedom: Floats
    linearised: Linearised
    residual_products: Floats
    replicates: Replicates | None
    replicated: Floats

    def __repr__(self) -> str:
        domains, columns = self.estimate.shape
        return f"DomainEstimates({domains} domains, {columns} columns)"

    @property
    def standard_error(self) -> Floats:
        """Standard error of each estimate."""
        return np.sqrt(self.variance)

    @property
    def design_effect(self) -> Floats:
        """Variance over that of as many forms drawn by themselves with replacement."""
        return _quotient(self.variance, self._simple_variance())

    @property
    def design_effect_without_replacement(self) -> Floats:
        """Variance over that of as many forms drawn by themselves without replacement."""
        left = 1 - _quotient(self.answers, self.answered_weight)
        return _quotient(self.variance, self._simple_variance() * left)

    @property
    def effective_size(self) -> Floats:
        """How many forms drawn by themselves would tell as much."""
        return _quotient(self.answers, self.design_effect)

    def t_interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Return both ends of estimate and standard error times the quantile of t.

        For means and totals; shares have better ones in
        `scoring.survey.estimation.intervals.interval`.
        """
        half = t_quantile(self.degrees_of_freedom, confidence)[:, None] * self.standard_error
        return self.estimate - half, self.estimate + half

    def covariance(self, column: int = 0) -> Floats:
        """Return the covariance of one column between domains, (n_domains, n_domains)."""
        if self.replicates is None:
            return self.linearised.covariance(column)
        return self.replicates.covariance(self.replicated[:, column], self.estimate[:, column])

    def _simple_variance(self) -> Floats:
        products = np.diagonal(self.residual_products, axis1=1, axis2=2)
        return _quotient(self.answered_weight * products, self.answers - 1)


def _quotient(above: Floats, below: Floats) -> Floats:
    """Divide, with NaN for a divisor that is not above 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)


def mean(
    design: SurveyDesign, values: npt.ArrayLike, domains: npt.ArrayLike | None = None,
    n_domains: int | None = None, crossed: bool = False,
) -> DomainEstimates:  # fmt: skip
    """Estimate the mean of some columns in some domains.

    Parameters
    ----------
    design : SurveyDesign
    values : float array, shape (n_forms,) or (n_forms, n_columns)
        NaN: no answer. Shares come from 0 and 1.
    domains : int array, shape (n_forms,), optional
        The domain of each form, from 0; -1 for none. The strata and sampling units of the whole
        design count in every domain.
    n_domains : int, optional
    crossed : bool
        Keep what the design effect of a `combination` needs.

    Returns
    -------
    DomainEstimates

    References
    ----------
    R's ``svymean`` and ``svyby``; C.-E. Särndal, B. Swensson, J. Wretman (1992), section 5.8.

    Examples
    --------
    >>> import pandas as pd
    >>> from scoring.survey.estimation.design import survey_design
    >>> forms = pd.DataFrame({"commune": list("aabbcc"), "weight": 10.0})
    >>> shares = mean(survey_design(forms, clusters=["commune"]), [1, 1, 1, 0, 1, 0])
    >>> shares.estimate.round(4).tolist(), shares.standard_error.round(4).tolist()
    ([[0.6667]], [[0.1667]])
    """
    return ratio(design, values, None, domains, n_domains, crossed)


def ratio(
    design: SurveyDesign, numerators: npt.ArrayLike, denominators: npt.ArrayLike | None,
    domains: npt.ArrayLike | None = None, n_domains: int | None = None, crossed: bool = False,
) -> DomainEstimates:  # fmt: skip
    """Estimate the ratio of two totals, column by column, in some domains.

    Parameters
    ----------
    design, domains, n_domains, crossed
        As in `mean`.
    numerators, denominators : float array, shape (n_forms,) or (n_forms, n_columns)
        NaN in either: no answer.

    Returns
    -------
    DomainEstimates
    """
    return estimates_of(
        design, cluster_totals(design, numerators, denominators, domains, n_domains, crossed)
    )


def total(
    design: SurveyDesign, values: npt.ArrayLike, domains: npt.ArrayLike | None = None,
    n_domains: int | None = None,
) -> DomainEstimates:  # fmt: skip
    """Estimate the total of some columns in some domains; arguments as in `mean`."""
    return estimates_of(design, cluster_totals(design, values, None, domains, n_domains), "total")


def estimates_of(
    design: SurveyDesign, totals: ClusterTotals, kind: str = "ratio"
) -> DomainEstimates:
    """Make estimates of the totals that were added up.

    Parameters
    ----------
    design : SurveyDesign
    totals : ClusterTotals
        Of all pieces of the data.
    kind : {"ratio", "total"}
        A mean is a ratio to the number of answers.

    Returns
    -------
    DomainEstimates
    """
    if kind not in ("ratio", "total"):
        raise UsageError(f"kind is ratio or total, not {kind!r}")
    above, below = _domain_sums(totals, design.units.n_units)
    quotient = _quotient(above, np.abs(below)) * np.sign(below)
    slope, scale = quotient, _quotient(np.ones_like(below), np.abs(below)) * np.sign(below)
    if kind == "total":
        slope, scale = 0 * np.nan_to_num(slope), np.ones_like(below)
    linear = _linearised(design, totals, slope, scale)
    unknown = (totals.answers == 0) | ((kind == "ratio") & ~np.isfinite(quotient))
    estimate = np.where(unknown, np.nan, above if kind == "total" else quotient)
    replicated = _replicated(totals, kind)
    if design.replicates:
        variance = design.replicates.variance(replicated, estimate)
    else:
        variance = linear.variance()
    return DomainEstimates(
        estimate,
        np.where(unknown, np.nan, variance),
        totals.forms,
        totals.answers,
        totals.answered_weight,
        totals.counts,
        totals.weight,
        _replicate_freedom(design.replicates, totals)
        if design.replicates
        else linear.degrees_of_freedom(),
        linear,
        _residual_products(totals, quotient if kind == "ratio" else None, scale),
        design.replicates,
        replicated,
    )


def _replicated(totals: ClusterTotals, kind: str) -> Floats:
    """Return the estimates under each set of replicate weights; NaN where there is none."""
    above, below = np.split(totals.replicate_sums, 2, axis=1)
    return above if kind == "total" else _quotient(above, np.abs(below)) * np.sign(below)


def _replicate_freedom(replicates: Replicates, totals: ClusterTotals) -> Floats:
    domain, row = np.divmod(totals.replicate_cells, len(replicates.factors))
    edges = np.searchsorted(domain, np.arange(totals.n_domains + 1))
    rows = [row[low:high] for low, high in pairwise(edges)]
    return np.array([replicates.degrees_of_freedom(met) for met in rows], float)


def combination(estimates: DomainEstimates, weights: npt.ArrayLike) -> DomainEstimates:
    """Return linear combinations of the columns, such as the mean of several factors.

    Parameters
    ----------
    estimates : DomainEstimates
        Collected `crossed` where the design effect is wanted; it is NaN otherwise.
    weights : float array, shape (n_columns,) or (n_columns, n_combinations)
        A column of weight 0 may lack answers; any other makes the combination NaN.

    Returns
    -------
    DomainEstimates
        A column a combination; its answers are the forms of the domain.
    """
    each = np.asarray(weights, float)
    each = each[:, None] if each.ndim == 1 else each
    linear = estimates.linearised.combined(each)
    estimate = _weighted(estimates.estimate, each)
    replicated = np.moveaxis(_weighted(np.moveaxis(estimates.replicated, 1, 2), each), 2, 1)
    replicates = estimates.replicates
    variance = replicates.variance(replicated, estimate) if replicates else linear.variance()
    return replace(
        estimates,
        estimate=estimate,
        variance=np.where(np.isnan(estimate), np.nan, variance),
        answers=np.repeat(estimates.forms[:, None], each.shape[1], axis=1),
        answered_weight=np.repeat(estimates.weight[:, None], each.shape[1], axis=1),
        counts=np.repeat(estimates.counts.sum(axis=1, keepdims=True), each.shape[1], axis=1),
        linearised=linear,
        residual_products=each.T @ estimates.residual_products @ each,
        replicated=replicated,
    )


def _weighted(columns: Floats, weights: Floats) -> Floats:
    """Return sums of the last axis by weight; what has no weight may be NaN."""
    lacking = np.isnan(columns) @ (weights != 0).astype(float) > 0
    return np.where(lacking, np.nan, np.nan_to_num(columns) @ weights)


def _domain_sums(totals: ClusterTotals, n_units: int) -> tuple[Floats, Floats]:
    """Return the totals of numerators and denominators, each (n_domains, n_columns)."""
    sums = np.zeros((totals.n_domains, totals.sums.shape[1]))
    np.add.at(sums, totals.cells // n_units, totals.sums)
    above, below = np.split(sums, 2, axis=1)
    return above, below


def _linearised(
    design: SurveyDesign, totals: ClusterTotals, slope: Floats, scale: Floats
) -> Linearised:
    """Return (numerator - slope * denominator) * scale by unit, less what calibration explains."""
    slope, scale = np.nan_to_num(slope), np.nan_to_num(scale)
    domain = totals.cells // design.units.n_units
    above, below = np.split(totals.sums, 2, axis=1)
    values = (above - slope[domain] * below) * scale[domain]
    above, below = np.split(totals.load_values, 2, axis=2)
    loads = (above - slope[:, None] * below) * scale[:, None]
    return Linearised(
        design.units, design.lonely, totals.n_domains, totals.cells, values, totals.loads,
        _coefficients(design, totals.gram, loads),
        totals.answered_cells > 0 if design.lonely == "average" else None,
    )  # fmt: skip


def _coefficients(design: SurveyDesign, gram: Floats, load_values: Floats) -> Floats:
    """Regress the linearised values on what the weights were calibrated to, step by step."""
    found = np.zeros_like(load_values)
    inverses: dict[tuple[int, int], Floats] = {}  # Raking goes through its blocks many times.
    for block in _rounds(design):
        ends = block.start, block.stop
        if ends not in inverses:
            inverses[ends] = np.asarray(np.linalg.pinv(gram[block, block]), float)
        left = load_values[:, block] - np.einsum("lm,dmk->dlk", gram[block], found)
        found[:, block] += inverses[ends] @ left
    return found


def _rounds(design: SurveyDesign) -> list[slice]:
    """Return the loads of each block, in the order in which they are gone through."""
    rounds: list[slice] = []
    start = 0
    for step in design.calibration:
        ends = start + np.cumsum((0, *step.blocks))
        blocks = [slice(int(low), int(high)) for low, high in pairwise(ends)]
        rounds += blocks * step.repeats
        start += step.width
    return rounds


def _residual_products(totals: ClusterTotals, quotient: Floats | None, scale: Floats) -> Floats:
    """Return the weighted products of (numerator - quotient * denominator) * scale."""
    n_columns = scale.shape[1]
    above, below = slice(None, n_columns), slice(n_columns, None)
    # A total is measured from its mean, which is its ratio to the number of answers.
    sums = totals.products[:, above, below].diagonal(axis1=1, axis2=2)
    slope = np.nan_to_num(_quotient(sums, totals.answered_weight) if quotient is None else quotient)
    one, other = slope[:, :, None], slope[:, None, :]
    products = (
        totals.products[:, above, above]
        - one * totals.products[:, below, above]
        - other * totals.products[:, above, below]
        + one * other * totals.products[:, below, below]
    )
    return products * scale[:, :, None] * scale[:, None, :]
