"""What each sampling unit adds to an estimate, and the variance of the estimate from that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from scoring.survey.estimation.sampling_units import CENSUS, Floats, Ints, SamplingUnits, Stage

Flags = npt.NDArray[np.bool_]

# Cells of a calibrated design that are spread out at once.
_SLAB = 4_000_000


@dataclass(frozen=True)
class Linearised:
    """The linearised values of estimates, added up by sampling unit and domain.

    Attributes
    ----------
    units : SamplingUnits
    lonely : str
        The policy for strata of one unit.
    n_domains : int
    cells : int array, shape (n_cells,)
        ``domain * n_units + unit``, ascending.
    values : float array, shape (n_cells, n_columns)
    loads : float array, shape (n_units, n_loads)
        What the calibration takes off each unit, per coefficient.
    coefficients : float array, shape (n_domains, n_loads, n_columns)
    answered : bool array, shape (n_cells, n_columns), optional
        Whether any form of the cell has an answer; only the policy ``average`` asks.
    """

    units: SamplingUnits
    lonely: str
    n_domains: int
    cells: Ints
    values: Floats
    loads: Floats
    coefficients: Floats
    answered: Flags | None = None

    @property
    def is_calibrated(self) -> bool:
        return self.loads.shape[1] > 0

    def combined(self, weights: Floats) -> Linearised:
        """Return those of linear combinations of the columns.

        Parameters
        ----------
        weights : float array, shape (n_columns, n_combinations)
        """
        counted = (weights != 0).astype(float)
        return replace(
            self,
            values=self.values @ weights,
            coefficients=self.coefficients @ weights,
            answered=None if self.answered is None else self.answered @ counted > 0,
        )

    def variance(self) -> Floats:
        """Return the variance of each estimate, shape (n_domains, n_columns)."""
        variance = np.zeros((self.n_domains, self.values.shape[1]))
        for domain, unit, values in self._slabs():
            for stage in self.units.counted_stages:
                variance += self._of_stage(stage, domain, unit, values)
        return variance

    def met(self) -> tuple[Ints, Ints, Ints]:
        """Return domain, sampling unit and stratum of the first stage where they meet."""
        stage = self.units.stages[0]
        domain, unit = np.divmod(self.cells, self.units.n_units)
        cluster = stage.cluster_of_unit[unit]
        starts = _starts(domain, cluster)
        return domain[starts], cluster[starts], stage.stratum_of_cluster[cluster[starts]]

    def degrees_of_freedom(self) -> Floats:
        """Return sampling units minus strata that each domain meets, shape (n_domains,)."""
        domain, _, stratum = self.met()
        strata = _starts(domain, stratum)
        count = np.bincount(domain, minlength=self.n_domains)
        return (count - np.bincount(domain[strata], minlength=self.n_domains)).astype(float)

    def by_cluster(self, stage: Stage, column: int) -> Floats:
        """Return one column by sampling unit of a stage and domain, (n_clusters, n_domains)."""
        spread = np.zeros((self.units.n_units, self.n_domains))
        domain, unit = np.divmod(self.cells, self.units.n_units)
        spread[unit, domain] = self.values[:, column]
        spread -= self.loads @ self.coefficients[:, :, column].T
        return np.add.reduceat(spread, _starts(stage.cluster_of_unit), axis=0)

    def deviations(self, column: int) -> Floats:
        """Return by sampling unit of the first stage and domain what squares to the variance.

        Of the first stage alone, shape (n_clusters, n_domains).
        """
        stage = self.units.stages[0]
        centred, scale = self._centred(stage, self.by_cluster(stage, column))
        return centred * np.sqrt(scale)[:, None]

    def covariance(self, column: int = 0) -> Floats:
        """Return the covariance between the domains, shape (n_domains, n_domains)."""
        covariance = np.zeros((self.n_domains, self.n_domains))
        for stage in self.units.counted_stages:
            totals = self.by_cluster(stage, column)
            centred, scale = self._centred(stage, totals)
            covariance += centred.T @ (centred * scale[:, None])
        return covariance

    def _centred(self, stage: Stage, totals: Floats) -> tuple[Floats, Floats]:
        """Return totals from the mean of their stratum, and what their square counts for."""
        sums = np.add.reduceat(totals, _starts(stage.stratum_of_cluster), axis=0)
        mean = sums / stage.sampled[:, None]
        if self.lonely == "adjust":
            mean[stage.single] = 0
        scale = _scale(stage)
        if self.lonely == "average":
            of_strata = np.arange(len(scale)), 0 * stage.parent_of_stratum
            scale = scale * _averaged(stage, *of_strata, np.ones((len(scale), 1)))[:, 0]
        return totals - mean[stage.stratum_of_cluster], scale[stage.stratum_of_cluster]

    def _slabs(self) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Yield domain, unit and value of the cells, a few domains at a time."""
        n_units = self.units.n_units
        if not self.is_calibrated:
            yield *np.divmod(self.cells, n_units), self.values
            return
        width = self.values.shape[1]
        step = max(1, _SLAB // (n_units * width))
        for low in range(0, self.n_domains, step):
            high = min(low + step, self.n_domains)
            spread = -np.einsum("ul,dlk->duk", self.loads, self.coefficients[low:high])
            spread = spread.reshape(-1, width)
            ends = np.searchsorted(self.cells, [low * n_units, high * n_units])
            spread[self.cells[slice(*ends)] - low * n_units] += self.values[slice(*ends)]
            domain, unit = np.divmod(np.arange(len(spread)), n_units)
            yield domain + low, unit, spread

    def _of_stage(self, stage: Stage, domain: Ints, unit: Ints, values: Floats) -> Floats:
        """Return what one stage adds to the variance of each domain."""
        variance = np.zeros((self.n_domains, values.shape[1]))
        if not len(values):
            return variance
        cluster = stage.cluster_of_unit[unit]
        starts = _starts(domain, cluster)
        totals, domain = np.add.reduceat(values, starts), domain[starts]
        stratum = stage.stratum_of_cluster[cluster[starts]]
        edges = _starts(domain, stratum)
        met = np.diff(edges, append=len(totals))
        domain, stratum = domain[edges], stratum[edges]
        sampled = stage.sampled[stratum]
        mean = np.add.reduceat(totals, edges) / sampled[:, None]
        if self.lonely == "adjust":
            mean[stage.single[stratum]] = 0
        squares = np.add.reduceat((totals - np.repeat(mean, met, axis=0)) ** 2, edges)
        # Units of the stratum that the domain does not meet have a total of 0.
        squares += (sampled - met)[:, None] * mean**2
        scale = _scale(stage)[stratum]
        if self.lonely == "average":
            counted = np.ones(squares.shape)
            if self.answered is not None and not self.is_calibrated:
                counted = np.logical_or.reduceat(self.answered, starts[edges]).astype(float)
            squares *= _averaged(stage, stratum, domain, counted)
        np.add.at(variance, domain, squares * scale[:, None])
        return variance


def _scale(stage: Stage) -> Floats:
    """Return what a stratum's sum of squares counts for in the variance."""
    once = np.where(stage.sampled > 1, stage.sampled / np.maximum(stage.sampled - 1, 1), 1.0)
    correction = np.where(stage.correction < CENSUS, 0.0, stage.correction)
    return once * correction * stage.fraction_before


def _averaged(stage: Stage, stratum: Ints, domain: Ints, counted: Floats) -> Floats:
    """Return the factor that gives strata of one unit the mean variance of the others.

    Among the strata of the domain within one sampling unit of the stage before, as far as they
    are `counted`, shape (n_strata, n_columns): those with an answer, as in R. NaN where all of
    them are of one unit.
    """
    n_parents = int(stage.parent_of_stratum.max()) + 1
    group = domain * n_parents + stage.parent_of_stratum[stratum]
    several = ~stage.single[stratum]
    strata = np.column_stack([np.bincount(group, column) for column in counted.T])
    good = np.column_stack([np.bincount(group, column * several) for column in counted.T])
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(good > 0, strata / good, np.where(strata > 0, np.nan, 1.0))
    return factor[group]


def _starts(*keys: npt.NDArray[np.int64]) -> Ints:
    """Return where a run of equal keys begins."""
    changed = np.zeros(len(keys[0]), bool)
    changed[:1] = True
    for key in keys:
        changed[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changed)
