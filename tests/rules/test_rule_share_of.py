"""The share of conditions that are met."""

from rule_tools import NAN, points

from scoring.rules import InputSpec, RuleSpec

SPEC = RuleSpec(
    "1.2.1", "share_of", 2.0, tuple(InputSpec(f"c{n}", "yes_no", "condition") for n in range(4))
)


def test_points_are_the_share_of_conditions_met():
    assert points(SPEC, c0=[0, 1, 1], c1=[0, 0, 1], c2=[0, 0, 1], c3=[0, 0, 1]) == [0.0, 0.5, 2.0]


def test_an_open_condition_does_not_count_as_no():
    assert points(SPEC, c0=1, c1=1, c2=1, c3=NAN) == [None]
