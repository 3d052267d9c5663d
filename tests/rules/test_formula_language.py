"""The formula language: what it means, where it stops, and what it refuses."""

import numpy as np
import pytest
from rule_tools import outcome, points

from scoring.base.errors import FormulaError
from scoring.rules import InputSpec, RuleSpec
from scoring.rules.evaluate import evaluate
from scoring.rules.expression import Number
from scoring.rules.formula import MAX_DEPTH, MAX_LENGTH, parse_formula

FIGURES = {name: np.array([value]) for name, value in {"a": 6.0, "b": 4.0, "z": 0.0}.items()}


def value(text, **figures):
    arrays = FIGURES | {name: np.array([number]) for name, number in figures.items()}
    result = evaluate(parse_formula(text, max_points=2.0), arrays)
    return float(np.broadcast_to(result, 1)[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("24 / 4 / 2", 3),
        ("2 * 3 / 4 * 2", 3),
        ("-a + 10", 4),
        ("10 - -a", 16),
        ("-(a - b) * 2", -4),
        ("a / b", 1.5),
        ("max_points * a / 12", 1),
        ("min(3, a, b)", 3),
        ("max(3, a, b)", 6),
        ("round(2.675, 2)", 2.68),
        ("round(a / b, 0)", 2),
        ("if(a > b, 1, 2)", 1),
        ("if(a > b and b > a, 1, 2)", 2),
        ("if(a > b or b > a, 1, 2)", 1),
        ("if(not (a > b), 1, 2)", 2),
        ("if(not a > b or a = 6, 1, 2)", 1),
        ("if(a = 7 or a = 6 and b = 9, 1, 2)", 2),
        ("if(a <> 6, 1, 2)", 2),
        ("if(0.1 + 0.2 = 0.3, 1, 2)", 1),
        ("if(0.57 * 100 >= 57, 1, 2)", 1),
        ("if(a >= 6, if(b <= 4, 1, 2), 3)", 1),
        (" a\n+\tb ", 10),
    ],
)
def test_a_formula_means_what_it_says(text, expected):
    assert value(text) == pytest.approx(expected, abs=1e-12)


def test_a_missing_figure_carries_through_arithmetic():
    assert np.isnan(value("a + b", a=np.nan))


def test_a_quotient_without_a_base_is_missing_unless_it_counts_as_something():
    assert np.isnan(value("a / z"))
    counted = parse_formula("a / z + 1", max_points=2.0, when_zero=Number(0.0))
    assert evaluate(counted, FIGURES).tolist() == [1.0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "ends too early"),
        ("a +", "ends too early"),
        ("(a", "ends too early"),
        ("a b", "does not fit at character 3"),
        ("a ** b", "does not fit"),
        ("a ^ b", "does not fit"),
        ("a % b", "does not fit"),
        ("A + 1", "does not fit"),
        ("số_hồ_sơ", "does not fit"),
        ("'text'", "does not fit"),
        ("a.b", "does not fit"),
        ("a[0]", "does not fit"),
        ("1e9", "does not fit"),
        ("0,5 * a", "does not fit"),
        ("a == b", "does not fit"),
        ("sum(a, b)", "does not fit"),
        ("min(a)", "does not fit"),
        ("round(a)", "does not fit"),
        ("round(a, b)", "does not fit"),
        ("round(a, 0.5)", "whole decimals"),
        ("round(a, 10)", "whole decimals"),
        ("if(a, 1, 2)", "a number stands where a comparison"),
        ("if(a > b, 1)", "does not fit"),
        ("a > b", "a comparison stands where a number"),
        ("(a > b) + 1", "a comparison stands where a number"),
        ("a < b < 3", "does not fit"),
        ("min(a > b, 1)", "a comparison stands where a number"),
        ("a and b", "a number stands where a comparison"),
        ("a / 0", "divides by zero"),
        ("a / 0.0", "divides by zero"),
        ("-" * 6 + "a", "nested"),
        ("- " * 6 + "a", "nested"),
        ("__import__", "does not fit"),
        ("=1+1", "does not fit"),
        ("1234567890123", "does not fit"),
    ],
)
def test_everything_else_is_refused_with_a_reason(text, reason):
    with pytest.raises(FormulaError, match=reason):
        parse_formula(text, max_points=2.0)


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAX_LENGTH + 1),
        "1+" * (MAX_LENGTH // 2 - 1) + "1",
        "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
        "(" * 499,
        ")" * 999,
        "-" * 999,
        "- " * 499 + "a",
        "not " * 249 + "a",
        "if(not " * 100 + "a",
        "min(1," * 160,
        "if(a>b," * 120,
        "max(" + "1," * 480 + "1)",
        "((((((((((a/(b/(a/(b/(a/(b",
        "\x00" * 50,
        "a" + "\u202e" * 10,
        "99999999999999999999999999",
    ],
    ids=lambda text: f"{text[:12]!r} x {len(text)}",
)
def test_a_hostile_formula_is_refused_or_harmless(text):
    try:
        parse_formula(text, max_points=2.0)
    except FormulaError as error:
        assert len(str(error)) < 200


def test_forty_levels_of_brackets_are_read():
    assert value("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == 6


def test_many_brackets_side_by_side_are_not_deep():
    assert value(" + ".join(["(a - b)"] * 60)) == 120


def test_the_refusal_names_the_place_of_the_first_misfit():
    with pytest.raises(FormulaError) as caught:
        parse_formula("a + b $ 2", max_points=2.0)
    assert caught.value.position == 7


def test_a_missing_dividend_stays_missing_where_the_divisor_is_zero():
    tree = parse_formula("a / b", max_points=1.0, when_zero=Number(0.0))
    figures = {"a": np.array([np.nan, 3.0]), "b": np.array([0.0, 0.0])}
    assert np.isnan(evaluate(tree, figures)).tolist() == [True, False]


def test_a_formula_without_inputs_gives_every_unit_the_same():
    spec = RuleSpec("1", "formula", 2.0, formula="max_points - 0.5")
    assert points(spec, year=[2023, 2024]) == [1.5, 1.5]


def test_the_noise_of_an_addition_does_not_lift_points_above_the_maximum():
    spec = RuleSpec("1", "formula", 0.3, (InputSpec("a", "number"),), formula="0.1 + a")
    assert outcome(spec, a=0.2).points.tolist() == [0.3]  # 0.1 + 0.2 lies a little above it
