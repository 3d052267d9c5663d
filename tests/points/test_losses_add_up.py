"""One definition of lost points: the losses of the items add up to what their area lost."""

import random

import numpy as np
import pandas as pd
import pytest
from random_sets import random_points, random_set

from scoring.analysis import gap_table
from scoring.points import inputs_table, score


def scored(criteria, points, not_applicable):
    leaves = [(row, node) for row, node in enumerate(criteria.nodes) if node.is_item]
    rows = [
        {
            "unit_code": f"U{unit}",
            "item_code": node.code,
            "input": "points",
            "value": points[row, unit],
            "not_applicable": bool(not_applicable[row, unit]),
        }
        for unit in range(points.shape[1])
        for row, node in leaves
    ]
    return score(inputs_table(rows, year=2026), criteria)


@pytest.mark.parametrize("seed", range(40))
def test_items_lose_what_their_area_lost_under_every_policy(seed):
    rng = random.Random(seed)
    criteria = random_set(rng, most_leaves=14)
    sheet = scored(criteria, *random_points(rng, criteria, 5))
    gaps = gap_table(sheet)
    lost = gaps.groupby(["unit_code", "area_code"])["lost_points"].sum()
    scores = sheet.scores[sheet.scores["level"] == "area"].set_index(["unit_code", "code"])
    kinds = {node.code: node.kind for node in criteria.nodes}
    kind = pd.Series(scores.index.get_level_values("code").map(kinds), scores.index)
    whole = (scores["max_points"] - scores["points_low"]).where(
        kind != "penalty", scores["points_low"]
    )
    whole = whole[kind != "bonus"].fillna(0.0)
    found = lost.rename_axis(whole.index.names).reindex(whole.index, fill_value=0.0)
    # An area may be rounded by itself, its items then differ by no more than that.
    off = np.abs(found - whole).to_numpy()
    assert off.max() <= 10.0**-criteria.meta.decimals
