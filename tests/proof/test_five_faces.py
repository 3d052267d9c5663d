"""A small run of the heavy proof: random whole sets under numpy, exact fractions and JavaScript."""

import ast
from pathlib import Path

import pytest
from five_faces import Tally, compared


@pytest.mark.node
def test_random_sets_earn_the_same_in_fractions_and_in_javascript():
    tally = Tally()
    compared(range(1, 7), 8, tally)
    assert tally.wrong == []
    for state in ("scored", "not_assessed", "not_applicable", "invalid"):
        assert tally.figures[f"nodes_{state}"] > 20, state


def test_the_oracle_shares_no_line_with_the_package():
    for name in ("plain_oracle", "plain_rules", "plain_grades"):
        tree = ast.parse(Path(__file__).with_name(f"{name}.py").read_text("utf-8"))
        plain = {"plain_rules", "plain_grades"}
        standard = {"csv", "datetime", "math", "re", "tomllib", "fractions", "functools", "pathlib"}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.module in plain | standard | {"__future__"}, (name, node.module)
            if isinstance(node, ast.Import):
                assert {one.name for one in node.names} <= standard, name
