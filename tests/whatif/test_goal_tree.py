"""The groups of a unit give the points that the engine gives, under every policy of the roll-up."""

import math
import random
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "points"))
from random_sets import random_points, random_set

from scoring.points import inputs_table, score
from scoring.whatif.goal_tree import goal_tree


def random_sheet(rng):
    criteria = random_set(rng)
    points, not_applicable = random_points(rng, criteria, 1)
    rows = [
        {"item_code": node.code, "input": "points", "value": points[row, 0],
         "not_applicable": bool(not_applicable[row, 0]), "reason": "thử"}
        for row, node in enumerate(criteria.nodes) if node.is_item
    ]  # fmt: skip
    return score(inputs_table(rows, unit_code="H1", year=2026), criteria)


def contributions(sheet, tree):
    points = np.nan_to_num(sheet.points_low[list(tree.rows), 0])
    return points * np.array(tree.signs)


def test_the_index_of_random_sets_is_that_of_the_engine():
    for seed in range(200):
        sheet = random_sheet(random.Random(seed))
        wanted = sheet.points_low[-1, 0]
        if math.isnan(wanted):
            continue
        tree = goal_tree(sheet, 0)
        assert tree.group.total(contributions(sheet, tree)) == pytest.approx(wanted), seed


def test_so_are_the_points_of_its_nodes():
    for seed in range(80):
        sheet = random_sheet(random.Random(seed))
        for node in sheet.criteria.nodes:
            wanted = sheet.points_low[sheet.row(node.code), 0]
            if math.isnan(wanted):
                continue
            tree = goal_tree(sheet, 0, node.code)
            found = tree.group.total(contributions(sheet, tree))
            sign = -1.0 if node.kind == "penalty" else 1.0
            assert sign * found == pytest.approx(wanted), (seed, node.code)
