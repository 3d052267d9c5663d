"""What estimates rest on at their edges: freedom, lonely strata, one class, classes met at once."""

import numpy as np
import pandas as pd
import pytest

from scoring.survey.estimation.cluster_totals import Adding, cluster_totals
from scoring.survey.estimation.design import survey_design
from scoring.survey.estimation.differences import Differences, Side, recovered
from scoring.survey.estimation.estimates import combination, estimates_of, mean, total
from scoring.survey.estimation.parquet_pieces import distinct
from scoring.survey.estimation.sums_of_cells import CellSums, computable, sums_of

LONELY = pd.DataFrame({"s": list("aabbc"), "weight": [1.0, 2, 3, 1, 2], "y": [1.0, 0, 1, 1, np.nan]})  # fmt: skip


def test_raking_goes_on_while_any_class_of_a_margin_is_off():
    # The class x of both margins is met from the start; the others need many rounds.
    frame = pd.DataFrame({"a": list("xyyzz"), "b": list("xpqpq"), "weight": [10.0, 1, 5, 3, 2]})
    wanted = {"a": {"x": 10.0, "y": 40.0, "z": 60.0}, "b": {"x": 10.0, "p": 70.0, "q": 30.0}}
    found = survey_design(frame).raked({name: (frame[name], wanted[name]) for name in wanted})
    for name, totals in wanted.items():
        sums = pd.Series(found.weights).groupby(frame[name]).sum()
        assert sums.to_dict() == pytest.approx(totals, rel=1e-9)


def test_calibration_takes_columns_below_zero():
    frame = pd.DataFrame({"weight": [1.0, 2, 3, 4], "x": [1.0, 3, 2, 5]})
    ones = np.ones(4)
    design = survey_design(frame)
    above = design.calibrated(np.column_stack([ones, frame.x]), [12, 40])
    below = design.calibrated(np.column_stack([ones, -frame.x]), [12, -40])
    assert below.weights == pytest.approx(above.weights)


def test_a_whole_population_of_known_size_is_a_class_of_its_own():
    frame = pd.DataFrame({"weight": [1.0, 2, 3, 4], "all": "n"})
    found = total(survey_design(frame).post_stratified(frame["all"], {"n": 50.0}), np.ones(4))
    assert (found.estimate[0, 0], found.variance[0, 0]) == pytest.approx((50.0, 0.0), abs=1e-18)


def test_replicates_have_the_freedom_of_their_sets_and_not_of_the_units():
    frame = pd.DataFrame({"weight": np.ones(12), "y": np.arange(12.0) % 5})
    sets = np.random.default_rng(3).uniform(0.5, 1.5, (12, 4))
    found = mean(survey_design(frame).replicated(sets, "bootstrap"), frame.y)
    assert found.degrees_of_freedom[0] == 3


def test_answers_counted_once_know_which_lonely_strata_nobody_answers_in():
    design = survey_design(LONELY, strata=["s"], lonely="average")
    told = np.array([0, 1, 0, 0, -1], np.int8)
    above, below = np.array([[1.0], [0.0]]), np.ones((2, 1))
    found = estimates_of(design, Adding(design).options(told, 2).of_options(above, below))
    expected = estimates_of(design, cluster_totals(design, LONELY.y))
    assert found.variance == pytest.approx(expected.variance, rel=1e-12)


def test_a_combination_knows_which_lonely_strata_answer_any_of_its_parts():
    design = survey_design(LONELY, strata=["s"], lonely="average")
    columns = np.column_stack([LONELY.y, LONELY.y.fillna(0)])
    both = mean(design, columns)
    for weights, column in (([1.0, 0.0], 0), ([0.0, 1.0], 1)):
        found = combination(both, weights)
        assert found.variance[0, 0] == pytest.approx(both.variance[0, column], rel=1e-12)


def test_the_freedom_of_a_recovered_difference_is_satterthwaites():
    def side(half, freedom):
        at = np.array([[0.5]])
        return Side(at, at * 0 + 0.01, at - half, at + half, np.array([freedom]))

    one, other = side(0.2, 4.0), side(0.1, 9.0)
    apart = Differences(np.array([[0.0]]), np.array([[0.02]]), np.array([[1000.0]]))
    from scipy.stats import t

    errors = [0.2 / t.isf(0.025, 4), 0.1 / t.isf(0.025, 9)]
    squares = [error**2 for error in errors]
    expected = sum(squares) ** 2 / (squares[0] ** 2 / 4 + squares[1] ** 2 / 9)
    assert recovered(apart, one, other)[3] == pytest.approx(expected)


def test_rows_of_a_piece_with_nothing_in_a_column_are_a_combination_of_their_own():
    piece = pd.DataFrame({"unit": ["B", None, "A", "B", None]})
    rows, number = distinct(piece, ["unit"])
    assert rows["unit"].iloc[number].fillna("").tolist() == ["B", "", "A", "B", ""]


def test_parts_without_a_whole_are_a_sum_and_no_cells_are_none():
    parts = np.array([True, True, True, False])
    found = sums_of(np.array([0, 0, 1, 2]), parts, None)
    assert (found.number.tolist(), found.member.tolist()) == ([0, 0, 1], [0, 1, 2])
    nothing, none = np.empty(0, np.intp), np.empty(0, bool)
    assert len(sums_of(nothing, none, None, nothing).member) == 0


def test_computable_cells_come_in_their_order():
    cells = np.arange(40, 0, -5)
    alone = CellSums(np.arange(8), cells, np.zeros(8, bool), np.ones(8))
    assert computable(np.ones(41, bool), alone) == sorted(cells.tolist())
