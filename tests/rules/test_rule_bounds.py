"""What a rule can give at least and at most, counted by hand from what its inputs can be."""

import math

import pytest

from scoring.rules import InputSpec, RuleSpec
from scoring.rules import expression as ex
from scoring.rules.formula import parse_formula
from scoring.rules.span import ANYTHING, Limits, Span

INF = math.inf
INPUTS = (
    InputSpec("done", "count", minimum=0, at_most="planned"),
    InputSpec("some", "count", at_most="planned"),  # nothing says that it is not negative
    InputSpec("planned", "count", minimum=1, maximum=50),
    InputSpec("n", "count", minimum=0),
    InputSpec("m", "count", minimum=2, maximum=5),
    InputSpec("p", "percent", minimum=0, maximum=100),
    InputSpec("debt", "number", minimum=-5, maximum=-1),
    InputSpec("late", "number", minimum=-3, maximum=0),
    InputSpec("cap", "number", maximum=8),
    InputSpec("free", "number"),
    InputSpec("agreed", "yes_no"),
)
LIMITS = Limits(RuleSpec("1", "formula", 2.0, INPUTS), {"1.1": 2.0, "1.2": 3.0})
MISSING = ex.Missing()


def bounds(text, when_zero=None):
    span = parse_formula(text, max_points=2.0, when_zero=when_zero).span(LIMITS)
    return pytest.approx((span.low, span.high))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("planned", 1, 50),
        ("done", 0, 50),  # no more than is planned
        ("n", 0, INF),
        ("cap", -INF, 8),
        ("free", -INF, INF),
        ("agreed", 0, 1),
        ("m + p", 2, 105),
        ("m + n", 2, INF),
        ("m - p", -98, 5),
        ("m * p", 0, 500),
        ("debt * m", -25, -2),
        ("0 * free", 0, 0),
        ("free * 0", 0, 0),
        ("min(m, p)", 0, 5),
        ("max(m, p)", 2, 100),
        ("round(m, 1)", 1.95, 5.05),
    ],
)
def test_sums_products_and_choices_reach_as_far_as_their_inputs(text, low, high):
    assert (low, high) == bounds(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("m / planned", 0.04, 5),
        ("debt / m", -2.5, -0.2),
        ("m / debt", -5, -0.4),
        ("m / (m + n)", 0, 2.5),  # the more there is, the nearer to nothing
        ("cap / (0 - m - n)", -4, INF),
        ("m / n", 0, INF),  # one case among ever more, or a divisor next to zero
        ("p / n", 0, INF),
        ("debt / n", -INF, 0),
        ("(0 - p) / n", -INF, 0),
        ("agreed / n", 0, INF),
        ("(m - p) / n", -INF, INF),
        ("m / late", -INF, INF),
        ("done / planned", 0, 1),
        ("0 * done / planned", 0, 0),
        ("2 * done / planned", 0, 2),
        ("done / planned * 2", 0, 2),
        ("-2 * done / planned", -100, 0),
        ("(done + m) / planned", 0.04, 55),
        ("(2 + done) / planned", 0.04, 52),
        ("done * p / planned", 0, 5000),
        ("n / planned", 0, INF),
        ("some / planned", -INF, 50),
    ],
)
def test_a_quotient_reaches_as_far_as_part_and_whole_let_it(text, low, high):
    assert (low, high) == bounds(text)


def test_what_a_zero_divisor_counts_for_is_within_the_bounds():
    assert bounds("debt / n", ex.Number(7.0)) == (-INF, 7)


@pytest.mark.parametrize(
    ("condition", "is_certain"),
    [
        ("m < 6", True), ("m < 5", None), ("m < 2", False),
        ("m <= 5", True), ("m <= 4", None), ("m <= 1", False), ("m <= 2", None),
        ("m > 1", True), ("m > 2", None), ("m > 5", False),
        ("m >= 2", True), ("m >= 5", None), ("m >= 6", False),
        ("m = 6", False), ("m = 1", False), ("m = 5", None),
        ("m <> 6", True), ("m <> 1", True), ("m <> 2", None),
        ("m < 6 and p <= 100", True), ("m < 6 and p < 9", None), ("p < 9 and m > 6", False),
        ("m > 6 or p > 100", False), ("m > 6 or p < 9", None), ("p < 9 or m < 6", True),
        ("not m > 6", True), ("not m < 6", False), ("not m < 4", None),
    ],
)  # fmt: skip
def test_a_branch_that_no_valid_figure_takes_is_beyond_the_bounds(condition, is_certain):
    reached = {True: (3, 3), False: (1, 1), None: (1, 3)}[is_certain]
    assert bounds(f"if({condition}, 3, 1)") == reached


def test_nothing_is_certain_of_a_value_that_does_not_exist():
    one, test = ex.Number(1.0), ex.Compare(">", ex.Name("m"), ex.Number(3.0))
    assert ex.Compare("<", MISSING, one).certain(LIMITS) is None
    for sides in [(ex.Name("p"), MISSING), (MISSING, ex.Name("p"))]:
        assert all(ex.Binary(op, *sides).span(LIMITS).is_empty for op in "+-*")
        assert ex.Divide(*sides).span(LIMITS).is_empty
        assert ex.Smallest(sides).span(LIMITS).is_empty
    assert ex.If(test, one, MISSING).span(LIMITS) == Span(1.0, 1.0)
    assert ex.If(test, MISSING, one).span(LIMITS) == Span(1.0, 1.0)


def test_a_choice_gives_one_of_its_numbers():
    assert ex.Choose("plan", (math.nan, 2.0, 0.5)).span(LIMITS) == Span(0.5, 2.0)
    assert ex.Choose("plan", (math.nan,)).span(LIMITS).is_empty


def test_only_the_own_best_of_the_block_is_never_below_the_own_value():
    def share(own, of):
        return ex.Divide(ex.Name(own), ex.PeerBest(of)).span(LIMITS)

    assert share("n", "n") == Span(0.0, 1.0)
    assert share("m", "n") == Span(0.0, INF)
    assert share("free", "free") == ANYTHING == Span(-INF, INF)


def test_nodes_reach_from_nothing_to_their_maxima():
    assert ex.Total("points", ("1.1", "1.2")).span(LIMITS) == Span(0.0, 5.0)
    assert ex.Best(("1.1", "1.2")).span(LIMITS) == Span(0.0, 3.0)
    assert ex.Dropped().span(LIMITS) == Span(0.0, 0.0)
