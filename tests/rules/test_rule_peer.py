"""Points relative to the best unit of the block."""

from rule_tools import NAN, points, statuses

from scoring.rules import InputSpec, RuleSpec, compile_rule
from scoring.rules.excel import ExcelInput

SPEC = RuleSpec(
    "7.9", "peer", 2.0, (InputSpec("speed", "number", "value"),), zero_denominator="zero"
)


def test_the_best_unit_earns_everything_and_others_their_share():
    assert points(SPEC, speed=[40, 30, 0, NAN], best_speed=40) == [2.0, 1.5, 0.0, None]


def test_a_block_where_all_have_nothing_follows_the_zero_policy():
    assert points(SPEC, speed=0, best_speed=0) == [0.0]


def test_a_negative_value_is_invalid():
    assert statuses(SPEC, speed=-1, best_speed=40) == ["invalid"]


def test_the_rule_names_the_figure_it_needs_from_the_block():
    assert compile_rule(SPEC).peer_inputs == ("speed",)


def test_a_best_value_below_the_own_is_the_own_in_python_and_excel_alike():
    assert points(SPEC, speed=[40], best_speed=10) == [2.0]
    cells = {name: ExcelInput(cell, "number") for name, cell in
             (("speed", "D5"), ("@best:speed", "D6"), ("@year", "B1"))}  # fmt: skip
    assert "MAX(D6,D5)" in compile_rule(SPEC).excel_formula(cells)
