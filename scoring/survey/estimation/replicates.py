"""Replicate weights: handed over with the data, or made of the design by leaving units out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.errors import UsageError
from scoring.survey.estimation.sampling_units import (
    CENSUS,
    Floats,
    Ints,
    SamplingUnits,
    first_places,
)

KINDS = ("bootstrap", "JK1", "JK2", "JKn", "BRR", "Fay", "ACS", "successive-difference", "other")

# Jackknife weights are one number per sampling unit and unit left out.
_MOST_FACTORS = 50_000_000


@dataclass(frozen=True)
class Replicates:
    """Sets of weights whose estimates spread as the estimate itself would.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    factors : float array, shape (n_rows, n_replicates)
        What the weight of a form is multiplied by.
    row : int array, shape (n_forms,)
        The row of `factors` that each form has.
    scale : float
    rscales : float array, shape (n_replicates,)
        The variance is ``scale * sum(rscales * (replicate - centre) ** 2)``.
    mse : bool
        Whether the centre is the estimate itself; the mean of the replicates otherwise.
    """

    kind: str
    factors: Floats
    row: Ints
    scale: float
    rscales: Floats
    mse: bool = False

    def piece(self, rows: npt.NDArray) -> Replicates:
        """Return the replicates of a piece of the forms."""
        return replace(self, row=self.row[rows])

    def by(self, code: Ints) -> Replicates:
        """Split the rows of `factors` so that forms of one row have one code."""
        row, pairs = pd.factorize(self.row * (code.max() + 1) + code)
        return replace(self, factors=self.factors[np.asarray(pairs) // (code.max() + 1)], row=row)

    def degrees_of_freedom(self, rows: Ints) -> int:
        """Return the rank of the weights of some rows, less 1, as R counts it."""
        chosen = self.factors[rows]
        gram = chosen.T @ chosen if len(rows) > chosen.shape[1] else chosen @ chosen.T
        return max(int(np.linalg.matrix_rank(gram, tol=1e-10 * gram.max(), hermitian=True)) - 1, 0)

    def covariance(self, replicated: Floats, estimate: Floats) -> Floats:
        """Return the covariance of estimates along the axis before the last.

        Parameters
        ----------
        replicated : float array, shape (..., n_estimates, n_replicates)
        estimate : float array, shape (..., n_estimates)

        Returns
        -------
        float array, shape (..., n_estimates, n_estimates)
            Replicates without an estimate are left out, as in R.
        """
        off, counts = self._centred(replicated, estimate)
        return self.scale * np.einsum("...ir,...jr,r->...ij", off, off, counts)

    def variance(self, replicated: Floats, estimate: Floats) -> Floats:
        """Return the variance of each estimate; arguments as in `covariance`."""
        off, counts = self._centred(replicated, estimate)
        return self.scale * np.einsum("...ir,...ir,r->...i", off, off, counts)

    def _centred(self, replicated: Floats, estimate: Floats) -> tuple[Floats, Floats]:
        known = np.isfinite(replicated)
        counted = known & (self.rscales > 0)
        sums = np.where(counted, replicated, 0).sum(axis=-1)
        centre = estimate if self.mse else sums / np.maximum(counted.sum(axis=-1), 1)
        return np.where(known, replicated - centre[..., None], 0.0), self.rscales


def given_replicates(
    weights: Floats, replicates: npt.ArrayLike, kind: str, *, combined: bool = True,
    scale: float | None = None, rscales: npt.ArrayLike | None = None, rho: float | None = None,
    mse: bool = False,
) -> Replicates:  # fmt: skip
    """Take replicate weights that came with the data; see `SurveyDesign.replicated`."""
    if kind not in KINDS:
        raise UsageError(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
    sets = np.asarray(replicates, float)
    if sets.ndim != 2 or len(sets) != len(weights) or not np.isfinite(sets).all():
        raise UsageError(f"replicate weights are {len(weights)} rows of numbers, a column each")
    factors = sets / weights[:, None] if combined else sets
    usual, each = _usual_scales(kind, sets, combined, rho)
    if scale is None:
        scale = usual
    if scale is None or (rscales is None and each is None):
        raise UsageError(f"scale and rscales of {kind} cannot be told from these weights")
    if rscales is not None and np.size(rscales) not in (1, sets.shape[1]):
        raise UsageError(f"rscales are {sets.shape[1]}, one a set of replicate weights")
    rscales = (
        each if rscales is None else np.broadcast_to(np.asarray(rscales, float), sets.shape[1:])
    )
    row, first = _alike(factors)
    return Replicates(kind, factors[first], row, scale, np.asarray(rscales), mse)


def _alike(factors: Floats) -> tuple[Ints, Ints]:
    """Number the rows that hold the same factors, and say where each stands first.

    Forms of one sampling unit usually do, and thousands of rows then take the place of millions.
    """
    mixed = factors @ np.cos(np.arange(factors.shape[1]) + 1.0)
    row = pd.factorize(np.round(mixed, 9))[0].astype(np.int64)
    first = first_places(row)
    if np.allclose(factors[first][row], factors, rtol=1e-13, atol=1e-13):
        return row, first
    return np.arange(len(factors)), np.arange(len(factors))


def _usual_scales(
    kind: str, sets: Floats, combined: bool, rho: float | None
) -> tuple[float | None, Floats | None]:
    """Return scale and rscales as R takes them where none are given; None where it cannot."""
    count = sets.shape[1]
    if kind == "Fay" and rho is None:
        raise UsageError("Fay's method needs rho")
    scales: dict[str, float | None] = {
        "BRR": 1 / count,
        "Fay": 1 / (count * (1 - (rho or 0.0)) ** 2),
        "bootstrap": 1 / (count - 1) if count > 1 else None,
        "JK1": None if combined else 1 / float(sets[:, 0].max()),
        "ACS": 4 / count,
        "successive-difference": 4 / count,
        "other": None,
    }
    each = np.ones(count)
    if kind == "JKn":
        return 1.0, None if combined else 1 / sets.max(axis=0)
    return scales.get(kind, 1.0), each


def jackknife(units: SamplingUnits, unit: Ints, lonely: str, mse: bool) -> Replicates:
    """Make the replicates that leave out one sampling unit of the first stage each."""
    stage = units.stages[0]
    n_units, n_strata = len(stage.stratum_of_cluster), len(stage.sampled)
    if n_units**2 > _MOST_FACTORS:
        raise UsageError(f"a jackknife of {n_units} sampling units is too large; linearise instead")
    stratum, sampled = stage.stratum_of_cluster, stage.sampled[stage.stratum_of_cluster]
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = sampled / (sampled - 1)
    same = stratum[:, None] == stratum
    single = stage.single[stratum]
    # R lets the other strata stand in for a stratum of one unit.
    elsewhere = np.where(single & (lonely == "adjust"), n_strata / max(n_strata - 1, 1), 1.0)
    factors = np.where(same, rest[:, None], elsewhere)
    np.fill_diagonal(factors, 0.0)
    rscales = stage.correction[stratum] * (sampled - 1) / sampled
    rscales = np.where(single, (n_strata - 1) / n_strata, np.where(rscales < CENSUS, 0, rscales))
    kept = np.ones(n_units, bool) if lonely == "adjust" else ~single
    if not kept.any():
        raise UsageError("a jackknife needs a stratum of more than one sampling unit")
    scale = n_units / kept.sum() if lonely == "average" else 1.0
    factors, rscales = factors[:, kept], rscales[kept]
    row = stage.cluster_of_unit[unit]
    if n_strata == 1:
        return Replicates("JK1", factors, row, float(rscales[0]), np.ones(n_units), mse)
    return Replicates("JKn", factors, row, scale, rscales, mse)
