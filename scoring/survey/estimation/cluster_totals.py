"""Totals by sampling unit and domain: the first pass over the data, in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    counts : float array, shape (n_domains, n_columns)
        Sums of the denominators without weights, such as how many opinions were given.
    forms, weight : float array, shape (n_domains,)
    loads : float array, shape (n_units, n_loads)
        Sums of the loads of the calibration; without columns where there was none.
    load_values : float array, shape (n_domains, n_loads, 2 * n_columns)
    gram : float array, shape (n_loads, n_loads)
    replicate_sums : float array, shape (n_domains, 2 * n_columns, n_replicates)
        Sums of the values under each set of replicate weights.
    answered_cells : float array, shape (n_cells, n_columns)
        Forms with an answer; without columns unless the policy for lonely units averages over
        the strata that answers come from.
    replicate_cells : int array
        ``domain * n_rows + row`` of the rows of factors that each domain meets, ascending.
    """

    n_domains: int
    cells: Ints
    sums: Floats
    products: Floats
    answers: Floats
    answered_weight: Floats
    counts: Floats
    forms: Floats
    weight: Floats
    loads: Floats
    load_values: Floats
    gram: Floats
    replicate_sums: Floats
    answered_cells: Floats
    replicate_cells: Ints

    def __add__(self, other: ClusterTotals) -> ClusterTotals:
        """Return the totals of both pieces of the data."""
        cells, place = np.unique(np.concatenate([self.cells, other.cells]), return_inverse=True)
        spread = {}
        for name in ("sums", "answered_cells"):
            one, more = getattr(self, name), getattr(other, name)
            spread[name] = np.zeros((len(cells), one.shape[1]))
            spread[name][place[: len(one)]] = one
            spread[name][place[len(one) :]] += more
        rest = {
            name: getattr(self, name) + getattr(other, name)
            for name in ("products", "answers", "answered_weight", "counts", "forms", "weight",
                         "loads", "load_values", "gram", "replicate_sums")
        }  # fmt: skip
        met = np.union1d(self.replicate_cells, other.replicate_cells)
        return ClusterTotals(self.n_domains, cells, **spread, **rest, replicate_cells=met)

    def of_options(self, above: Floats, below: Floats) -> ClusterTotals:
        """Make columns of the options of one question, of which a form has one or none.

        Parameters
        ----------
        above, below : float array, shape (n_options, n_columns)
            What an option counts for in each numerator and denominator; NaN: no answer.

        Returns
        -------
        ClusterTotals
            What `cluster_totals` makes of those columns.
        """
        worth = np.nan_to_num(np.hstack([above, below]))
        known, of_cells = np.isfinite(above) & np.isfinite(below), self.answered_cells
        return replace(
            self,
            sums=self.sums @ worth,
            products=np.einsum("dk,ki,kj->dij", self.answered_weight, worth, worth),
            answers=self.answers @ known,
            answered_weight=self.answered_weight @ known,
            counts=self.answers @ np.nan_to_num(below),
            load_values=self.load_values @ worth,
            replicate_sums=np.einsum("dkr,ki->dir", self.replicate_sums, worth),
            answered_cells=of_cells @ known if of_cells.size else of_cells,
        )


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
    return Adding(design, domains, n_domains).columns(numerators, denominators, crossed)


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
    above: Floats, below: Floats | None, column: int
) -> tuple[tuple[Floats, Floats], Floats]:
    """Return numerator and denominator with 0 for no answer, and whether there was one."""
    under = np.ones_like(above) if below is None else below[:, column]
    answered = np.isfinite(above) & np.isfinite(under)
    return (np.where(answered, above, 0.0), np.where(answered, under, 0.0)), answered.astype(float)


