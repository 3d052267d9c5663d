"""The place of each unit among those it is ranked with, and who parts those of equal points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.base.values import INDEX_CODE
from scoring.criteria import CriteriaSet
from scoring.criteria.set_policies import Ties
from scoring.points.grading import compared_points
from scoring.rules.evaluate import BoolArray, FloatArray

RANKED_WITHIN = ["block", "year", "period"]


@dataclass(frozen=True)
class Places:
    """Places from 1, the best first.

    Attributes
    ----------
    ranks : int array, shape (n_units,)
        0 where a unit has no points to compare.
    parted_by : object array, shape (n_units,)
        The item that first parted a unit from others of its points; empty where none had to or could.
    undecided : mapping of str to bool array
        By item: the units of equal points that it could not part, since one has no points there.
    """

    ranks: npt.NDArray[np.int64]
    parted_by: npt.NDArray[np.object_]
    undecided: dict[str, BoolArray] = field(default_factory=dict)


def tie_figures(
    criteria: CriteriaSet, points: FloatArray, maxima: FloatArray
) -> list[tuple[str, FloatArray]]:
    """Return the items of the set's `tie_items` with what is compared there; the larger is better.

    `points` and `maxima` are those of a `ScoreSheet`.
    """
    codes = criteria.meta.tie_codes
    return [(code, ordering_figure(criteria, points, maxima, code)) for code in codes]


def ordering_figure(
    criteria: CriteriaSet, points: FloatArray, maxima: FloatArray, code: str
) -> FloatArray:
    """Return the compared points of a node or ``INDEX``, shape (n_units,); a penalty counts against a unit."""
    row = [*(node.code for node in criteria.nodes), INDEX_CODE].index(code)
    # A node dropped for a unit has 0 of 0 points there, which says nothing against the unit.
    compared = compared_points(np.where(maxima[row] > 0, points[row], np.nan), criteria.meta)
    node = criteria.by_code.get(code)
    return -compared if node is not None and node.kind == "penalty" else compared


def places_within(
    compared: FloatArray,
    groups: pd.DataFrame,
    ties: Ties = "min",
    figures: Sequence[tuple[str, FloatArray]] = (),
) -> Places:
    """Return the places among the rows whose `groups` are equal.

    Parameters
    ----------
    compared : float array, shape (n_units,)
        `compared_points`, free of the noise of sums; NaN takes no place.
    groups : DataFrame, shape (n_units, any)
    ties : str
        What those get that nothing parts: ``min`` 1, 1, 3; ``dense`` 1, 1, 2; ``max`` 2, 2, 3.
    figures : sequence of (str, float array)
        What parts equal points, in order, as `tie_figures` gives it. An item that has no points
        for one of those concerned parts none of them.

    Examples
    --------
    >>> blocks = pd.DataFrame({"block": list("aaaab")})
    >>> points = np.array([80.0, 90.0, 80.0, np.nan, 70.0])
    >>> places_within(points, blocks).ranks.tolist()
    [2, 1, 2, 0, 1]
    >>> places = places_within(points, blocks, figures=[("2", np.array([3.0, 9, 5, 1, 1]))])
    >>> places.ranks.tolist(), places.parted_by.tolist()
    ([3, 1, 2, 0, 1], ['2', '', '2', '', ''])
    """
    within = groups.groupby(list(groups), sort=False).ngroup().to_numpy()
    standing = pd.Series(compared).groupby(within).rank("dense", ascending=False)
    parted_by = np.full(len(compared), "", dtype=object)
    undecided = {}
    for code, values in figures:
        same = pd.Series(values).groupby([within, standing])
        is_tied = same.transform("size").to_numpy() > 1
        lacks = pd.Series(np.isnan(values)).groupby([within, standing], dropna=False)
        is_open = is_tied & lacks.transform("any").to_numpy()
        if is_open.any():
            undecided[code] = is_open
        usable = pd.Series(np.where(is_open, 0.0, values))
        parts = usable.groupby([within, standing]).transform("nunique").to_numpy() > 1
        parted_by[parts & (parted_by == "")] = code
        behind = usable.groupby([within, standing]).rank("dense", ascending=False)
        # A later figure never moves a unit past one with more points.
        finer = standing + behind.fillna(1.0) / (len(compared) + 1.0)
        standing = finer.groupby(within).rank("dense")
    ranks = standing.groupby(within).rank(ties).fillna(0)
    return Places(np.asarray(ranks, dtype=np.int64), parted_by, undecided)
