"""The steps to a scenario: each item by its change, and they end at the index."""

import numpy as np
import pytest
from set_builder import direct_set

import scoring
from scoring import charts
from scoring.points import inputs_table, score

ENGLISH = charts.ChartContext(lang="en")


@pytest.fixture(scope="module")
def sheet():
    criteria = direct_set({"1": 4, "2": 6})
    rows = [{"item_code": item, "input": "points", "value": 2.0} for item in "12"]
    return score(inputs_table(rows, unit_code="A", year=2026), criteria)


def drawn(sheet, *settings):
    seen = scoring.what_if(sheet, settings)
    return charts.scenario_steps(seen.scores, sheet.criteria.items, context=ENGLISH)


def test_the_largest_change_comes_first_and_the_steps_end_at_the_scenario(sheet):
    figure = drawn(sheet, "1.points=3", "2.points=6")
    steps = charts.figure_data(figure)
    assert steps["points"].tolist() == [4.0, 4.0, 1.0, 9.0]
    assert steps["start"].tolist() == [0.0, 4.0, 8.0, 0.0]
    assert "The index rises by 5.00, from 4.00 to 9.00; most of all by 2: +4.00" in (
        charts.alt_text(figure, "en")
    )


def test_of_an_index_that_stays_no_item_moves_it_most(sheet):
    said = charts.alt_text(drawn(sheet, "1.points=3", "2.points=1"), "en")
    assert "The index stays at 4.00" in said and "most of all" not in said


def test_an_open_index_is_drawn_by_what_is_sure(sheet):
    steps = charts.figure_data(drawn(sheet, "2.points="))
    assert np.allclose(steps["points"], [4.0, -2.0, 2.0])
