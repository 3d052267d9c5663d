"""Totals by sampling unit and domain: the first pass over the data, in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scoring.base.errors import UsageError
from scoring.survey.estimation.design import SurveyDesign
from scoring.survey.estimation.sampling_units import Floats, Ints

if TYPE_CHECKING:
    from scoring.survey.estimation.calibration import CalibrationStep

Rows = slice | npt.NDArray[np.bool_]

# Up to so many cells for each form are counted in one table; beyond, cells are sorted first.
_DENSE_CELLS = 4
# Products of weights and replicate factors that are held at once.
_PRODUCTS = 8_000_000


@dataclass(frozen=True)
class ClusterTotals:
    """What the estimates of some columns need of the forms; those of pieces add up.

    A column is a numerator, and a denominator (1 where there was an answer). `values` of a form
    are its numerators, then its denominators; 0 where there was no answer.

    Attributes
    ----------
    n_domains : int
    cells : int array, shape (n_cells,)
        ``domain * n_units + unit`` of each pair that a form falls into, ascending.
    sums : float array, shape (n_cells, 2 * n_columns)
        Weighted sums of the values.
    products : float array, shape (n_domains, 2 * n_columns, 2 * n_columns)
        Weighted sums of the products of two values; those of different columns only where
        totals were collected `crossed`, NaN otherwise.
    answers, answered_weight : float array, shape (n_domains, n_columns)
        Forms with an answer, and the sum of their weights.
    forms, weight : float array, shape (n_domains,)
    loads : float array, shape (n_units, n_loads)
        Sums of the loads of the calibration; without columns where there was none.
    load_values : float array, shape (n_domains, n_loads, 2 * n_columns)
    gram : float array, shape (n_loads, n_loads)
    replicate_sums : float array, shape (n_domains, 2 * n_columns, n_replicates)
        Sums of the values under each set of replicate weights.
    replicate_cells : int array
        ``domain * n_rows + row`` of the rows of factors that each domain meets, ascending.
    """

    n_domains: int
    cells: Ints
    sums: Floats
    products: Floats
    answers: Floats
    answered_weight: Floats
    forms: Floats
    weight: Floats
    loads: Floats
    load_values: Floats
    gram: Floats
    replicate_sums: Floats
    replicate_cells: Ints

    def __add__(self, other: ClusterTotals) -> ClusterTotals:
        """Return the totals of both pieces of the data."""
        cells, place = np.unique(np.concatenate([self.cells, other.cells]), return_inverse=True)
        sums = np.zeros((len(cells), self.sums.shape[1]))
        sums[place[: len(self.cells)]] = self.sums
        sums[place[len(self.cells) :]] += other.sums
        rest = {
            name: getattr(self, name) + getattr(other, name)
            for name in ("products", "answers", "answered_weight", "forms", "weight", "loads",
                         "load_values", "gram", "replicate_sums")
        }  # fmt: skip
        met = np.union1d(self.replicate_cells, other.replicate_cells)
        return ClusterTotals(self.n_domains, cells, sums, **rest, replicate_cells=met)


def cluster_totals(
    design: SurveyDesign,
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike | None = None,
    domains: npt.ArrayLike | None = None,
    n_domains: int | None = None,
    crossed: bool = False,
) -> ClusterTotals:
    """Add up some columns by sampling unit and domain.

    Parameters
    ----------
    design : SurveyDesign
        Of all forms, or a `SurveyDesign.piece`.
    numerators : float array, shape (n_forms,) or (n_forms, n_columns)
        NaN: no answer.
    denominators : float array of the same shape, optional
        NaN: no answer. 1 where there was an answer when it is left out.
    domains : int array, shape (n_forms,), optional
        The domain of each form, from 0; -1 or NaN for none. One domain of all when left out.
    n_domains : int, optional
        How many domains there are; needed where a piece need not meet the last of them.
    crossed : bool
        Whether the products of different columns are wanted, for the design effect of a
        combination.

    Returns
    -------
    ClusterTotals
    """
    above = _columns(numerators, len(design))
    below = None if denominators is None else _columns(denominators, len(design))
    domain, n_domains = _domain_codes(domains, n_domains, len(design))
    inside = slice(None) if (domain >= 0).all() else domain >= 0
    domain, weights = domain[inside], design.weights[inside]
    place, cells = _cells(domain, design.unit[inside], n_domains, design.units.n_units)
    adding = _Adding(design, inside, domain, weights, place, n_domains, 2 * above.shape[1])
    sums = np.empty((len(cells), 2 * above.shape[1]))
    answers, answered_weight = np.empty((2, n_domains, above.shape[1]))
    for column in range(above.shape[1]):
        values, answered = _values(above[inside, column], below, inside, column)
        sums[:, [column, column + above.shape[1]]] = adding.sums(column, values, len(cells))
        answers[:, column] = adding.by_domain(answered)
        answered_weight[:, column] = adding.by_domain(weights * answered)
    if crossed:
        adding.cross_products(above[inside], None if below is None else below[inside])
    loads, gram = _loads(design)
    forms, weight = adding.by_domain(None), adding.by_domain(weights)
    return ClusterTotals(
        n_domains, cells, sums, adding.products, answers, answered_weight, forms, weight,
        loads, adding.load_values, gram, adding.replicate_sums, adding.replicate_cells,
    )  # fmt: skip


def _domain_codes(
    domains: npt.ArrayLike | None, n_domains: int | None, n_forms: int
) -> tuple[Ints, int]:
    """Return the domain of each form, and how many there are."""
    given = np.zeros(n_forms) if domains is None else np.asarray(domains, float)
    codes = np.where(np.isnan(given), -1, given).astype(np.int64)
    last = int(codes.max(initial=-1 if n_domains else 0))
    if len(codes) != n_forms or (n_domains is not None and last >= n_domains):
        raise UsageError(f"domains are {n_forms} codes below n_domains, -1 for none")
    return codes, last + 1 if n_domains is None else n_domains


def _columns(values: npt.ArrayLike, n_forms: int) -> Floats:
    array = np.asarray(values, float)
    array = array[:, None] if array.ndim == 1 else array
    if len(array) != n_forms:
        raise UsageError(f"{len(array)} values for the {n_forms} forms of the design")
    return array


def _cells(domain: Ints, unit: Ints, n_domains: int, n_units: int) -> tuple[Ints, Ints]:
    """Return the cell that each form falls into, and what each cell is."""
    key = domain * n_units + unit
    if n_domains * n_units > _DENSE_CELLS * len(key):
        cells, place = np.unique(key, return_inverse=True)
        return place, cells
    met = np.bincount(key, minlength=n_domains * n_units) > 0
    return (np.cumsum(met) - 1)[key], np.flatnonzero(met)


def _values(
    above: Floats, below: Floats | None, inside: Rows, column: int
) -> tuple[tuple[Floats, Floats], Floats]:
    """Return numerator and denominator with 0 for no answer, and whether there was one."""
    under = np.ones_like(above) if below is None else below[inside, column]
    answered = np.isfinite(above) & np.isfinite(under)
    return (np.where(answered, above, 0.0), np.where(answered, under, 0.0)), answered.astype(float)


class _Adding:
    """Adds up the values of one piece of the data."""

    def __init__(
        self, design: SurveyDesign, inside: Rows, domain: Ints, weights: Floats, place: Ints,
        n_domains: int, width: int,
    ) -> None:  # fmt: skip
        self.domain, self.weights, self.place, self.n_domains = domain, weights, place, n_domains
        self.entries = list(_entries(design.calibration, inside))
        n_loads = sum(step.width for step in design.calibration)
        self.load_values = np.zeros((n_domains, n_loads, width))
        self.products = np.full((n_domains, width, width), np.nan)
        self.factors = design.replicates.factors if design.replicates else np.empty((0, 0))
        self.replicate_sums = np.zeros((n_domains, width, self.factors.shape[1]))
        self.replicate_cells = np.empty(0, np.int64)
        if design.replicates:
            row = design.replicates.row[inside]
            self.row_place, self.replicate_cells = _cells(domain, row, n_domains, len(self.factors))

    def by_domain(self, values: Floats | None) -> Floats:
        return np.bincount(self.domain, values, self.n_domains).astype(float)

    def sums(self, column: int, values: tuple[Floats, Floats], n_cells: int) -> Floats:
        """Return the weighted sums of a column by cell, and note its products and loads."""
        at = (column, column + self.products.shape[1] // 2)
        weighted = [self.weights * value for value in values]
        for one, other in ((0, 0), (0, 1), (1, 1)):
            found = self.by_domain(weighted[one] * values[other])
            self.products[:, at[one], at[other]] = self.products[:, at[other], at[one]] = found
        n_loads = self.load_values.shape[1]
        for load, left, _ in self.entries:
            key = self.domain * n_loads + load
            for where, value in zip(at, weighted, strict=True):
                loaded = np.bincount(key, left * value, self.n_domains * n_loads)
                self.load_values[:, :, where] += loaded.reshape(-1, n_loads)
        if len(self.replicate_cells):
            for where, value in zip(at, weighted, strict=True):
                self._replicate(where, value)
        return np.column_stack([np.bincount(self.place, value, n_cells) for value in weighted])

    def _replicate(self, where: int, value: Floats) -> None:
        """Add up one weighted value under every set of replicate weights, some sets at a time."""
        sums = np.bincount(self.row_place, value, len(self.replicate_cells))[:, None]
        domain, row = np.divmod(self.replicate_cells, len(self.factors))
        starts = np.flatnonzero(np.diff(domain, prepend=-1))
        step = max(1, _PRODUCTS // len(row))
        for low in range(0, self.factors.shape[1], step):
            some = slice(low, low + step)
            found = np.add.reduceat(sums * self.factors[row, some], starts)
            self.replicate_sums[domain[starts], where, some] = found

    def cross_products(self, above: Floats, below: Floats | None) -> None:
        """Add the products of values of different columns."""
        columns = [_values(above[:, at], below, slice(None), at)[0] for at in range(above.shape[1])]
        values = [pair[part] for part in (0, 1) for pair in columns]
        for one, other in combinations(range(len(values)), 2):
            found = self.by_domain(self.weights * values[one] * values[other])
            self.products[:, one, other] = self.products[:, other, one] = found


def _entries(
    steps: tuple[CalibrationStep, ...], rows: Rows
) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Yield load, left and right factor of each entry that the forms have in the calibration."""
    start = 0
    for step in steps:
        for at in range(step.load.shape[1]):
            yield step.load[rows, at] + start, step.left[rows, at], step.right[rows, at]
        start += step.width


def _loads(design: SurveyDesign) -> tuple[Floats, Floats]:
    """Return the loads of each sampling unit, and how left and right factors meet in a form."""
    n_loads = sum(step.width for step in design.calibration)
    loads: Floats = np.zeros((design.units.n_units, n_loads))
    gram: Floats = np.zeros((n_loads, n_loads))
    entries = list(_entries(design.calibration, slice(None)))
    for load, _, right in entries:
        key = design.unit * n_loads + load
        loads = loads + np.bincount(key, right, loads.size).reshape(loads.shape)
    for (one, left, _), (other, _, right) in product(entries, repeat=2):
        gram += np.bincount(one * n_loads + other, left * right, gram.size).reshape(gram.shape)
    return loads, gram
