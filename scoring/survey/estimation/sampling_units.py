"""How a sample was drawn: strata, sampling units and population sizes, stage by stage.

Everything stands by sampling unit of the last stage, never by form, so the forms themselves may
come in pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# A stratum taken whole adds no variance; R's survey package draws the line here.
CENSUS = 1e-7


@dataclass(frozen=True)
class Stage:
    """One stage of the draw.

    Attributes
    ----------
    cluster_of_unit : int array, shape (n_units,)
        Which sampling unit of this stage each unit of the last stage belongs to; ascending.
    stratum_of_cluster : int array, shape (n_clusters,)
        Ascending. Strata of a later stage lie within the sampling units of the one before.
    parent_of_stratum : int array, shape (n_strata,)
        The sampling unit of the stage before; 0 at the first stage.
    sampled, population : float array, shape (n_strata,)
        Units drawn, and units there are; infinite where the size is not known.
    fraction_before : float array, shape (n_strata,)
        Product of the sampling fractions of the stages before.
    first_unit : int array, shape (n_strata,)
        A unit of each stratum, by which it is named.
    """

    cluster_of_unit: Ints
    stratum_of_cluster: Ints
    parent_of_stratum: Ints
    sampled: Floats
    population: Floats
    fraction_before: Floats
    first_unit: Ints

    @property
    def correction(self) -> Floats:
        """The finite population correction of each stratum, 1 where the size is not known."""
        return 1 - self.sampled / self.population

    @property
    def single(self) -> npt.NDArray[np.bool_]:
        """Strata with one sampling unit that are not taken whole."""
        return (self.sampled == 1) & (self.correction >= CENSUS)


@dataclass(frozen=True)
class SamplingUnits:
    """The sampling units of a survey.

    Attributes
    ----------
    stages : tuple of Stage
    labels : DataFrame, shape (n_units, n_columns)
        What the columns of the design hold for each unit; without columns where a form is its
        own sampling unit.
    n_units : int
        Units of the last stage.
    cluster_columns, stratum_columns : tuple of str
        The columns of `labels`, in the order of the stages.
    has_population : bool
        Whether sizes are known; without them the first stage alone gives the variance.
    """

    stages: tuple[Stage, ...]
    labels: pd.DataFrame
    n_units: int
    cluster_columns: tuple[str, ...]
    stratum_columns: tuple[str, ...]
    has_population: bool

    @property
    def counted_stages(self) -> tuple[Stage, ...]:
        """The stages that add to the variance."""
        return self.stages if self.has_population else self.stages[:1]

    def codes_of(self, frame: pd.DataFrame) -> Ints:
        """Return the unit of each row of a further piece of the data; -1 where it is none.

        Parameters
        ----------
        frame : DataFrame, shape (n_rows, n_columns)
            With the columns of `labels`.
        """
        known = pd.MultiIndex.from_frame(self.labels)
        return np.asarray(known.get_indexer(pd.MultiIndex.from_frame(frame[known.names])), np.int64)


def drawn_units(
    frame: pd.DataFrame, strata: Sequence[str], clusters: Sequence[str]
) -> tuple[SamplingUnits, Ints, Ints]:
    """Number the sampling units of `frame`, stratum by stratum and stage by stage.

    Parameters
    ----------
    frame : DataFrame, shape (n_forms, n_columns)
    strata, clusters : sequence of str
        Columns in the order of the stages; without `clusters` each form is a unit.

    Returns
    -------
    SamplingUnits
        With sizes of the sample, and no population.
    int array, shape (n_forms,)
        The unit of each form.
    int array, shape (n_units,)
        The first form of each unit.
    """
    depth = max(len(clusters), 1)
    names = [(strata[at : at + 1], clusters[at : at + 1]) for at in range(depth)]
    columns = [name for pair in names for part in pair for name in part]
    codes = np.column_stack(
        [pd.factorize(frame[name])[0] for name in columns] or [np.zeros(len(frame), np.int64)]
    )
    found = _joined(codes) if clusters else np.arange(len(frame))
    first = first_places(found)
    order = np.lexsort(codes[first].T[::-1])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    first = first[order]
    changed = _changes(codes[first])
    stages = _stages(names, changed, len(first))
    labels = frame[columns].iloc[first].reset_index(drop=True) if clusters else pd.DataFrame()
    units = SamplingUnits(stages, labels, len(first), tuple(clusters), tuple(strata), False)
    return units, rank[found], first


def _joined(codes: Ints) -> Ints:
    """Number the combinations of several columns of codes, in the order they come."""
    joined = codes[:, 0]
    for column in codes.T[1:]:
        joined = pd.factorize(joined * (column.max(initial=0) + 1) + column)[0]
    return joined.astype(np.int64)


def first_places(codes: Ints) -> Ints:
    """Return where each code from 0 stands first."""
    first = np.zeros(codes.max(initial=-1) + 1, np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first


def _changes(sorted_codes: Ints) -> npt.NDArray[np.bool_]:
    """Where a row differs from the one above in a column or in any column before it."""
    changed = np.ones(sorted_codes.shape, bool)
    changed[1:] = np.maximum.accumulate(sorted_codes[1:] != sorted_codes[:-1], axis=1)
    return changed


def _stages(
    names: list[tuple[Sequence[str], Sequence[str]]], changed: npt.NDArray[np.bool_], n_units: int
) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    column = 0
    new_parent = np.arange(n_units) == 0
    for strata, clusters in names:
        new_stratum = changed[:, column] if strata else new_parent
        column += len(strata)
        new_cluster = changed[:, column] if clusters else np.ones(n_units, bool)
        column += len(clusters)
        stages.append(_stage(new_parent, new_stratum, new_cluster))
        new_parent = new_cluster
    return tuple(stages)


def _stage(
    new_parent: npt.NDArray[np.bool_],
    new_stratum: npt.NDArray[np.bool_],
    new_cluster: npt.NDArray[np.bool_],
) -> Stage:
    parent, stratum, cluster = (
        np.cumsum(new) - 1 for new in (new_parent, new_stratum, new_cluster)
    )
    stratum_of_cluster = stratum[new_cluster]
    sampled = np.bincount(stratum_of_cluster).astype(float)
    unknown = np.full(len(sampled), np.inf)
    first_unit = np.flatnonzero(new_stratum)
    return Stage(
        cluster, stratum_of_cluster, parent[new_stratum], sampled, unknown, 1 + 0 * sampled,
        first_unit,
    )  # fmt: skip
