"""Where the points of a rule may jump or bend while one figure moves, counted by hand."""

import numpy as np
import pytest

from scoring.rules import expression as ex
from scoring.rules.evaluate import best_name
from scoring.rules.expression.lines import Moved
from scoring.rules.formula import parse_formula

FIGURES = {"a": np.array([6.0]), "b": np.array([4.0]), "z": np.array([0.0]),
           best_name("a"): np.array([5.0])}  # fmt: skip


def moved(name, window=None):
    ends = window and tuple(np.array([float(end)]) for end in window)
    return Moved(name, FIGURES, ends)


def edges(text, name, most=2.0, window=None):
    """Return the edges of a formula in order, and whether some may be missing."""
    looked = moved(name, window)
    found = looked.edges(parse_formula(text, max_points=most), most)
    return sorted({float(edge[0]) for edge in found}), looked.is_blind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", [0, 2]),  # from where it counts to where it is full
        ("min(2, a / 10)", [0, 20]),
        ("a / b", [0, 8]),
        ("max(0, 2 - a / b)", [0, 8]),
        ("a + b", [-4, -2]),
        ("2 * a - b", [2, 3]),
        ("a * 2 - b", [2, 3]),
        ("(a + 1) * b", [-1, -0.5]),
        ("(a + 1) / b", [-1, 7]),
        ("if(a >= 7, 2, 1)", [7]),
        ("if(b >= 7, 2, a)", [0, 2]),
        ("if(a >= b, 2, 1)", [4]),
    ],
)
def test_the_edges_of_a_figure_are_found_without_trying_every_figure(text, expected):
    assert edges(text, "a") == (expected, False)


@pytest.mark.parametrize("text", ["a / b", "min(2, 1 / (a + b))", "b * b / 8", "b * (b - a)",
                                  "if(a > 3, 2, b) * b", "a / if(a > 3, 2, b)"])  # fmt: skip
def test_a_figure_that_divides_or_is_squared_has_to_be_tried(text):
    assert edges(text, "b")[1]


def test_the_best_of_the_block_is_an_edge_beyond_which_the_own_value_is_measured_by_itself():
    share = ex.Divide(ex.Binary("*", ex.Number(2.0), ex.Name("a")), ex.PeerBest("a"))
    looked = moved("a")
    found = sorted({float(edge[0]) for edge in looked.edges(share, 3.0)})
    assert (found, looked.is_blind) == ([0, 5, 7.5], False)


def test_every_option_of_a_choice_is_an_edge():
    choice = ex.Choose("a", (0.5, 0.0, 2.0))
    assert sorted(float(edge[0]) for edge in moved("a").edges(choice, 2.0)) == [0, 1, 2]
    assert moved("b").edges(choice, 2.0) == []


def test_what_a_zero_divisor_counts_for_may_be_overtaken():
    points = parse_formula("max(a, a / z)", max_points=2.0, when_zero=ex.Number(1.0))
    assert sorted({float(edge[0]) for edge in moved("a").edges(points, 2.0)}) == [0, 1, 2]


def test_a_rule_of_more_than_64_pieces_has_to_be_tried():
    for pieces in (64, 65):
        looked = moved("a")
        looked.lines(ex.Choose("a", (0.5,) * pieces))
        assert looked.is_blind == (pieces > 64)


def test_every_rounding_within_the_window_is_an_edge_however_large_the_figures_are():
    found, is_blind = edges("round(a, 0) / 3000", "a", window=(3000, 3003))
    assert {3000.5, 3001.5, 3002.5} <= set(found)
    assert not is_blind
    assert edges("round(a, 0) / 3000", "a")[0] == [0, 6000]  # no window, no roundings


def test_a_rounding_to_tenths_is_an_edge_every_tenth():
    found, _ = edges("round(a / 10, 1)", "a", window=(3, 5))
    assert [round(edge, 9) for edge in found if 3 < edge < 5] == [3.5, 4.5]


@pytest.mark.parametrize(("last", "is_looked_for"), [(10, True), (11, False)])
def test_a_rounding_of_too_many_steps_is_taken_for_none(last, is_looked_for):
    window = (np.zeros(1), np.full(1, float(last)))
    looked = Moved("a", FIGURES, window, most_roundings=10)
    found = looked.roundings(ex.Name("a"), 0)
    assert ([float(edge[0]) for edge in found][:2] == [0.5, 1.5]) == is_looked_for