class Adding:
    """Adds up the values of one piece of the data over one kind of domains.

    Parameters
    ----------
    design, domains, n_domains
        As in `cluster_totals`.
    """

    def __init__(
        self, design: SurveyDesign, domains: npt.ArrayLike | None = None,
        n_domains: int | None = None,
    ) -> None:  # fmt: skip
        domain, self.n_domains = _domain_codes(domains, n_domains, len(design))
        inside: Rows = slice(None) if (domain >= 0).all() else domain >= 0
        self.design, self.inside = design, inside
        self.domain, self.weights = domain[inside], design.weights[inside]
        n_units = design.units.n_units
        self.place, self.cells = _cells(self.domain, design.unit[inside], self.n_domains, n_units)
        self.loads, self.gram = _loads(design)
        self.n_loads = self.loads.shape[1]
        # What the value of a form counts for in each load of its domain.
        self.entries = [
            (self.domain * self.n_loads + load, left * self.weights)
            for load, left, _ in _entries(design.calibration, inside)
        ]
        self.factors = design.replicates.factors if design.replicates else np.empty((0, 0))
        self.replicate_cells = np.empty(0, np.int64)
        if design.replicates:
            row = design.replicates.row[inside]
            found = _cells(self.domain, row, self.n_domains, len(self.factors))
            self.row_place, self.replicate_cells = found

    def columns(
        self, numerators: npt.ArrayLike, denominators: npt.ArrayLike | None = None,
        crossed: bool = False,
    ) -> ClusterTotals:  # fmt: skip
        """Return the totals of columns of numbers; arguments as in `cluster_totals`."""
        above = _columns(numerators, len(self.design))[self.inside]
        below = None if denominators is None else _columns(denominators, len(self.design))
        below = None if below is None else below[self.inside]
        n_columns = above.shape[1]
        found = self._nothing(2 * n_columns, n_columns)
        for column in range(n_columns):
            values, answered = _values(above[:, column], below, column)
            self._add(found, column, values, answered)
        if crossed:
            self._cross_products(found.products, above, below)
        return found

    def options(self, told: npt.NDArray[np.int8], n_options: int) -> ClusterTotals:
        """Return the totals of the answers to one question, a column an option.

        Parameters
        ----------
        told : int8 array, shape (n_forms,)
            Place of the answer among the options; -1 for none.
        n_options : int

        Returns
        -------
        ClusterTotals
            Not to be estimated from before `ClusterTotals.of_options` made columns of it.
        """
        said, width = told[self.inside].astype(np.int64) + 1, n_options + 1

        def counted(key: Ints, size: int, weights: Floats | None) -> Floats:
            counts = np.bincount(key * width + said, weights, size * width)
            return counts.reshape(size, width)[:, 1:].astype(float)

        sums = counted(self.place, len(self.cells), self.weights)
        weight = np.zeros((self.n_domains, n_options))
        np.add.at(weight, self.cells // self.design.units.n_units, sums)
        found = self._nothing(n_options, n_options)
        answers = counted(self.domain, self.n_domains, None)
        for key, left in self.entries:
            loaded = counted(key, self.n_domains * self.n_loads, left)
            found.load_values[:] += loaded.reshape(found.load_values.shape)
        if len(self.replicate_cells):
            rows = counted(self.row_place, len(self.replicate_cells), self.weights)
            for option in range(n_options):
                self._replicate(found.replicate_sums, option, rows[:, option])
        of_cells = found.answered_cells
        if of_cells.size:
            of_cells = counted(self.place, len(self.cells), None)
        return replace(
            found, sums=sums, answers=answers, answered_weight=weight, counts=0 * answers,
            answered_cells=of_cells,
        )  # fmt: skip

    def _nothing(self, width: int, n_columns: int) -> ClusterTotals:
        """Return totals of columns that nothing was added to so far."""
        n_domains = self.n_domains
        answers, weight, counts = np.zeros((3, n_domains, n_columns))
        return ClusterTotals(
            n_domains, self.cells, np.zeros((len(self.cells), width)),
            np.full((n_domains, width, width), np.nan), answers, weight, counts,
            self._by_domain(None), self._by_domain(self.weights), self.loads,
            np.zeros((n_domains, self.n_loads, width)), self.gram,
            np.zeros((n_domains, width, self.factors.shape[1])),
            np.zeros((len(self.cells), n_columns if self.design.lonely == "average" else 0)),
            self.replicate_cells,
        )  # fmt: skip

    def _by_domain(self, values: Floats | None) -> Floats:
        return np.bincount(self.domain, values, self.n_domains).astype(float)

    def _add(
        self, found: ClusterTotals, column: int, values: tuple[Floats, Floats], answered: Floats
    ) -> None:
        """Add numerator and denominator of one column."""
        at = (column, column + found.answers.shape[1])
        weighted = [self.weights * value for value in values]
        for one, other in ((0, 0), (0, 1), (1, 1)):
            product = self._by_domain(weighted[one] * values[other])
            found.products[:, at[one], at[other]] = found.products[:, at[other], at[one]] = product
        for where, value, plain in zip(at, weighted, values, strict=True):
            found.sums[:, where] = np.bincount(self.place, value, len(self.cells))
            for key, left in self.entries:
                loaded = np.bincount(key, left * plain, self.n_domains * self.n_loads)
                found.load_values[:, :, where] += loaded.reshape(-1, self.n_loads)
            if len(self.replicate_cells):
                rows = np.bincount(self.row_place, value, len(self.replicate_cells)).astype(float)
                self._replicate(found.replicate_sums, where, rows)
        if found.answered_cells.size:
            found.answered_cells[:, column] = np.bincount(self.place, answered, len(self.cells))
        found.answers[:, column] = self._by_domain(answered)
        found.answered_weight[:, column] = self._by_domain(self.weights * answered)
        found.counts[:, column] = self._by_domain(values[1])

    def _replicate(self, found: Floats, where: int, rows: Floats) -> None:
        """Add up one weighted value under every set of replicate weights, some sets at a time."""
        domain, row = np.divmod(self.replicate_cells, len(self.factors))
        starts = np.flatnonzero(np.diff(domain, prepend=-1))
        step = max(1, _PRODUCTS // len(row))
        for low in range(0, self.factors.shape[1], step):
            some = slice(low, low + step)
            spread = rows[:, None] * self.factors[row, some]
            found[domain[starts], where, some] = np.add.reduceat(spread, starts)

    def _cross_products(self, found: Floats, above: Floats, below: Floats | None) -> None:
        """Add the products of values of different columns."""
        columns = [_values(above[:, at], below, at)[0] for at in range(above.shape[1])]
        values = [pair[part] for part in (0, 1) for pair in columns]
        for one, other in combinations(range(len(values)), 2):
            product = self._by_domain(self.weights * values[one] * values[other])
            found[:, one, other] = found[:, other, one] = product


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
