"""What a roll-up reads of other nodes, unit by unit."""

import numpy as np

from scoring.rules import expression as ex
from scoring.rules.evaluate import Run

NAN = np.nan
CODES = ("1.1", "1.2")


def run(**columns):
    arrays = {column: np.array(rows, dtype=float) for column, rows in columns.items()}
    return Run({}, lambda column, codes: arrays[column][[CODES.index(code) for code in codes]])


def test_the_best_alternative_is_that_of_those_that_apply_to_each_unit():
    # Two that apply, one of half a point, none at all, two that are open.
    cells = run(
        points=[[1.0, 0.25, NAN, NAN], [2.0, NAN, NAN, NAN]],
        applicable=[[2.0, 0.5, 0.0, 2.0], [2.0, 0.0, 0.0, 2.0]],
    )
    best = ex.Best(CODES).numbers(cells)
    np.testing.assert_array_equal(best, [2.0, 0.25, 0.0, NAN])


def test_alternatives_of_less_than_a_point_compete_where_all_apply():
    cells = run(points=[[0.25], [0.5]], applicable=[[0.5], [0.5]])
    assert ex.Best(CODES).numbers(cells).tolist() == [0.5]


def test_a_total_is_open_where_one_of_its_nodes_is():
    cells = run(points=[[1.0, 0.25, NAN], [2.0, 0.5, 1.0]])
    np.testing.assert_array_equal(ex.Total("points", CODES).numbers(cells), [3.0, 0.75, NAN])


def test_an_alternative_of_half_a_point_applies():
    cells = run(applicable=[[2.0, 0.5, 0.0], [0.0, 0.0, 0.0]])
    assert ex.AnyApplies(CODES).holds(cells).tolist() == [True, True, False]


def test_an_item_that_leaves_the_base_counts_for_nothing():
    assert ex.Dropped().numbers(run()) == 0.0


def test_sums_are_the_same_but_for_the_noise_of_their_addition():
    pairs = [(0.1 + 0.2, 0.3), (1.0, 2.0), (1.0, -1.0), (2.0, 2.0 + 1e-8)]
    near = [ex.Near(ex.Number(one), ex.Number(other)).holds(Run({})) for one, other in pairs]
    assert [bool(one) for one in near] == [True, False, False, False]
