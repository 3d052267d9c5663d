"""Where the points of a rule may jump or bend while one figure moves, counted by hand."""

import numpy as np
import pytest

from scoring.rules import expression as ex
from scoring.rules.expression.lines import Moved
from scoring.rules.formula import parse_formula

FIGURES = {"a": np.array([6.0]), "b": np.array([4.0])}


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
        ("if(a >= 7, 2, 1)", [7]),
        ("if(b >= 7, 2, a)", [0, 2]),
        ("if(a >= b, 2, 1)", [4]),
    ],
)
def test_the_edges_of_a_figure_are_found_without_trying_every_figure(text, expected):
    assert edges(text, "a") == (expected, False)


@pytest.mark.parametrize("text", ["a / b", "min(2, 1 / (a + b))", "b * b / 8", "b * (b - a)"])
def test_a_figure_that_divides_or_is_squared_has_to_be_tried(text):
    assert edges(text, "b")[1]


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
