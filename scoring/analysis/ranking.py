"""Ranks of units within their block, as the criteria set declares them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
import pandas as pd

from scoring.base.errors import UsageError
from scoring.base.units import KEY_COLUMNS
from scoring.base.values import RANK_STATES
from scoring.criteria import SetMeta
from scoring.points.grading import compared_points
from scoring.tables import checked

Ties = Literal["min", "dense", "max"]
_BLOCK = ["block", "year", "period"]


def rank(
    index: pd.DataFrame, meta: SetMeta, *, unranked: Collection[str] = (), ties: Ties = "min"
) -> pd.DataFrame:
    """Rank units by their index, each block, year and period for itself.

    Parameters
    ----------
    index : DataFrame
        `ScoreSheet.index`: one row per unit with `unit_code`, `block`, `year`, `period`, `points`.
    meta : SetMeta
        Says whether rounded or unrounded points are compared (`rank_on`, `decimals`).
    unranked : collection of str
        Codes of units that are scored but take no place, such as one merged during the year.
    ties : str
        What equal points get: ``min`` 1, 1, 3; ``dense`` 1, 1, 2; ``max`` 2, 2, 3.

    Returns
    -------
    DataFrame
        `index` in the order of blocks and ranks, with `compared_points` (what was compared),
        `rank` (missing where there is none), `rank_of` (how many of the block are ranked) and
        `rank_state`: ``ranked``, ``scored-unranked`` (has points, takes no place) or ``open``
        (something is not assessed, so there is nothing to compare).

    Raises
    ------
    UsageError
        When a unit has several rows for one year and period, or the rows are of nodes.

    Examples
    --------
    >>> from scoring.criteria import open_set
    >>> units = pd.DataFrame({"unit_code": ["A", "B", "C", "D"], "block": "", "year": 2025,
    ...                       "period": "", "points": [80.004, 80.0, np.nan, 70.0]})
    >>> ranks = rank(units, open_set("task-completion-sample").meta, unranked=["D"])
    >>> ranks["unit_code"].tolist(), ranks["rank"].dropna().tolist()
    (['A', 'B', 'D', 'C'], [1, 1])
    >>> ranks["rank_state"].tolist()
    ['ranked', 'ranked', 'scored-unranked', 'open']
    """
    checked(index, "Index", columns=(*KEY_COLUMNS, "block", "points"), by="rank")
    if "code" in index or index.duplicated(KEY_COLUMNS).any():
        raise UsageError(
            "rank needs one row per unit, year and period, the index, and no table of nodes: give "
            "it ScoreSheet.index, not ScoreSheet.scores"
        )
    index = index.reset_index(drop=True)
    points = index["points"].to_numpy(dtype=np.float64)
    compared = pd.Series(compared_points(points, meta), index=index.index)
    conditions = [compared.isna(), index["unit_code"].isin(list(unranked))]
    state = np.select(conditions, ["open", "scored-unranked"], default="ranked")
    # A unit that takes no place must not take one from the others.
    places = compared.where(state == "ranked")
    by_block = places.groupby([index[name] for name in _BLOCK], sort=False)
    ranked = index.assign(
        compared_points=compared,
        rank=by_block.rank(method=ties, ascending=False).astype("Int64"),
        rank_of=by_block.transform("count").astype("int64"),
        rank_state=state,
    )
    blocks = {block: place for place, block in enumerate(index["block"].drop_duplicates())}
    order = ranked.assign(
        _block=ranked["block"].map(blocks), _state=ranked["rank_state"].map(RANK_STATES.index)
    ).sort_values(
        ["_block", "year", "period", "_state", "rank", "compared_points"],
        ascending=[True, True, True, True, True, False],
        kind="stable",
        na_position="last",
    )
    return ranked.loc[order.index].reset_index(drop=True)
